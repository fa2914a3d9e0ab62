"""Two editors change one record at once: the second sees what the first did, and both are kept."""

import pytest

from lineage.exchange.wholes import document_of
from lineage.models import Citation, Name, Organisation, Proposal, Source
from tests.desk import body, filled, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def imt():
    """A draft with two names, one of them cited."""
    one = body("imt", name="International Marxist Tendency", founded="1992")
    named = Name.objects.create(organisation=one, text="IMT", kind="abbreviation")
    Name.objects.create(organisation=one, text="CMI", kind="abbreviation")
    Citation.objects.create(name=named, source=Source.objects.create(slug="s", title="S"))
    return one


def opens(client, record):
    """What a browser sends back from a record's form: its fields, and what it was opened with."""
    response = client.get(page(type(record), record))
    return filled(response) | {"_opened": response.context["opened"]}


def sends(client, record, form, **typed):
    return client.post(page(type(record), record), form | {"_continue": "1"} | typed)


def merges(client, record, collision, **chosen):
    data = {"_opened": collision.context["carried"], "_merge": "1"} | chosen
    return client.post(page(type(record), record), data)


def words(told):
    return [(line.label, str(line.before), str(line.after)) for one in told for line in one.lines]


def said(client, response):
    return [str(message) for message in client.get(response.url).context["messages"]]


def test_one_editor_alone_meets_nobody(ed, imt):
    response = sends(ed, imt, opens(ed, imt), founded="1991")

    assert response.status_code == 302
    imt.refresh_from_db()
    assert imt.founded == "1991"


def test_the_second_sees_what_the_first_did_and_both_are_kept(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), founded="1991", **{"names-1-text": "I.M.T."})

    collision = sends(ed, imt, form, dissolved="2024", **{"names-0-text": "C.M.I."})

    assert collision.templates[0].name == "admin/lineage/collision.html"
    assert collision.context["last"].user.username == "ada"
    assert words(collision.context["theirs"]) == [
        ("Founded", "1992", "1991"),
        ("Name", "IMT (abbreviation)", "I.M.T. (abbreviation)"),
    ]
    assert words(collision.context["mine"]) == [
        ("Dissolved", "–", "2024"),
        ("Name", "CMI (abbreviation)", "C.M.I. (abbreviation)"),
    ]
    assert collision.context["choices"] == []
    imt.refresh_from_db()
    assert imt.dissolved == ""

    response = merges(ed, imt, collision)

    assert said(ed, response)[-1] == (
        "“International Marxist Tendency (1991–?)” holds both your changes now."
    )
    imt.refresh_from_db()
    assert (imt.founded, imt.dissolved) == ("1991", "2024")
    assert sorted(imt.names.values_list("text", flat=True)) == ["C.M.I.", "I.M.T."]
    assert Citation.objects.get().name.text == "I.M.T."


def test_what_both_changed_is_chosen(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), founded="1991")

    collision = sends(ed, imt, form, founded="1993")

    (choice,) = collision.context["choices"]
    assert (choice.label, choice.base, choice.mine, choice.theirs) == (
        "Founded",
        "1992",
        "1993",
        "1991",
    )
    refused = merges(ed, imt, collision)
    assert [str(message) for message in refused.context["messages"]] == [
        "Choose at each point that both of you changed."
    ]
    merges(ed, imt, collision, **{choice.name: "mine"})
    imt.refresh_from_db()
    assert imt.founded == "1993"


def test_a_row_that_one_took_out_and_the_other_changed_is_chosen(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), **{"names-1-DELETE": "on"})
    assert [name.text for name in imt.names.all()] == ["CMI"]

    collision = sends(ed, imt, form, **{"names-1-until": "2024"})

    (choice,) = collision.context["choices"]
    assert (choice.mine, choice.theirs) == ("IMT (abbreviation, until 2024)", "–")
    merges(ed, imt, collision, **{choice.name: "mine"})
    assert sorted(imt.names.values_list("text", "until")) == [("CMI", ""), ("IMT", "2024")]
    assert Citation.objects.get().name.text == "IMT"


def test_the_same_form_sent_twice_is_saved_once(ed, imt):
    form = opens(ed, imt)
    sends(ed, imt, form, founded="1991")
    versions = imt.history.count()

    response = sends(ed, imt, form, founded="1991")

    assert said(ed, response)[-1] == "It is saved already, just so."
    assert imt.history.count() == versions


def test_who_changed_nothing_saves_nothing(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), founded="1991")

    response = sends(ed, imt, form)

    assert said(ed, response)[-1] == "You changed nothing; here it is as others left it."
    imt.refresh_from_db()
    assert imt.founded == "1991"


def test_a_third_change_is_shown_before_the_merge(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), founded="1991")
    collision = sends(ed, imt, form, dissolved="2024")
    sends(ada, imt, opens(ada, imt), founded="1990")

    again = merges(ed, imt, collision)

    assert [str(message) for message in again.context["messages"]] == [
        "It was changed once more. Look at it again."
    ]
    assert words(again.context["theirs"]) == [("Founded", "1992", "1990")]
    merges(ed, imt, again)
    imt.refresh_from_db()
    assert (imt.founded, imt.dissolved) == ("1990", "2024")


def test_a_form_that_is_wrong_is_told_so_first(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), founded="1991")

    response = sends(ed, imt, form, founded="some day")

    assert "“some day” is not a date" in str(response.context["errors"])
    assert filled(response)["founded"] == "some day"


def test_what_an_editor_wrote_on_a_draft_that_was_published_meanwhile_is_a_proposal(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), status="published")
    before = document_of(imt)

    response = sends(ed, imt, form, founded="1991")

    proposal = Proposal.objects.get()
    assert response.url == page(Proposal, proposal)
    assert (proposal.author.username, proposal.state) == ("ed", "draft")
    assert document_of(imt) == before


def test_an_editor_publishes_by_no_merge(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), founded="1991")
    collision = sends(ed, imt, form, dissolved="2024")
    Organisation.objects.filter(pk=imt.pk).update(status="published")
    before = document_of(imt)

    merges(ed, imt, collision)

    assert document_of(imt) == before
    assert Proposal.objects.count() == 1


def test_what_was_typed_into_a_record_that_is_gone_is_shown(ed, ada):
    one = body("alone", name="Alone")
    form = opens(ed, one)
    one_page = page(Organisation, one)
    one.delete()

    response = ed.post(one_page, form | {"summary": "A long story."})

    assert response.status_code == 409
    assert response.context["faults"] == ["“Alone” was deleted while you wrote."]
    assert ("summary", "A long story.") in response.context["typed"]


def test_a_part_of_a_record_collides_on_its_own_page(ed, ada, imt):
    name = imt.names.get(text="IMT")
    form = opens(ed, name)
    sends(ada, name, opens(ada, name), since="2006")

    collision = sends(ed, name, form, until="2024")

    assert words(collision.context["theirs"]) == [
        ("Name", "IMT (abbreviation)", "IMT (abbreviation, from 2006)")
    ]
    merges(ed, name, collision)
    assert sorted(imt.names.values_list("text", "since")) == [("CMI", ""), ("IMT", "2006")]


def test_what_a_form_carries_can_not_be_made_up(ed, ada, imt):
    form = opens(ed, imt)
    sends(ada, imt, opens(ada, imt), founded="1991")

    response = ed.post(
        page(Organisation, imt), form | {"_opened": "made-up:1:x", "_merge": "1", "_save": "1"}
    )

    assert response.status_code == 400
    imt.refresh_from_db()
    assert imt.founded == "1991"
