"""One body that is really two: each thing stays, goes, or is both ones'."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lineage.admin.publication import SENTENCE
from lineage.exchange.joining import around
from lineage.integrity import check
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Succession,
)
from tests.desk import body, change, member, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def league():
    """Two leagues under one name, as one body."""
    one = body("league", name="League", founded="1938", dissolved="1952", summary="Small.")
    book = Source.objects.create(slug="book", title="Book")
    name = Name.objects.create(organisation=one, text="WL", kind="abbreviation", since="1945")
    Citation.objects.create(name=name, source=book)
    Citation.objects.create(organisation=one, source=book, statement="founded")
    CountryPeriod.objects.create(organisation=one, country="US")
    CountryPeriod.objects.create(organisation=one, country="CA", since="1945")
    Fact.objects.create(organisation=one, kind="leader", text="Ann")
    Identifier.objects.create(organisation=one, scheme="wikidata", value="Q1")
    Link.objects.create(organisation=one, url="https://e.org/")
    Account.objects.create(subject=one, claimant="C", text="T")
    party, group, fi = body("party"), body("group"), body("fi")
    change("split", (party, one), date="1938")
    event = change("renamed", (one, group), kind="rename", date="1952")
    Account.objects.create(event=event, claimant="L", organisation=one, text="We went on.")
    kept = Affiliation.objects.create(organisation=one, body=fi, since="1938")
    Citation.objects.create(affiliation=kept, source=book)
    return one


def divide_page(one):
    return reverse("admin:lineage_organisation_divide", args=[one.pk])


def parts(response):
    return {f"{part.label}: {part.text}": part for part in response.context["case"].parts}


def wished(client, one, *, goes=(), both=(), **values):
    """The form's data: what goes and what is both ones', by the words of the page."""
    found = parts(client.get(divide_page(one)))
    chosen = {found[words].name: "new" for words in goes}
    chosen |= {found[words].name: "both" for words in both}
    return {"name": "Second League", "id": "league-2", "kind": "league"} | chosen | values


def shown(client, one, data):
    return client.post(divide_page(one), data | {"_preview": "1"})


def divided(client, one, data, seen=None):
    seen = seen or shown(client, one, data).context["case"].seen
    return client.post(divide_page(one), data | {"_divide": "1", "seen": seen})


def said(response):
    return [str(message) for message in response.context["messages"]]


WL = "Name: WL (abbreviation, from 1945)"
SECTION = "Affiliation: League: section of FI, from 1938"
RENAMED = "Who led to whom: renamed: League → GROUP"
SPLIT = "Who led to whom: split: PARTY → League"


def test_all_that_hangs_on_it_stays_unless_it_is_sent(ed, league):
    response = ed.get(divide_page(league))

    assert {words: (part.where, part.both) for words, part in parts(response).items()} == {
        "Founded: 1938": ("", True),
        "Dissolved: 1952": ("", True),
        "Summary: Small.": ("", True),
        WL: ("", True),
        "Identifier: wikidata Q1": ("", True),
        "Link: https://e.org/": ("", True),
        "Fact: Leader: Ann": ("", True),
        "Citation: Book, for founded": ("", True),
        "Account: C: “T”": ("", True),
        "Country: United States": ("", True),
        "Country, with dates: Canada (from 1945)": ("", True),
        RENAMED: ("", False),
        "Account: renamed: L: “We went on.”": ("", False),
        SPLIT: ("", True),
        SECTION: ("", True),
    }


def test_nothing_is_written_before_it_was_shown(ed, league):
    before = around([league])
    data = wished(ed, league, goes=[WL])

    response = shown(ed, league, data)

    assert response.context["preview"].differences[0].title == "League"
    assert around([league]) == before
    assert not Organisation.objects.filter(slug="league-2").exists()
    unseen = divided(ed, league, data, seen="x")
    assert said(unseen) == ["It is not what you saw. Look at it again."]
    assert around([league]) == before


def test_one_body_becomes_two(ed, league):
    data = wished(
        ed,
        league,
        goes=[
            WL,
            RENAMED,
            SECTION,
            "Dissolved: 1952",
            "Country, with dates: Canada (from 1945)",
            "Account: renamed: L: “We went on.”",
        ],
        both=["Fact: Leader: Ann", SPLIT, "Citation: Book, for founded"],
        change="split",
        date="May 1945",
        change_reason="Two papers.",
    )

    response = divided(ed, league, data)

    league.refresh_from_db()
    new = Organisation.objects.get(slug="league-2")
    assert response.url == page(Organisation, new)
    assert (new.name, new.kind, new.founded, new.dissolved, new.summary, new.status) == (
        "Second League",
        "league",
        "",
        "1952",
        "",
        "draft",
    )
    assert (league.founded, league.dissolved, league.summary) == ("1938", "", "Small.")
    assert (league.names.count(), new.names.get().text) == (0, "WL")
    assert Citation.objects.get(name__isnull=False).name == new.names.get()
    assert list(league.country_periods.values_list("country", "since")) == [("US", "")]
    assert list(new.country_periods.values_list("country", "since")) == [("CA", "1945")]
    assert (league.facts.count(), new.facts.count()) == (1, 1)
    assert (league.citations.count(), new.citations.count()) == (1, 1)
    edges = Succession.objects.values_list("event__slug", "predecessor__slug", "successor__slug")
    assert sorted(edges) == [
        ("league-league-2", "league", "league-2"),
        ("renamed", "league-2", "group"),
        ("split", "party", "league"),
        ("split", "party", "league-2"),
    ]
    joins = ChangeEvent.objects.get(slug="league-league-2")
    assert (joins.kind, joins.date, joins.status) == ("split", "1945-05", "draft")
    assert joins.successions.get().predecessor_continues is True
    assert Affiliation.objects.get().organisation == new
    assert Citation.objects.filter(affiliation__isnull=False).count() == 1
    assert Account.objects.get(claimant="L").organisation == new
    assert check().errors == []
    assert new.history.get().history_change_reason == "Divided: league, league-2: Two papers."
    assert LogEntry.objects.count() == 2


def test_what_was_divided_is_made_one_again(ed, league):
    before = around([league])
    data = wished(ed, league, goes=[WL, RENAMED, SECTION], both=["Fact: Leader: Ann", SPLIT])
    divided(ed, league, data | {"name": "League"})
    new = Organisation.objects.get(slug="league-2")
    merge = reverse("admin:lineage_organisation_merge", args=[league.pk]) + f"?other={new.pk}"
    choices = {one.name: "mine" for one in ed.get(merge).context["case"].choices}
    seen = ed.post(merge, choices | {"_preview": "1"}).context["case"].seen
    ed.post(merge, choices | {"_merge": "1", "seen": seen})
    assert around([league]) == before


@pytest.mark.parametrize(
    ("way", "edge", "continues"),
    [
        ("rename", ("league", "second-league"), False),
        ("continuation-back", ("second-league", "league"), False),
        ("split-back", ("second-league", "league"), True),
    ],
)
def test_a_change_joins_the_two_either_way(ed, way, edge, continues):
    one = body("league", name="League")
    divided(ed, one, {"name": "Second League", "kind": "party", "change": way})
    joins = Succession.objects.get()
    assert (joins.predecessor.slug, joins.successor.slug) == edge
    assert joins.predecessor_continues is continues


def test_what_the_rules_refuse_is_told_and_not_written(ed, league):
    group = Organisation.objects.get(slug="group")
    change("back", (group, Organisation.objects.get(slug="party")), kind="rename")
    circle = "The changes go round in a circle that no reading of their dates can order"

    data = wished(ed, league, goes=[WL])
    (fault, *_more) = shown(ed, league, data).context["case"].faults
    assert circle in fault
    divided(ed, league, data)
    ChangeEvent.objects.get(slug="back").delete()
    (fault,) = shown(ed, league, data | {"name": "Bell\x07"}).context["case"].faults
    assert "The text holds the control character U+0007" in fault
    assert not Organisation.objects.filter(slug="league-2").exists()


def test_what_is_typed_wrong_is_told(ed, league):
    body("taken")
    response = shown(ed, league, {"name": "", "id": "taken", "kind": "league", "date": "some time"})
    assert {name: list(told) for name, told in response.context["case"].form.errors.items()} == {
        "name": ["This field is required."],
        "id": ["Another body has this id. Choose another."],
        "date": response.context["case"].form.errors["date"],
    }
    response = shown(ed, league, {"name": "Ж", "id": "A b", "kind": "league", "date": "1953"})
    assert {name: list(told) for name, told in response.context["case"].form.errors.items()} == {
        "id": ["“A b” is no id. Write small letters, digits and single hyphens, such as “lcr-fr”."],
        "change": ["A date is of a change. Choose which joins the two."],
    }
    assert response.context["preview"] is None


def test_what_readers_see_is_divided_by_a_publisher(ed, ada, league):
    ChangeEvent.objects.filter(slug="split").update(status="published")
    assert ed.get(divide_page(league)).context["case"].faults == [
        "It would change what readers see (event). " + SENTENCE
    ]
    data = wished(ed, league)
    divided(ed, league, data)
    Organisation.objects.filter(pk=league.pk).update(status="published")
    assert divided(ed, league, data).context["case"].faults == [
        "It would change what readers see (affiliation, event, organisation). " + SENTENCE
    ]
    assert not Organisation.objects.filter(slug="league-2").exists()

    divided(ada, league, data | {"change": "rename"})

    assert Organisation.objects.get(slug="league-2").status == "published"
    assert ChangeEvent.objects.get(slug="league-league-2").status == "published"


def test_who_has_no_part_in_the_desk_is_asked_who_he_is(client, league):
    client.force_login(member("rea"))
    assert client.get(divide_page(league)).url.startswith(reverse("admin:login"))


def test_who_may_not_change_records_may_not_do_this(client, league):
    reader = member("vera")
    reader.is_staff = True
    reader.save()
    reader.user_permissions.add(Permission.objects.get(codename="view_organisation"))
    client.force_login(reader)
    assert client.get(divide_page(league)).status_code == 403


def test_methods_and_numbers(ed, league):
    for method in ("put", "patch", "delete", "options"):
        assert getattr(ed, method)(divide_page(league)).status_code == 405
    for number in (999999, 10**30):
        url = reverse("admin:lineage_organisation_divide", args=[number])
        assert ed.get(url).status_code == 404
    tools = ed.get(page(Organisation, league)).context["tools"]
    assert [tool.words for tool in tools] == ["It is the same as …", "It is really two …"]


def test_the_number_of_queries_does_not_grow(ed, league):
    def asks():
        with CaptureQueriesContext(connection) as captured:
            ed.get(divide_page(league))
        return len(captured)

    few = asks()
    for number in range(5):
        far = body(f"far-{number}")
        change(f"more-{number}", (league, far), date="1953")
        Affiliation.objects.create(organisation=far, body=league)
        Name.objects.create(organisation=league, text=f"N{number}")
    assert asks() == few
