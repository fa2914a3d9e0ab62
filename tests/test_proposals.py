"""Ed proposes a change to what readers see, Ada weighs it; until then nothing of it moves."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from lineage.exchange.joining import around, joined, merge
from lineage.exchange.wholes import document_of
from lineage.models import (
    Affiliation,
    ChangeEvent,
    Citation,
    Name,
    Organisation,
    Proposal,
    Remark,
    Source,
    edition,
)
from tests.desk import body, change, errors, filled, page, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def imt():
    """A published body with a cited name and a split before it."""
    one = body("imt", name="International Marxist Tendency", founded="1992", status="published")
    source = Source.objects.create(slug="book", title="A book")
    name = Name.objects.create(organisation=one, text="IMT", kind="abbreviation", language="en")
    Citation.objects.create(name=name, source=source, locator="p. 1")
    before = body("cwi", name="Committee", founded="1974", status="published")
    change("split", (before, one), date="1992", status="published")
    return one


def wish(client, record, **typed):
    """What the form of a proposal would send, with some fields typed anew."""
    form = client.get(page(type(record), record, "propose"))
    assert form.status_code == 200
    return filled(form) | typed


def propose(client, record, *, submit=True, **typed):
    data = wish(client, record, **typed)
    data["_submit_proposal" if submit else "_keep"] = "1"
    return client.post(page(type(record), record, "propose"), data)


def words(response):
    return [
        (record.title, [(line.label, str(line.before), str(line.after)) for line in record.lines])
        for record in response.context["preview"].differences
    ]


def weigh(client, proposal, does="", remark="", **more):
    """Read a proposal, or do something with it as the page's form would."""
    url = page(Proposal, proposal)
    read = client.get(url)
    if not does:
        return read
    data = {"seen": read.context["seen"], "remark": remark, f"_{does}": "1", **more}
    return client.post(url, data)


def said(response):
    return [str(message) for message in response.context["messages"]]


# --- writing --------------------------------------------------------------------------------------


def test_a_locked_record_offers_a_proposal(ed, imt):
    response = ed.get(page(Organisation, imt))

    assert response.context["locked"] == "Published records are changed by a publisher."
    assert response.context["propose"] == page(Organisation, imt, "propose")


def test_a_proposal_changes_nothing_that_readers_see(ed, imt):
    before, mark = document_of(imt), edition.current()

    response = propose(ed, imt, founded="c. 1991", summary="Founded anew.", why="See the book.")

    proposal = Proposal.objects.get()
    assert response.url == page(Proposal, proposal)
    assert document_of(imt) == before
    assert edition.current() == mark
    assert (proposal.record, proposal.state, proposal.author.username, proposal.reason) == (
        "organisation:imt",
        "in-review",
        "ed",
        "See the book.",
    )
    assert proposal.base == before
    assert proposal.document["organisations"][0] == before["organisations"][0] | {
        "founded": "1991~",
        "summary": "Founded anew.",
    }


def test_a_proposal_leaves_no_trace_in_history_and_log(ed, imt):
    versions = imt.history.count()

    propose(ed, imt, founded="1991")

    assert imt.history.count() == versions
    assert ed.get(page(Organisation, imt, "history")).status_code == 200
    assert LogEntry.objects.count() == 0


def test_a_proposal_that_changes_nothing_is_none(ed, imt):
    response = propose(ed, imt)

    assert response.url == page(Organisation, imt, "propose")
    assert not Proposal.objects.exists()


def test_a_form_that_is_wrong_proposes_nothing_and_keeps_what_was_typed(ed, imt):
    response = propose(ed, imt, founded="some day", why="Because.")

    assert "“some day” is not a date" in errors(response)[0]
    assert response.context["why"] == "Because."
    assert filled(response)["founded"] == "some day"
    assert not Proposal.objects.exists()


def test_a_proposal_reaches_what_hangs_on_the_record(ed, imt):
    other = body("cmi", status="published")
    data = {
        "names-0-text": "I.M.T.",
        "affiliations-TOTAL_FORMS": "1",
        "affiliations-0-body": str(other.pk),
        "affiliations-0-role": "section",
        "affiliations-0-status": "published",
    }

    propose(ed, imt, **data)

    document = Proposal.objects.get().document
    assert [name["text"] for name in document["organisations"][0]["names"]] == ["I.M.T."]
    assert [cited["source"] for cited in document["organisations"][0]["names"][0]["citations"]] == [
        "book"
    ]
    assert [(one["body"], one["role"]) for one in document["affiliations"]] == [("cmi", "section")]
    assert not Affiliation.objects.exists()


def test_the_status_is_no_part_of_a_proposal(ed, imt):
    propose(ed, imt, founded="1991", status="draft")

    assert "status" not in Proposal.objects.get().document["organisations"][0]


def test_a_draft_needs_no_proposal(ed):
    assert ed.get(page(Organisation, body("a"), "propose")).status_code == 403


def test_a_stranger_proposes_nothing(rea, client, imt):
    url = page(Organisation, imt, "propose")
    for stranger in (rea, client):
        for answer in (stranger.get(url), stranger.post(url, {"name": "X"})):
            assert answer.status_code == 302
            assert answer.url.startswith(reverse("admin:login"))
    assert not Proposal.objects.exists()


def test_a_circle_is_refused_as_it_is_in_the_record(ed, imt):
    cwi = Organisation.objects.get(slug="cwi")
    event = ChangeEvent.objects.get(slug="split")

    edge = event.successions.get()
    data = {
        "successions-TOTAL_FORMS": "2",
        "successions-INITIAL_FORMS": "1",
        "successions-0-id": str(edge.pk),
        "successions-0-event": str(event.pk),
        "successions-0-predecessor": str(cwi.pk),
        "successions-0-successor": str(imt.pk),
        "successions-1-event": str(event.pk),
        "successions-1-predecessor": str(imt.pk),
        "successions-1-successor": str(cwi.pk),
    }
    response = propose(ed, event, **data)

    assert "circle" in errors(response)[0]
    assert not Proposal.objects.exists()


# --- weighing -------------------------------------------------------------------------------------


def test_a_publisher_sees_the_difference_in_words_and_two_trees(ed, ada, imt):
    propose(ed, imt, name="Revolutionary Communist International", founded="1991")

    read = weigh(ada, Proposal.objects.get())

    assert words(read) == [
        (
            "International Marxist Tendency",
            [
                (
                    "Name",
                    "International Marxist Tendency",
                    "Revolutionary Communist International",
                ),
                ("Founded", "1992", "1991"),
            ],
        )
    ]
    found = read.context["preview"]
    starts = [
        [(bar.id, bar.start) for bar in chart.geometry.bars]
        for chart in (found.before, found.after)
    ]
    assert [dict(some)["imt"] for some in starts] == [1992, 1991]
    assert not found.same
    assert (read.context["can_publish"], read.context["edit"]) == (
        True,
        reverse("admin:lineage_proposal_rewrite", args=[Proposal.objects.get().pk]),
    )


def test_what_was_read_of_a_date_is_said_once_when_it_is_sent(ed, ada, imt):
    data = wish(ed, imt, founded="c. 1991")
    for button in ("_preview", "_submit_proposal"):
        ed.post(page(Organisation, imt, "propose"), {**data, button: "fragment"})
    read = weigh(ed, Proposal.objects.get())
    assert said(read) == [
        "Read as: Founded: about 1991.",
        "The proposal was submitted for review. Readers see the record as it was.",
    ]
    assert "lineage/admin.css" in read.content.decode()  # which the record's own pages bring along


def test_published_it_is_in_the_record_with_who_and_why(ed, ada, imt):
    propose(ed, imt, founded="1991", why="See the book.")
    proposal = Proposal.objects.get()

    weigh(ada, proposal, "publish", "Right.")

    imt.refresh_from_db()
    proposal.refresh_from_db()
    last = imt.history.latest()
    assert (imt.founded, imt.status, proposal.state) == ("1991", "published", "published")
    assert (last.history_user.username, last.history_change_reason) == (
        "ada",
        f"Proposal {proposal.pk} by ed: See the book.",
    )
    assert [(one.author.username, one.did, one.text) for one in Remark.objects.all()] == [
        ("ed", "submitted it for review", ""),
        ("ada", "published it", "Right."),
    ]


def test_an_editor_publishes_no_proposal(ed, imt):
    propose(ed, imt, founded="1991")
    proposal = Proposal.objects.get()

    assert weigh(ed, proposal).context["can_publish"] is False
    assert weigh(ed, proposal, "publish").status_code == 403
    assert weigh(ed, proposal, "return", "No.").status_code == 403
    imt.refresh_from_db()
    assert imt.founded == "1992"


def test_a_proposal_that_was_not_submitted_is_not_published(ed, ada, imt):
    propose(ed, imt, submit=False, founded="1991")
    proposal = Proposal.objects.get()

    assert proposal.state == "draft"
    assert weigh(ada, proposal, "publish").status_code == 403


def test_it_is_returned_with_a_remark_and_written_further(ed, ada, imt):
    propose(ed, imt, founded="1991", **{"names-0-text": "I.M.T."})
    proposal = Proposal.objects.get()

    empty = weigh(ada, proposal, "return")
    assert said(empty) == ["Say what is missing, so that it can be mended."]
    weigh(ada, proposal, "return", "Which month?")
    proposal.refresh_from_db()
    assert proposal.state == "returned"
    assert [(one.did, one.text) for one in weigh(ed, proposal).context["remarks"]] == [
        ("submitted it for review", ""),
        ("returned it", "Which month?"),
    ]

    url = reverse("admin:lineage_proposal_rewrite", args=[proposal.pk])
    form = filled(ed.get(url))
    assert (form["founded"], form["names-0-text"]) == ("1991", "I.M.T.")
    ed.post(url, form | {"founded": "May 1991", "_submit_proposal": "1"})

    proposal.refresh_from_db()
    assert Proposal.objects.count() == 1
    assert proposal.state == "in-review"
    entry = proposal.document["organisations"][0]
    assert (entry["founded"], [name["text"] for name in entry["names"]]) == ("1991-05", ["I.M.T."])
    assert document_of(imt)["organisations"][0]["founded"] == "1992"


def test_what_changed_meanwhile_is_kept_where_it_is_something_else(ed, ada, imt):
    propose(ed, imt, founded="1991")
    Organisation.objects.filter(pk=imt.pk).update(summary="A summary.")

    weigh(ada, Proposal.objects.get(), "publish")

    imt.refresh_from_db()
    assert (imt.founded, imt.summary) == ("1991", "A summary.")


def test_what_both_changed_is_chosen(ed, ada, imt):
    propose(ed, imt, founded="1991", dissolved="2024")
    Organisation.objects.filter(pk=imt.pk).update(founded="1993")
    proposal = Proposal.objects.get()

    (choice,) = weigh(ada, proposal).context["case"].disputed
    assert (choice.label, choice.base, choice.mine, choice.theirs) == (
        "Founded",
        "1992",
        "1991",
        "1993",
    )
    refused = weigh(ada, proposal, "publish")
    assert said(refused) == ["Choose at each point where the record changed meanwhile."]
    weigh(ada, proposal, "publish", **{choice.name: "theirs"})

    imt.refresh_from_db()
    assert (imt.founded, imt.dissolved) == ("1993", "2024")


def test_a_publisher_publishes_what_she_saw(ed, ada, imt):
    propose(ed, imt, founded="1991")
    proposal = Proposal.objects.get()
    seen = weigh(ada, proposal).context["seen"]
    Organisation.objects.filter(pk=imt.pk).update(summary="Written since.")

    response = ada.post(page(Proposal, proposal), {"seen": seen, "_publish": "1"})

    assert said(response) == ["The record was changed while you read. Look at it once more."]
    imt.refresh_from_db()
    assert imt.founded == "1992"


def test_its_author_withdraws_it_and_nobody_else(ed, ada, imt):
    propose(ed, imt, founded="1991")
    proposal = Proposal.objects.get()

    assert weigh(ada, proposal, "withdraw").status_code == 403
    weigh(ed, proposal, "withdraw", "Was wrong.")

    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    assert weigh(ada, proposal, "publish").status_code == 403
    assert ed.get(reverse("admin:lineage_proposal_rewrite", args=[proposal.pk])).status_code == 403


def test_a_proposal_for_a_record_that_is_gone_says_so(ed, ada):
    one = body("alone", status="published")
    propose(ed, one, founded="1991")
    one.delete()

    read = weigh(ada, Proposal.objects.get())

    assert read.context["case"].faults == [
        "The record that it was written for is gone. Bring it back, or withdraw this."
    ]
    assert weigh(ada, Proposal.objects.get(), "publish").status_code == 403


def test_a_proposal_follows_its_record_into_the_one_that_it_became(ed, ada, imt):
    gone = body("imt-2", name="IMT again", founded="1992", status="published")
    book = Source.objects.get(slug="book")
    Citation.objects.create(organisation=gone, source=book, statement="founded")
    propose(ed, gone, dissolved="2024")
    elsewhere = body("other", name="Other", status="published")
    propose(ed, Affiliation.objects.create(organisation=elsewhere, body=gone, role="section",
                                           status="published"), until="2024")  # fmt: skip
    case = around([imt, gone])

    merge(imt, gone, joined(case, "organisations", "imt", "imt-2").document)

    about_body, about_affiliation = Proposal.objects.order_by("pk")
    assert [one.record for one in (about_body, about_affiliation)] == [
        "organisation:imt", "affiliation:other/imt/section",
    ]  # fmt: skip
    read = weigh(ada, about_body)
    assert words(read) == [("International Marxist Tendency", [("Dissolved", "–", "2024")])]
    assert [(one.did, one.text) for one in read.context["remarks"]][-1:] == [
        (
            "names another record now",
            (
                "“IMT again (1992–?)” [imt-2] became one with “International Marxist Tendency "
                "(1992–?)” [imt]."
            ),
        )
    ]
    for proposal in (about_body, about_affiliation):
        assert weigh(ada, proposal, "publish").status_code == 302
    imt.refresh_from_db()
    assert (imt.name, imt.founded, imt.dissolved) == (
        "International Marxist Tendency", "1992", "2024",
    )  # fmt: skip
    assert imt.citations.get().statement == "founded"
    assert Affiliation.objects.get().until == "2024"


def test_a_proposal_that_would_break_a_rule_says_which(ed, ada, imt):
    propose(ed, imt, dissolved="1993")
    Organisation.objects.filter(pk=imt.pk).update(founded="1999")

    read = weigh(ada, Proposal.objects.get())

    assert read.context["case"].faults == [
        "organisations (imt): It ended (1993) before it was founded (1999). Correct one of the two."
    ]
    assert read.context["can_publish"] is False


# --- drafts ---------------------------------------------------------------------------------------


def test_a_draft_is_read_in_words_and_published_with_a_remark(ed, ada, imt):
    successor = body("rci", name="Revolutionary Communist International")
    event = change("rename", (imt, successor), kind="rename", date="2024", status="in-review")

    read = ada.get(page(ChangeEvent, event, "review"))
    assert words(read)[0][1][1:4] == [
        ("Kind", "–", "Change of name"),
        ("Date", "–", "2024"),
        ("List is complete", "–", "Yes"),
    ]
    assert {bar.id for bar in read.context["preview"].after.geometry.bars} == {"cwi", "imt", "rci"}

    ada.post(page(ChangeEvent, event, "review"), {"_publish": "1", "remark": "Good."})
    event.refresh_from_db()
    assert event.status == "published"
    assert [(one.about, one.did, one.text) for one in Remark.objects.all()] == [
        ("changeevent:rename", "published it", "Good.")
    ]


def test_a_draft_is_returned_with_a_remark_that_its_page_shows(ed, ada, imt):
    event = change("e", (imt, body("b", status="published")), status="in-review")
    url = page(ChangeEvent, event, "review")

    assert said(ada.post(url, {"_return": "1"})) == [
        "Say what is missing, so that it can be mended."
    ]
    ada.post(url, {"_return": "1", "remark": "No source."})

    event.refresh_from_db()
    assert event.status == "draft"
    assert [str(one) for one in ed.get(page(ChangeEvent, event)).context["remarks"]] == [
        "returned it: No source."
    ]


def test_an_editor_submits_a_draft_and_publishes_none(ed, imt):
    event = change("e", (imt, body("b")))
    url = page(ChangeEvent, event, "review")

    assert ed.post(url, {"_publish": "1"}).status_code == 403
    assert ed.post(url, {"_return": "1", "remark": "No."}).status_code == 403
    ed.post(url, {"_submit": "1"})

    event.refresh_from_db()
    assert event.status == "in-review"


def test_the_desk_lists_what_waits(ed, ada, imt):
    propose(ed, imt, founded="1991", why="See the book.")
    propose(ed, Organisation.objects.get(slug="cwi"), submit=False, founded="1973")
    body("new", name="New body", status="in-review")
    change("e", (imt, body("b", name="B")), status="in-review")

    waiting = ed.get(reverse("admin:review")).context

    assert [one.title for one in waiting["proposals"]] == [
        "International Marxist Tendency (1992–?)"
    ]
    assert [one.title for one in waiting["own"]] == ["Committee (1974–?)"]
    assert [(name, [title for title, _page in some]) for name, some in waiting["lists"]] == [
        ("organisations", ["New body"]),
        ("events", ["International Marxist Tendency → B"]),
        ("affiliations", []),
    ]
    assert [one.title for one in ada.get(reverse("admin:review")).context["own"]] == []


@pytest.mark.parametrize("number", ["0", "999", "x", "9" * 30, "-1"])
def test_a_proposal_that_is_none_is_not_found(ada, number):
    for name in ("change", "rewrite"):
        assert ada.get(reverse(f"admin:lineage_proposal_{name}", args=[number])).status_code == 404


# --- the preview in the form ----------------------------------------------------------------------


def test_a_form_shows_what_it_would_change_before_anything_is_saved(ada, imt):
    data = filled(ada.get(page(Organisation, imt))) | {"founded": "1991", "_preview": "page"}
    mark = edition.current()

    response = ada.post(page(Organisation, imt), data)

    assert words(response) == [("International Marxist Tendency", [("Founded", "1992", "1991")])]
    assert filled(response)["founded"] == "1991"
    assert errors(response) == []
    imt.refresh_from_db()
    assert (imt.founded, edition.current()) == ("1992", mark)


def test_a_script_gets_the_preview_alone(ada, imt):
    data = filled(ada.get(page(Organisation, imt))) | {"founded": "1991", "_preview": "fragment"}

    response = ada.post(page(Organisation, imt), data)

    assert response.templates[0].name == "admin/lineage/preview.html"
    assert response.content.count(b"<svg") == 2


def test_a_preview_draws_a_change_that_is_not_entered_yet(ed, imt):
    left, right = body("left"), body("right")
    data = filled(ed.get(page(ChangeEvent, view="add")))
    data |= {"kind": "split", "slug": "e", "date": "2001", **rows((imt, left), (imt, right))}

    response = ed.post(page(ChangeEvent, view="add"), data | {"_preview": "page"})

    found = response.context["preview"]
    assert {bar.id for bar in found.after.geometry.bars} == {"cwi", "imt", "left", "right"}
    assert ChangeEvent.objects.count() == 1
    assert Organisation.objects.get(slug="left").status == "draft"


def test_a_form_that_is_wrong_tells_the_script_why(ada, imt):
    data = filled(ada.get(page(Organisation, imt))) | {"founded": "x", "_preview": "fragment"}

    response = ada.post(page(Organisation, imt), data)

    assert "“x” is not a date" in response.context["preview"].errors[0]


def test_a_proposal_has_a_preview_too(ed, imt):
    data = wish(ed, imt, founded="1991", _preview="page")

    response = ed.post(page(Organisation, imt, "propose"), data)

    assert words(response) == [("International Marxist Tendency", [("Founded", "1992", "1991")])]
    assert filled(response)["founded"] == "1991"
    assert not Proposal.objects.exists()
