"""Two records that are one: both are shown, nothing is lost, and the other's id leads on."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lineage.admin.publication import SENTENCE
from lineage.exchange.joining import around
from lineage.exchange.wholes import document_of
from lineage.integrity import check
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Correction,
    CountryPeriod,
    Forwarding,
    Name,
    Organisation,
    Remark,
    Source,
    Succession,
    Waiver,
)
from tests.desk import body, change, member, page

pytestmark = pytest.mark.django_db

YOUTH, SECTION = "GROUP: youth wing of ", ": section of FI, from 1938"
JOINED = (
    "A change leads from one to the other: “The split”. Two that are one have none between "
    "them: take it out of that change first."
)
MEMBER = (
    "One of the two is recorded as a member of the other. "
    "Delete that affiliation first, if they are one body."
)


@pytest.fixture
def twins():
    """A league that was entered twice, each time with what one book says."""
    one = body("league", name="Workers League", founded="1938", summary="Small.")
    other = body("league-us", name="Workers' League", founded="1939", dissolved="1952")
    book = Source.objects.create(slug="book", title="Book")
    paper = Source.objects.create(slug="paper", title="Paper")
    for record, source, until in ((one, book, ""), (other, paper, "1950")):
        name = Name.objects.create(organisation=record, text="WL", kind="abbreviation", until=until)
        Citation.objects.create(name=name, source=source)
        Citation.objects.create(organisation=record, source=book, statement="founded")
    CountryPeriod.objects.create(organisation=one, country="US")
    CountryPeriod.objects.create(organisation=other, country="US", since="1940")
    CountryPeriod.objects.create(organisation=other, country="CA")
    party, group = body("party"), body("group")
    change("split", (party, one), date="1938")
    change("merger", (other, group), (party, group), kind="merger", date="1952")
    fi = body("fi", kind="international")
    member_of = Affiliation.objects.create(organisation=one, body=fi, since="1938")
    Citation.objects.create(affiliation=member_of, source=book)
    again = Affiliation.objects.create(organisation=other, body=fi, since="1938", until="1950")
    Citation.objects.create(affiliation=again, source=paper)
    Affiliation.objects.create(organisation=group, body=other, role="youth-wing")
    Account.objects.create(
        event=ChangeEvent.objects.get(slug="split"), claimant="L", organisation=other, text="T"
    )
    return one, other


def merge_page(one, other=None):
    url = reverse(f"admin:lineage_{one._meta.model_name}_merge", args=[one.pk])
    return f"{url}?other={other.pk}" if other else url


def shown(client, one, other, **chosen):
    return client.post(merge_page(one, other), {"_preview": "1"} | chosen)


def merged(client, one, other, seen=None, **chosen):
    seen = seen or shown(client, one, other, **chosen).context["case"].seen
    return client.post(merge_page(one, other), {"_merge": "1", "seen": seen} | chosen)


def asked(response):
    """What has to be chosen: the field's label, both values, and what is chosen so far."""
    lines = [*response.context["fields"], *response.context["elsewhere"]]
    return {
        line.label: (*line.mine, *line.theirs, line.chosen, line.name)
        for line in lines
        if line.name
    }


def choices(response, **sides):
    """The form's fields for choices by their labels, spaces as underscores."""
    found = asked(response)
    return {found[label.replace("_", " ")][-1]: side for label, side in sides.items()}


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_both_are_shown_side_by_side(ed, twins):
    response = ed.get(merge_page(*twins))

    assert {label: line[:3] for label, line in asked(response).items()} == {
        "Name": ("Workers League", "Workers' League", ""),
        "Founded": ("1938", "1939", ""),
        "Dissolved": ("–", "1952", "theirs"),
        "Summary": ("Small.", "–", "mine"),
        "Workers League: section of FI, from 1938: To": ("–", "1950", "theirs"),
    }
    assert {line.label: (line.mine, line.theirs) for line in response.context["lists"]} == {
        "Names": (["WL (abbreviation)"], ["WL (abbreviation, until 1950)"]),
        "Countries": (["United States"], ["Canada", "United States"]),
        "Countries, with dates": ([], ["United States (from 1940)"]),
        "Citations": (["Book, for founded"], ["Book, for founded"]),
        "Changes": (["PARTY → Workers League"], ["Workers' League → GROUP"]),
        "Affiliations": (
            ["Workers League: section of FI, from 1938"],
            ["GROUP: youth wing of Workers' League", "Workers' League: section of FI, from 1938"],
        ),
    }


def test_what_differs_has_to_be_chosen(ed, twins):
    response = shown(ed, *twins)

    assert said(response) == ["Choose at each point where the two differ."]
    assert response.context["preview"] is None


def test_nothing_is_written_before_it_was_shown(ed, twins):
    one, other = twins
    before = around(twins)
    chosen = choices(ed.get(merge_page(one, other)), Name="mine", Founded="theirs")

    response = shown(ed, one, other, **chosen)

    lines = [
        (told.title, line.label, str(line.before), str(line.after))
        for told in response.context["preview"].differences
        for line in told.lines
    ]
    assert lines == [
        ("Workers League", "Founded", "1938", "1939"),
        ("Workers League", "Dissolved", "–", "1952"),
        ("Workers League", "Name", "WL (abbreviation)", "WL (abbreviation, until 1950)"),
        ("Workers League", "Country", "–", "Canada"),
        ("Workers League", "Citation of the name WL (abbreviation)", "–", "Paper"),
        ("Workers League", "Name", "–", "Workers' League (official name)"),
        ("Workers League", "Country", "–", "United States (from 1940)"),
        ("Workers' League", "Organisation", "Workers' League", "–"),
        ("merger", "Who led to whom", "Workers' League → GROUP", "–"),
        ("merger", "Who led to whom", "–", "Workers League → GROUP"),
        ("split", "Account", "L: “T”", "L: “T”"),
        (YOUTH + "Workers' League", "Affiliation", YOUTH + "Workers' League", "–"),
        ("Workers League" + SECTION, "To", "–", "1950"),
        ("Workers League" + SECTION, "Citation", "–", "Paper"),
        ("Workers' League" + SECTION, "Affiliation", "Workers' League" + SECTION, "–"),
        (YOUTH + "Workers League", "Affiliation", "–", YOUTH + "Workers League"),
    ]
    assert around(twins) == before
    unseen = merged(ed, one, other, seen="x", **chosen)
    assert said(unseen) == ["It is not what you saw. Look at it again."]
    assert around(twins) == before


def test_two_bodies_become_one(ed, twins):
    one, other = twins
    chosen = choices(ed.get(merge_page(one, other)), Name="mine", Founded="theirs")

    response = merged(ed, one, other, change_reason="One paper, one leader.", **chosen)

    assert response.url == page(Organisation, one)
    one.refresh_from_db()
    assert (one.slug, one.name, one.founded, one.dissolved, one.summary) == (
        "league",
        "Workers League",
        "1939",
        "1952",
        "Small.",
    )
    assert not Organisation.objects.filter(slug="league-us").exists()
    assert [(name.text, name.kind, name.until) for name in one.names.order_by("text")] == [
        ("WL", "abbreviation", "1950"),
        ("Workers' League", "official", ""),
    ]
    cited = Citation.objects.filter(name__text="WL").values_list("source__slug", flat=True)
    assert sorted(cited) == ["book", "paper"]
    assert sorted(one.country_periods.values_list("country", "since")) == [
        ("CA", ""),
        ("US", ""),
        ("US", "1940"),
    ]
    assert one.citations.count() == 1
    edges = Succession.objects.values_list("event__slug", "predecessor__slug", "successor__slug")
    assert sorted(edges) == [
        ("merger", "league", "group"),
        ("merger", "party", "group"),
        ("split", "party", "league"),
    ]
    affiliations = Affiliation.objects.order_by("organisation__slug")
    assert [(a.organisation.slug, a.body.slug, a.since, a.until) for a in affiliations] == [
        ("group", "league", "", ""),
        ("league", "fi", "1938", "1950"),
    ]
    assert Citation.objects.filter(affiliation__isnull=False).count() == 2
    assert Account.objects.get().organisation == one
    assert check().errors == []
    assert one.history.latest().history_change_reason == (
        "Made one with “Workers' League” (league-us): One paper, one leader."
    )
    assert Organisation.history.filter(slug="league-us").latest().history_type == "-"
    assert LogEntry.objects.get().object_id == str(one.pk)


def test_the_other_id_can_be_the_one_that_stays(ed, twins):
    one, other = twins
    chosen = choices(ed.get(merge_page(one, other)), Name="mine", Founded="mine")

    merged(ed, one, other, keep="other", **chosen)

    other.refresh_from_db()
    assert (other.slug, other.name, other.founded) == ("league-us", "Workers League", "1938")
    assert not Organisation.objects.filter(slug="league").exists()
    assert sorted(other.names.values_list("text", flat=True)) == ["WL", "Workers' League"]
    assert Succession.objects.filter(event__slug="split", successor=other).count() == 1


def test_the_other_is_brought_back_with_what_hung_on_it(ed, twins):
    one, other = twins
    before = document_of(other)
    chosen = choices(ed.get(merge_page(one, other)), Name="mine", Founded="mine")
    merged(ed, one, other, change_reason="One paper.", **chosen)
    reasons = Name.history.filter(history_type="-").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["Made one with “Workers' League” (league-us): One paper."]

    response = ed.post(reverse("admin:deleted_record", args=["organisation", other.pk]))

    assert response.url == page(Organisation, other)
    assert document_of(other) == before


def test_old_addresses_lead_on(client, ada):
    first, second, third = (body(slug, status="published") for slug in ("a", "b", "c"))
    chosen = choices(ada.get(merge_page(second, first)), Name="mine")
    merged(ada, second, first, **chosen)
    chosen = choices(ada.get(merge_page(third, second)), Name="mine")
    merged(ada, third, second, **chosen)

    for slug in ("a", "b"):
        response = client.get(f"/organisations/{slug}/tree/?depth=2")
        assert (response.status_code, response.url) == (301, "/organisations/c/tree/?depth=2")
        assert client.get(f"/organisations/{slug}.json").url == "/organisations/c.json"
    assert Forwarding.objects.count() == 2
    assert third.names.count() == 2


def test_an_id_leads_nowhere_that_readers_may_not_see(client, ed):
    one, other = body("a"), body("b", name="A")
    merged(ed, one, other)
    assert client.get("/organisations/b/").status_code == 404


def test_what_was_said_of_it_follows(ed, twins):
    one, other = twins
    notes = {"organisation:league-us": 1, "name:league-us/abbreviation/WL": 1}
    notes |= {"succession:merger/league-us/group": 1, "affiliation:league-us/fi/section/1938": 1}
    for number, record in enumerate(notes):
        Waiver.objects.create(rule=f"rule-{number}", record=record, reason="r")
    for record in ("organisation:league", "organisation:league-us"):
        Waiver.objects.create(rule="both", record=record, reason="r")
    Waiver.objects.create(rule="no-source", record="source:league-us", reason="r")
    Correction.objects.create(page="/organisations/league-us/tree/", text="T")
    Correction.objects.create(page="/organisations/league-us-2/", text="T")
    Remark.objects.create(about="organisation:league-us", did="said")
    chosen = choices(ed.get(merge_page(one, other)), Name="mine", Founded="mine")

    merged(ed, one, other, **chosen)

    assert sorted(Waiver.objects.values_list("record", flat=True)) == [
        "affiliation:league/fi/section/1938",
        "name:league/abbreviation/WL",
        "organisation:league",
        "organisation:league",
        "source:league-us",
        "succession:merger/league/group",
    ]
    assert sorted(Correction.objects.values_list("page", flat=True)) == [
        "/organisations/league-us-2/",
        "/organisations/league/tree/",
    ]
    assert Remark.objects.get().about == "organisation:league"


def test_bodies_that_a_change_joins_are_not_one(ed):
    one, other = body("a"), body("b", name="A")
    change("split", (one, other), title="The split")
    Affiliation.objects.create(organisation=other, body=one)
    before = around([one, other])

    response = shown(ed, one, other)

    assert response.context["case"].faults == [
        JOINED,
        MEMBER,
    ]
    merged(ed, one, other, seen=response.context["case"].seen)
    assert around([one, other]) == before


def test_a_circle_is_refused(ed):
    one, other, middle = body("a"), body("b", name="A"), body("m")
    change("first", (one, middle), kind="rename", date="1950")
    change("second", (middle, other), kind="rename", date="1950")

    response = shown(ed, one, other)

    (fault, *_more) = response.context["case"].faults
    assert "The changes go round in a circle that no reading of their dates can order" in fault
    merged(ed, one, other, seen=response.context["case"].seen)
    assert Organisation.objects.filter(slug="b").exists()


def test_rows_that_differ_in_one_thing_are_chosen(ed):
    one, other, x = body("a"), body("b", name="A"), body("x")
    event = change("split", (x, one), (x, other))
    event.successions.filter(successor=one).update(predecessor_continues=True)
    for record, text in ((one, "We left."), (other, "We were expelled.")):
        Account.objects.create(subject=record, claimant="C", text=text)

    response = ed.get(merge_page(one, other))

    assert {label: line[:3] for label, line in asked(response).items()} == {
        "split: Who led to whom": ("X → A (the first continued)", "X → A", ""),
        "A: Account": ("C: “We left.”", "C: “We were expelled.”", ""),
    }
    sides = {line[-1]: "theirs" for line in asked(response).values()}
    merged(ed, one, other, **sides)
    assert Account.objects.get().text == "We were expelled."
    assert Succession.objects.get().predecessor_continues is False


def test_two_sources_are_one(ada, client):
    one = Source.objects.create(slug="alexander", title="Trotskyism", authors=["A"], year="1991")
    other = Source.objects.create(slug="alexander-2", title="Trotskyism", url="https://e.org/")
    imt = body("imt", status="published")
    name = Name.objects.create(organisation=imt, text="IMT")
    event = change("split", (imt, body("x")))
    Citation.objects.create(source=one, organisation=imt, locator="p. 1")
    Citation.objects.create(source=other, organisation=imt, locator="p. 1", note="Twice.")
    Citation.objects.create(source=other, organisation=imt, locator="p. 2")
    Citation.objects.create(source=other, name=name)
    Citation.objects.create(source=other, event=event)

    merged(ada, one, other)

    one.refresh_from_db()
    assert (one.authors, one.year, one.url) == (["A"], "1991", "https://e.org/")
    assert not Source.objects.filter(slug="alexander-2").exists()
    assert sorted(Citation.objects.values_list("source__slug", "locator", "note")) == [
        ("alexander", "", ""),
        ("alexander", "", ""),
        ("alexander", "p. 1", "Twice."),
        ("alexander", "p. 2", ""),
    ]
    assert client.get("/sources/alexander-2/").url == "/sources/alexander/"


def test_two_events_are_one(ed):
    a, b, c = body("a"), body("b"), body("c")
    one = change("split", (a, b), date="1953", title="Split")
    other = change("split-2", (a, b), (a, c), date="1953", summary="In Paris.")
    source = Source.objects.create(slug="s", title="S")
    Citation.objects.create(event=other, source=source)
    Account.objects.create(event=other, claimant="C", text="T")

    merged(ed, one, other)

    one.refresh_from_db()
    assert (one.title, one.summary) == ("Split", "In Paris.")
    edges = one.successions.values_list("successor__slug", flat=True)
    assert sorted(edges) == ["b", "c"]
    assert (one.accounts.count(), one.citations.count()) == (1, 1)
    assert list(ChangeEvent.objects.all()) == [one]
    assert check().errors == []


def test_the_list_leads_to_the_page_for_exactly_two(ed, twins):
    one, other = twins
    data = {"action": "make_one", "index": "0", "_selected_action": [one.pk, other.pk]}
    response = ed.post(page(Organisation), data)
    assert response.url == merge_page(one, other)
    refused = ed.post(page(Organisation), data | {"_selected_action": [one.pk]}, follow=True)
    assert said(refused) == ["Tick the two records that are one."]


def test_a_likely_double_is_compared_from_where_it_is_found(ed):
    one, other = body("a", name="League"), body("b", name="League")
    for record in (one, other):
        CountryPeriod.objects.create(organisation=record, country="US")
    found = {
        record: [line.merge for line in ed.get(url).context[lines] if line.merge]
        for record, url, lines in (
            ("a", page(Organisation, one), "findings"),
            ("b", page(Organisation, other), "findings"),
            ("watch", reverse("admin:watch"), "lines"),
        )
    }
    assert found == {
        "a": [merge_page(one) + "?other=b"],
        "b": [merge_page(other) + "?other=a"],
        "watch": [merge_page(other) + "?other=a"],
    }


@pytest.mark.parametrize("model", [Organisation, ChangeEvent, Source])
def test_a_page_asks_for_the_other(ed, model):
    one = {
        Organisation: lambda: body("a"),
        ChangeEvent: lambda: change("e", (body("a"), body("b"))),
        Source: lambda: Source.objects.create(slug="s", title="S"),
    }[model]()
    own = ed.get(page(model, one))
    assert own.context["tools"][0].address == merge_page(one)

    response = ed.get(merge_page(one))

    assert response.status_code == 200
    assert response.context["form"].fields.keys() == {"other"}
    itself = ed.get(merge_page(one, one), follow=True)
    assert said(itself) == ["It is itself already. Choose another record."]


def test_what_readers_see_is_made_one_by_a_publisher(ed, ada, twins):
    one, other = twins
    ChangeEvent.objects.filter(slug="split").update(status="published")
    response = ed.get(merge_page(one, other))
    assert response.context["case"].faults == [
        "It would change what readers see (event). " + SENTENCE
    ]
    Organisation.objects.filter(pk=other.pk).update(status="published")
    before = document_of(other)
    refused = merged(ed, one, other)
    assert refused.context["case"].faults == [
        "It would change what readers see (affiliation, event, organisation). " + SENTENCE
    ]
    assert ed.get(page(Organisation, other)).context["tools"] == []
    assert document_of(other) == before

    chosen = choices(ada.get(merge_page(one, other)), Name="mine", Founded="mine")
    merged(ada, one, other, **chosen)
    one.refresh_from_db()
    assert one.status == "published"


def test_a_member_that_readers_see_is_left_to_a_publisher(ed):
    one, other = body("a"), body("b", name="A")
    Affiliation.objects.create(organisation=body("x", status="published"), body=one)
    assert ed.get(merge_page(one, other)).context["case"].faults == [
        "It would change what readers see (affiliation). " + SENTENCE
    ]


def test_who_has_no_part_in_the_desk_is_asked_who_he_is(client, twins):
    client.force_login(member("rea"))
    assert client.get(merge_page(*twins)).url.startswith(reverse("admin:login"))


def test_who_may_not_change_records_may_not_do_this(client, twins):
    reader = member("vera")
    reader.is_staff = True
    reader.save()
    reader.user_permissions.add(Permission.objects.get(codename="view_organisation"))
    client.force_login(reader)
    assert client.get(merge_page(*twins)).status_code == 403


def test_methods_and_numbers(ed, twins):
    one, other = twins
    url = merge_page(one)
    for method in ("put", "patch", "delete", "options"):
        assert getattr(ed, method)(url).status_code == 405
    for wrong in ("999999", "99999999999999999999", "nobody", "\x00"):
        assert ed.get(url, {"other": wrong}).status_code == 404
    assert ed.get(reverse("admin:lineage_organisation_merge", args=[10**30])).status_code == 404
    for right in ("league-us", "organisation:league-us"):
        assert ed.get(url, {"other": right}).context["case"].other == other


def test_the_number_of_queries_does_not_grow(ed, twins):
    one, other = twins

    def asks(**data):
        with CaptureQueriesContext(connection) as captured:
            response = (
                ed.post(merge_page(one, other), data) if data else ed.get(merge_page(one, other))
            )
        assert response.status_code == 200
        return len(captured)

    few = asks()
    for number in range(5):
        far = body(f"far-{number}")
        change(f"more-{number}", (other, far), date="1953")
        Affiliation.objects.create(organisation=far, body=other)
        Name.objects.create(organisation=other, text=f"N{number}")
    assert asks() == few
