"""How complete the record is, in numbers that are counted by hand here."""

from __future__ import annotations

import pytest

from lineage.models import Account, ChangeEvent, CountryPeriod, Fact, Name, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(body, event, affiliate, cite):
    """An international, a French body under two names that split, and a Belgian one."""
    fi = body("fi", name="International", kind="international", founded="1938", dissolved="1963")
    old = body("old", name="Old", founded="1944", dissolved="1952")
    new = body("new", name="New", founded="1952", active="2024?")
    part = body("part", name="Part")
    other = body("other", name="Other")
    for made, code in ((old, "FR"), (new, "FR"), (part, "FR"), (other, "BE"), (part, "BE")):
        CountryPeriod.objects.create(organisation=made, country=code)
    rename = event("rename", "rename", [("old", "new")], date="1952")
    split = event("split", "split", [("new", "part")], manner="expulsion")
    tie = affiliate(old, fi, since="1944")
    name = Name.objects.create(organisation=old, text="Vieux", language="fr")
    Name.objects.create(organisation=new, text="N", kind="abbreviation")
    fact = Fact.objects.create(organisation=new, kind="leader", text="Someone")
    account = Account.objects.create(event=split, claimant="Part", text="We left.")
    paper = Source.objects.create(slug="paper", title="Paper")
    for cited in (
        {"organisation": fi, "statement": "name"},
        {"organisation": fi, "statement": "founded"},
        {"organisation": fi, "statement": "founded", "source": paper},
        {"organisation": old, "statement": "name"},
        {"organisation": old, "statement": "summary"},  # which is no statement of its own
        {"name": name},
        {"affiliation": tie},
        {"fact": fact},
        {"event": rename, "statement": "kind"},
        {"event": rename, "statement": "date"},
        {"event": split, "statement": "manner"},
        {"account": account, "source": paper},
    ):
        cite(**cited)


def entry(name, **numbers):
    return {
        "name": name,
        "bodies": 0,
        "changes": 0,
        "statements": 0,
        "cited": 0,
        "dates": 0,
        "dated": 0,
        "sources": 0,
        "single_source": [],
        "unsourced": [],
    } | numbers


# Statements: fi name, founded, dissolved; old name, founded, dissolved, Vieux, its membership;
# new name, founded, active, N, Someone; part and other a name each; the rename's kind and date;
# the split's kind, manner and account.
WHOLE = entry(
    "The whole record",
    bodies=4,
    changes=2,
    statements=20,
    cited=10,
    dates=11,
    dated=6,
    sources=2,
    single_source=["new"],
    unsourced=["other", "part"],
)
FRANCE = entry(
    "France",
    bodies=2,
    changes=2,
    statements=16,
    cited=8,
    dates=7,
    dated=4,
    sources=2,
    single_source=["new"],
    unsourced=["part"],
)
BELGIUM = entry(
    "Belgium",
    bodies=2,
    changes=1,
    statements=5,
    cited=2,
    dates=5,
    dated=0,
    sources=2,
    unsourced=["other", "part"],
)
NOWHERE = entry("No country", bodies=1, statements=3, cited=2, dates=2, dated=2, sources=2)
INTERNATIONAL = entry(
    "International",
    bodies=2,
    changes=1,
    statements=10,
    cited=7,
    dates=5,
    dated=5,
    sources=2,
    single_source=["new"],
)


def test_the_record_in_numbers(client, record):
    assert client.get("/completeness.json").json() == {
        "whole": WHOLE,
        "countries": [
            {"country": "BE", **BELGIUM},
            {"country": "FR", **FRANCE},
            {"country": "", **NOWHERE},
        ],
        "internationals": [{"organisation": "fi", **INTERNATIONAL}],
    }


def test_a_body_known_under_two_sources_across_its_names_rests_on_both(client, record, cite):
    cite(
        organisation=_of("new"),
        statement="founded",
        source=Source.objects.get(slug="paper"),
    )
    assert client.get("/completeness.json").json()["whole"]["single_source"] == []


@pytest.mark.parametrize("status", ["draft", "in-review"])
def test_what_is_not_published_counts_for_nothing(
    client, record, body, event, affiliate, cite, status
):
    before = client.get("/completeness.json").json()
    fi, part = _of("fi"), _of("part")
    hidden = body("hidden", status=status, kind="international", founded="1900")
    for code in ("FR", "AQ"):
        CountryPeriod.objects.create(organisation=hidden, country=code)
    cite(name=Name.objects.create(organisation=hidden, text="H"))
    cite(fact=Fact.objects.create(organisation=hidden, kind="leader", text="H"))
    cite(organisation=hidden, statement="name")
    cite(affiliation=affiliate(hidden, fi))
    cite(affiliation=affiliate(part, hidden))
    cite(affiliation=affiliate(part, fi, role="observer", status=status))
    cite(account=hidden.accounts.create(claimant="H", text="So."))
    for target in ({"subject": part}, {"event": ChangeEvent.objects.get(slug="split")}):
        cite(
            account=Account.objects.create(claimant="H", organisation=hidden, text="So.", **target)
        )
    event("to-hidden", "rename", [("part", "hidden")])
    cite(event=event("hidden-rename", "rename", [("other", "part")], status=status))
    assert client.get("/completeness.json").json() == before


def test_of_a_change_seen_in_part_its_date_alone_is_counted(client, body, event, cite):
    body("a")
    body("b")
    body("hidden", status="draft")
    crisis = event("crisis", "split", [("a", "b"), ("a", "hidden")], date="1940")
    cite(event=crisis, statement="date")
    cite(account=Account.objects.create(event=crisis, claimant="A", text="So."))
    assert client.get("/completeness.json").json()["whole"] == entry(
        "The whole record",
        bodies=2,
        changes=1,
        statements=2,
        dates=5,
        dated=1,
        unsourced=["a", "b"],
    )


def test_what_is_said_of_a_living_body_that_ended_once_and_of_itself(client, body, cite):
    living = body("living", founded="1950", dissolved="1960", active="2024")
    cite(account=Account.objects.create(subject=living, claimant="It", text="We live."))
    assert client.get("/completeness.json").json()["whole"] == entry(
        "The whole record",
        bodies=1,
        statements=5,
        cited=1,
        dates=1,
        dated=1,
        sources=1,
        single_source=["living"],
    )


def test_countries_come_by_name_and_one_that_has_none_by_its_code(client, body):
    one = body("one")
    for code in ("AT", "DZ", "XX"):
        CountryPeriod.objects.create(organisation=one, country=code)
    countries = client.get("/completeness.json").json()["countries"]
    assert [(found["country"], found["name"]) for found in countries] == [
        ("DZ", "Algeria"),
        ("AT", "Austria"),
        ("XX", "XX"),
    ]


def test_internationals_come_oldest_first_and_those_without_a_founding_last(client, body):
    for slug, name, founded in (
        ("undated", "A", ""),
        ("late", "B", "1953"),
        ("early", "Z", "1938"),
        ("twin-2", "D", "1940"),
        ("twin-1", "C", "1940"),
    ):
        body(slug, name=name, kind="international", founded=founded)
    found = client.get("/completeness.json").json()["internationals"]
    assert [one["organisation"] for one in found] == [
        "early",
        "twin-1",
        "twin-2",
        "late",
        "undated",
    ]


def test_names_taken_and_given_up_again_are_one_body(client, body, event):
    for slug in "abc":
        body(slug)
    event("first", "rename", [("a", "b")], date="1950")
    event("back", "rename", [("b", "a")], date="1960")
    event("both", "rename", [("b", "c")], date="1970")
    whole = client.get("/completeness.json").json()["whole"]
    assert (whole["bodies"], len(whole["unsourced"])) == (1, 1)


def test_the_page_tells_the_same(client, record):
    page = client.get("/completeness/").content.decode()
    for told in (
        "4 bodies and 2 changes, told in 20 statements from 2 sources.",
        "50 per cent of the statements are cited, and 54 per cent of the dates are known.",
        (
            '<th scope="row"><a href="/organisations/?country=FR">France</a></th>'
            '<td class="num">2</td><td class="num">2</td><td class="num">50 %</td>'
            '<td class="num">57 %</td><td class="num">1</td><td class="num wanting">1</td>'
        ),
        '<li><a href="/organisations/part/">Part</a></li>',
    ):
        assert told in page


def test_an_empty_record_has_a_page(client, db):
    page = client.get("/completeness/").content.decode()
    for told in (
        "0 bodies and 0 changes, told in 0 statements from 0 sources.</p>",
        "The record names no country yet.",
        "The record holds no international yet.",
        "No organisation stands in the record without a source.",
    ):
        assert told in page


def test_what_is_wholly_cited_is_said_to_be(client, body, cite):
    cite(organisation=body("a"), statement="name")
    page = client.get("/completeness/").content.decode()
    assert (
        "1 body and 0 changes, told in 1 statement from 1 source. Every statement is cited" in page
    )


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(0, 0, None), (0, 3, 0), (2, 3, 66), (999, 1000, 99), (3, 3, 100)]
)
def test_a_share_is_rounded_down_so_that_100_is_all(part, whole, told):
    from lineage.reading.completeness import share

    assert share(part, whole) == told


def _of(slug):
    from lineage.models import Organisation

    return Organisation.objects.get(slug=slug)
