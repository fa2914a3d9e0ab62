"""Rea asks what existed on a date, and what changed between two."""

from __future__ import annotations

import json
from datetime import date

import pytest

from lineage import dates
from lineage.graph import Edge
from lineage.models import CountryPeriod, Fact, Name
from lineage.reading import presence
from lineage.reading.details import detailed
from lineage.reading.presence import Life
from tests.test_pages import Page, text

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 27)


def on(client, when: str) -> dict[str, bool]:
    """The bodies that existed on a date, and of which of them it is certain."""
    response = client.get(f"/on/{when}.json")
    assert response.status_code == 200, response.content.decode()
    return {one["id"]: one["certain"] for one in json.loads(response.content)["organisations"]}


@pytest.mark.parametrize(
    ("founded", "dissolved", "when", "found"),
    [
        ("1953-11-16", "1963-06", "1953-11-15", None),
        ("1953-11-16", "1963-06", "1953-11-16", True),
        ("1953-11-16", "1963-06", "1953", True),
        ("1953-11-16", "1963-06", "1963-06-30", False),  # it ended on a day of that June
        ("1953-11-16", "1963-06", "1963-06", True),
        ("1953-11-16", "1963-06", "1963-07", None),
        ("1953", "1963", "1953-01-01", False),
        ("1953", "1963", "1954-01-01", True),
        ("1953", "1953", "1953", True),
        ("1953~", "1963", "1952", False),
        ("1953~", "1963", "1951", None),
        ("[1950,1953]", "1960", "1951", False),
        ("../1940", "1943", "1941", True),
        ("../1940", "1943", "1935", False),
        ("../1940", "1943", "1929", None),  # ten years and more before anything is known of it
        ("1953", "", "1953", True),
        ("1953", "", "2000", False),  # no end is known, and no sign of life
        ("", "1963", "1963", True),
        ("", "1963", "1955", False),
        ("", "1963", "1952", None),
        ("", "", "1953", None),
    ],
)
def test_a_body_existed_as_far_as_its_dates_tell(client, body, founded, dissolved, when, found):
    body("it", founded=founded, dissolved=dissolved)
    assert on(client, when).get("it") is found


def test_a_body_attested_of_late_exists_to_this_day(client, body):
    body("it", founded="1974", active=str(date.today().year - 1))  # noqa: DTZ011
    assert on(client, "2000") == {"it": True}


def test_what_a_source_says_of_it_is_a_sign_of_life(client, body):
    it = body("it", founded="1953")
    assert on(client, "1959") == {"it": False}
    Fact.objects.create(organisation=it, kind="congress", text="Third", since="1960")
    assert (on(client, "1959"), on(client, "1961")) == ({"it": True}, {"it": False})


def test_events_date_what_has_no_dates(client, body, event):
    body("a"), body("b"), body("c")
    event("split", "split", [("a", "b")], date="1953")
    event("merger", "merger", [("b", "c")], date="1960")
    assert on(client, "1957") == {"a": False, "b": True}
    assert on(client, "1961") == {"a": False, "c": False}


LIVES = [
    # first, sure, until, last; what it allows and proves from 1950 to 1959
    (Life(date(1940, 1, 1), date(1940, 1, 1), date(1960, 1, 1), None), True, True),
    (Life(date(1960, 1, 1), date(1960, 1, 1), date(1960, 1, 1), None), False, False),
    (Life(date(1940, 1, 1), date(1940, 1, 1), date(1945, 1, 1), None), True, False),
    (Life(date(1940, 1, 1), date(1940, 1, 1), date(1945, 1, 1), date(1949, 12, 31)), False, False),
    (Life(date(1951, 1, 1), date(1952, 1, 1), None, None), True, False),
    (Life(date(1951, 1, 1), date(1952, 1, 1), date(1952, 1, 1), None), True, True),
    (Life(None, date(1970, 1, 1), date(1975, 1, 1), None), True, False),
    (presence.NEVER, False, False),
]


@pytest.mark.parametrize(("life", "allows", "proves"), LIVES)
def test_what_dates_allow_and_what_they_prove(life, allows, proves):
    decade = date(1950, 1, 1), date(1959, 12, 31)
    assert (life.allows(*decade), life.proves(*decade)) == (allows, proves)


def test_a_change_that_began_it_and_one_that_ended_it_bound_a_life(body):
    body("it", name="It")
    (row,) = detailed(type(body("other")).objects.filter(slug="it"))
    edges = [
        Edge("begun", "a", "it", earliest=date(1950, 1, 1), latest=date(1950, 12, 31)),
        Edge("left", "it", "b", earliest=date(1955, 1, 1), latest=date(1955, 12, 31),
             predecessor_continues=True),
        Edge("ended", "it", "c", earliest=date(1960, 1, 1), latest=date(1960, 12, 31)),
    ]  # fmt: skip
    assert presence.life_of(row, edges, TODAY) == Life(
        date(1950, 1, 1), date(1950, 12, 31), date(1960, 1, 1), date(1960, 12, 31)
    )
    assert presence.life_of(row, edges[1:2], TODAY) == Life(
        date(1945, 1, 1), date(1955, 1, 1), date(1955, 12, 31), None
    )


def test_a_page_groups_them_by_country_under_their_names_of_then(client, body, affiliate):
    fi = body("fi", name="Fourth International", kind="international", founded="1938")
    wp = body("wp", name="Socialist Workers Party", founded="1938", dissolved="1990")
    other = body("other", founded="1930")
    nowhere = body("nowhere", founded="1950-01-01", dissolved="1960")
    CountryPeriod.objects.create(organisation=wp, country="US")
    CountryPeriod.objects.create(organisation=other, country="LK")
    Name.objects.create(organisation=wp, text="Workers Party", since="1938", until="1955")
    Name.objects.create(organisation=nowhere, text="N", kind="abbreviation", since="1938")
    affiliate(wp, fi, since="1938", until="1953")
    affiliate(nowhere, fi, since="1955", role="observer")
    page = Page(client.get("/on/1950/").content.decode())
    assert text(page.one("h1")) == "The movement in 1950"
    parts = {
        text(one.find("h2")): page.rows(one.get("aria-labelledby")) for one in page.all("section")
    }
    assert parts == {
        "Internationals": ["1938–? Fourth International"],
        "United States": [
            "1938–1990 Socialist Workers Party called Workers Party in Fourth International"
        ],
        "Without a country": ["1 January 1950 – 1960 NOWHERE"],
        "In the chart": [],
        "Of unknown end": ["OTHER 1930–?"],
    }
    document = json.loads(client.get("/on/1950.json").content)
    assert document["affiliations"] == [
        {"organisation": "wp", "body": "fi", "role": "section", "from": "1938", "to": "1953",
         "certain": True}
    ]  # fmt: skip
    assert document["organisations"][-1] == {
        "id": "wp", "name": "Socialist Workers Party", "kind": "party", "countries": ["US"],
        "founded": "1938", "dissolved": "1990", "called": "Workers Party", "certain": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["/on/1953x/", "/on/195X/", "/on/1953..1955/", "/on/../", "/on/[1953,1960]/", "/on/%2E%2E/",
     "/on/1953-13.json", "/changes/x/1953/", "/changes/1953/195X.json"],
)  # fmt: skip
def test_what_is_no_date_is_answered_with_a_sentence(client, path):
    response = client.get(path)
    if response.status_code == 404:  # not an address at all
        assert ".." in path or "%2E" in path
        return
    assert response.status_code == 400
    assert "1953-11" in response.content.decode()


def test_dates_as_one_types_them_lead_to_their_address(client):
    assert client.get("/on/?date=Nov+1953")["Location"] == "/on/1953-11/"
    assert client.get("/on/")["Location"] == f"/on/{date.today().year}/"  # noqa: DTZ011
    there = client.get("/changes/?from=1953&to=16+November+1963")["Location"]
    assert there == "/changes/1953/1963-11-16/"
    response = client.get("/on/?date=soon")
    assert response.status_code == 400
    assert "“soon” is not a date this can read" in response.content.decode()


@pytest.fixture
def record(body, event, affiliate):
    a = body("a", founded="1930", dissolved="1953-11")
    b = body("b", founded="1952/1954", dissolved="1963")
    body("c", founded="1970")
    d = body("d", founded="../1951")
    event("split", "split", [("a", "b")], date="1953")
    event("late", "rename", [("b", "c")], date="1970")
    affiliate(a, b, since="1953", until="1963")
    affiliate(d, b, since="1960", until="1953/1955", role="observer")


def changes(client, since: str, until: str):
    found = json.loads(client.get(f"/changes/{since}/{until}.json").content)
    return {
        name: [one.get("id") or f"{one['organisation']}>{one['body']}" for one in rows]
        for name, rows in found.items()
    }


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("1953", "1953", [["b"], ["a"], ["split"], ["a>b"], ["d>b"]]),
        ("1953-12", "1954", [["b"], [], ["split"], ["a>b"], ["d>b"]]),
        ("1951", "1951", [["d"], [], [], [], []]),
        ("1940", "1940", [[], [], [], [], []]),
        ("1960", "1970", [["c"], ["b"], ["late"], ["d>b"], ["a>b"]]),
        ("1953-11-15", "1953-11-15", [["b"], ["a"], ["split"], ["a>b"], ["d>b"]]),
    ],
)
def test_what_changed_between_two_dates(client, record, since, until, expected):
    names = ("founded", "dissolved", "events", "joined", "left")
    assert changes(client, since, until) == dict(zip(names, expected, strict=True))


def test_the_page_of_changes_tells_each(client, record):
    page = Page(client.get("/changes/1953/1953/").content.decode())
    assert text(page.one("h1")) == "What changed 1953"
    assert page.rows("events") == ["1953 B splits from A split"]
    assert page.rows("founded") == ["between 1952 and 1954 B"]
    assert page.rows("joined") == ["1953 A joined B section"]
    assert page.rows("left") == ["between 1953 and 1955 D: its time in B ended observer"]
    assert "no change" not in text(page.one("main"))
    empty = Page(client.get("/changes/1900/1901/").content.decode())
    assert text(empty.one("p[@class='lede']")) == "The record knows of no change in that time."


def test_the_later_date_first_is_told_with_the_address_that_would_be_right(client):
    response = client.get("/changes/1963/1953/")
    assert response.status_code == 400
    assert "/changes/1953/1963/" in response.content.decode()


def test_a_date_without_bounds_is_no_moment():
    with pytest.raises(ValueError, match=r"1990/\.\. is no year, month or day"):
        presence.bounds(dates.parse("1990/.."))


def test_on_this_day(client, body, event):
    body("a", founded="1938-09-03"), body("b", founded="1938-09"), body("c")
    event("e", "split", [("a", "b")], date="1953-09-03", title="The split")
    event("f", "split", [("a", "c")], date="1953-09")
    page = Page(client.get("/days/09-03/").content.decode())
    assert (page.rows("events"), page.rows("founded")) == (["1953 The split"], ["1938 A"])
    assert [one.get("href") for one in page.one("nav[@class='steps']").iter("a")] == [
        "/days/09-02/",
        "/days/09-04/",
    ]
    found = json.loads(client.get("/days/09-03.json").content)
    assert [[one["id"] for one in found[name]] for name in ("events", "founded")] == [["e"], ["a"]]
    assert client.get("/days/02-29/").status_code == 200
    assert client.get("/days/02-30/").status_code == 404
    assert client.get("/days/9-3/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["split", "merger", "undated"]),
        ("?kind=split", ["split", "undated"]),
        ("?manner=expulsion", ["undated"]),
        ("?country=LK", ["split"]),
        ("?from=1954", ["merger"]),
        ("?to=1954", ["split"]),
        ("?kind=merger&from=1950&to=1970", ["merger"]),
        ("?from=1971", []),
    ],
)
def test_events_are_filtered(client, body, event, query, found):
    a = body("a")
    body("b"), body("c")
    CountryPeriod.objects.create(organisation=a, country="LK")
    event("split", "split", [("a", "b")], date="1953")
    event("merger", "merger", [("b", "c")], date="1963")
    event("undated", "split", [("b", "c")], manner="expulsion")
    page = client.get(f"/events/{query}")
    there = Page(page.content.decode()).one("link[@type='application/json']").get("href")
    assert there == f"/events.json{query}" or not query
    assert [one["id"] for one in json.loads(client.get(there).content)["events"]] == found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("kind=x", "“kind” is one of split, merger, rename, continuation"),
        ("manner=x", "“manner” is one of expulsion"),
        ("country=xx", "“country” is a code of two capital letters"),
        ("from=0000", "“from” is a year of four digits"),
        ("to=x", "“to” is a year of four digits"),
        ("from=1960&to=1950", "1950 is before 1960"),
    ],
)
def test_a_filter_that_cannot_be_read_is_told(client, query, sentence):
    response = client.get(f"/events/?{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_a_long_time_is_told_in_part_and_whole_as_data(client, body):
    for number in range(103):
        body(f"b{number:03}", founded="1950")
    page = Page(client.get("/changes/1950/1950/").content.decode())
    assert len(page.rows("founded")) == 100
    assert text(page.part("founded").find("p")).startswith("And 3 more: ask for a shorter time")
    assert len(json.loads(client.get("/changes/1950/1950.json").content)["founded"]) == 103
