"""Ancestors, descendants and meetings, where time decides which way is open."""

from __future__ import annotations

import itertools
import random
import re
from datetime import date

import pytest
from django.db import connection

from lineage.graph import Edge, Lineage
from lineage.models import ChangeEvent, Organisation, Succession
from lineage.models.derivation import edges_of
from lineage.reading import kin


def edge(event, before, after, years=None, **flags):
    """An edge on 1 January of a year, of any day in a pair of years, or undated."""
    first, last = years if isinstance(years, tuple) else (years, years)
    return Edge(
        event,
        before,
        after,
        earliest=first and date(first, 1, 1),
        latest=last and date(last, 1, 1),
        **flags,
    )


def told(relatives):
    return [(relative.id, relative.generation) for relative in relatives]


# --- what time allows


def test_a_faction_that_leaves_and_returns_is_ancestor_and_descendant_but_not_its_own():
    lineage = Lineage([edge("leave", "a", "b", 1974), edge("return", "b", "a", 1980)])
    assert told(lineage.descendants("a")) == [("b", 1)]
    assert told(lineage.descendants("b")) == [("a", 1)]
    assert told(lineage.ancestors("a")) == [("b", 1)]
    assert told(lineage.relatives("a")) == [("b", 1)]


def test_what_the_host_did_between_leaving_and_return_is_no_doing_of_the_faction():
    lineage = Lineage(
        [
            edge("leave", "a", "b", 1974),
            edge("between", "a", "c", 1977),
            edge("return", "b", "a", 1980),
            edge("after", "a", "d", 1985),
        ]
    )
    assert told(lineage.descendants("b")) == [("a", 1), ("d", 2)]
    assert told(lineage.descendants("a")) == [("b", 1), ("c", 1), ("d", 1)]
    assert told(lineage.ancestors("c")) == [("a", 1)]
    assert told(lineage.ancestors("d")) == [("a", 1), ("b", 2)]


def test_two_bodies_that_split_from_each_other_in_turn():
    lineage = Lineage([edge("one", "a", "b", 1960), edge("two", "b", "a", 1950)])
    assert told(lineage.descendants("b")) == [("a", 1)]
    assert told(lineage.descendants("a")) == [("b", 1)]
    assert lineage.parents == {"a": "b"}


def test_a_ring_of_three_mergers_is_walked_once_from_each_body():
    existed = {"successor_existed": True}
    lineage = Lineage(
        [
            edge("1", "a", "b", 1950, **existed),
            edge("2", "b", "c", 1960, **existed),
            edge("3", "c", "a", 1970, **existed),
        ]
    )
    assert told(lineage.descendants("a")) == [("b", 1), ("c", 2)]
    assert told(lineage.descendants("b")) == [("c", 1), ("a", 2)]
    assert told(lineage.descendants("c")) == [("a", 1)]
    assert told(lineage.ancestors("a")) == [("c", 1), ("b", 2)]
    assert lineage.circles() == []


def test_an_undated_edge_is_open_at_any_moment():
    lineage = Lineage([edge("1", "a", "b", 1990), edge("2", "b", "c"), edge("3", "c", "d", 1950)])
    assert told(lineage.descendants("a")) == [("b", 1), ("c", 2)]
    assert told(lineage.descendants("b")) == [("c", 1), ("d", 2)]


@pytest.mark.parametrize(
    ("first", "second", "open_"),
    [
        ((1950, 1960), (1955, 1955), True),
        ((1950, 1960), (1960, 1960), True),
        ((1950, 1960), (1949, 1949), False),
        ((1950, None), (1949, None), True),
        ((1950, None), (None, 1949), False),
        ((None, 1950), (None, 1940), True),
        (None, (1940, 1940), True),
    ],
)
def test_an_uncertain_edge_is_taken_where_some_reading_of_both_dates_allows_it(
    first, second, open_
):
    lineage = Lineage([edge("1", "a", "b", first), edge("2", "b", "c", second)])
    assert told(lineage.descendants("a")) == [("b", 1), ("c", 2)][: 2 if open_ else 1]
    assert told(lineage.ancestors("c")) == [("b", 1), ("a", 2)][: 2 if open_ else 1]


def test_a_longer_walk_opens_what_the_shorter_one_came_too_late_for():
    lineage = Lineage(
        [
            edge("late", "a", "c", 1980),
            edge("early", "a", "b", 1950),
            edge("early too", "b", "c", 1951),
            edge("between", "c", "d", 1960),
        ]
    )
    assert told(lineage.descendants("a")) == [("b", 1), ("c", 1), ("d", 3)]
    assert [step.event for step in lineage.path("a", "d")] == ["early", "early too", "between"]


def test_depth_bounds_the_generations():
    lineage = Lineage([edge(str(n), f"b{n}", f"b{n + 1}", 1950 + n) for n in range(5)])
    assert told(lineage.descendants("b0", 2)) == [("b1", 1), ("b2", 2)]
    assert told(lineage.ancestors("b5", 1)) == [("b4", 1)]
    assert told(lineage.relatives("b2", 1)) == [("b1", 1), ("b3", 1)]
    assert lineage.descendants("b0", 0) == []
    assert lineage.descendants("b5") == []
    assert lineage.descendants("nobody") == []


def test_asking_for_a_stranger_leaves_no_trace_of_it():
    lineage = Lineage([edge("1", "a", "b")])
    lineage.relatives("stranger")
    assert lineage.components() == [{"a", "b"}]


# --- walks end, and are short


@pytest.fixture
def visited(monkeypatch):
    """Counts the edges that walks look at."""
    ways, looked_at = Lineage._ways, []

    def counting(*args, **kwargs):
        for way in ways(*args, **kwargs):
            looked_at.append(way)
            yield way

    monkeypatch.setattr(Lineage, "_ways", counting)
    return looked_at


def diamonds(depth, year=None):
    pairs = [(f"a{n}", side + str(n)) for n in range(depth) for side in "xy"]
    pairs += [(side + str(n), f"a{n + 1}") for n in range(depth) for side in "xy"]
    return Lineage(edge(f"{one}-{two}", one, two, year and year(one, two)) for one, two in pairs)


@pytest.mark.parametrize("year", [None, lambda one, two: 1900 + int(two[1:])])
def test_diamonds_thirty_deep_are_walked_edge_by_edge_and_not_path_by_path(visited, year):
    lineage = diamonds(30, year)
    found = lineage.descendants("a0")
    assert len(visited) == len(lineage.edges) == 120
    assert len(found) == 90
    assert found[-1].id == "a30"
    assert found[-1].generation == 60
    visited.clear()
    assert told(lineage.ancestors("a30"))[-1] == ("a0", 60)
    assert len(visited) == 120
    visited.clear()
    assert len(lineage.path("a0", "a30")) == 60
    assert len(visited) == 120


def test_walks_look_at_no_edge_oftener_than_there_are_moments(visited):
    chance = random.Random(1938)  # noqa: S311
    for _time in range(200):
        bodies = [str(n) for n in range(12)]
        edges = [
            edge(str(n), *chance.sample(bodies, 2), chance.choice([None, *range(1950, 1956)]))
            for n in range(40)
        ]
        visited.clear()
        Lineage(edges).descendants("0")
        assert len(visited) <= 40 * 7


def test_parents_of_a_line_of_ten_thousand_are_found_without_climbing_it_each_time():
    size = 10_000
    lineage = Lineage(edge(str(n), str(n), str(n + 1)) for n in range(size))
    assert lineage.parents == {str(n + 1): str(n) for n in range(size)}
    assert lineage.circles() == []


# --- meetings and paths


def test_lines_meet_in_their_nearest_common_ancestors():
    lineage = Lineage(
        [
            edge("0", "root", "top", 1940),
            edge("1", "top", "left", 1950),
            edge("1", "top", "right", 1950),
            edge("2", "left", "l2", 1960),
        ]
    )
    assert lineage.meetings("l2", "right") == ["top"]
    assert lineage.meetings("l2", "left") == ["left"]
    walks = [[step.event for step in walk] for walk in lineage.paths("l2", "right")]
    assert walks == [["1"], ["1", "2"]]


def test_lines_without_a_common_ancestor_meet_in_what_they_both_led_to():
    lineage = Lineage(
        [edge("1", "a", "c", 1950), edge("1", "b", "c", 1950), edge("2", "c", "d", 1960)]
    )
    assert lineage.meetings("a", "b") == ["c"]
    assert [[step.predecessor for step in walk] for walk in lineage.paths("a", "b")] == [
        ["a"],
        ["b"],
    ]


def test_a_pair_with_two_shared_parents_meets_in_both():
    lineage = Lineage([edge(one + two, one, two, 1950) for one in ("p", "q") for two in ("a", "b")])
    assert lineage.meetings("a", "b") == ["p", "q"]
    assert len(lineage.paths("a", "b")) == 4


def test_lines_that_never_meet_have_no_path():
    lineage = Lineage([edge("1", "a", "b", 1950), edge("2", "c", "d", 1950)])
    assert lineage.meetings("b", "d") == []
    assert lineage.paths("b", "d") == []
    assert lineage.path("a", "d") is None
    assert lineage.path("b", "a") is None
    assert lineage.path("a", "a") == []


def test_bodies_that_split_and_rejoined_meet_in_each_other():
    lineage = Lineage([edge("leave", "a", "b", 1974), edge("return", "b", "a", 1980)])
    assert lineage.meetings("a", "b") == ["a", "b"]
    assert [[step.event for step in walk] for walk in lineage.paths("a", "b")] == [
        ["leave"],
        ["return"],
    ]


# --- the same out of the database


def kin_told(found):
    return [(one.organisation.slug, one.generation) for one in found]


@pytest.fixture
def line(body, event):
    """A line of bodies, each the next's predecessor, and the one in the middle."""

    def make(size):
        names = [f"b{number:02}" for number in range(size)]
        for name in names:
            body(name)
        for number, pair in enumerate(itertools.pairwise(names)):
            event(f"e{number:02}", "continuation", [pair], date=str(1900 + number))
        return Organisation.objects.get(slug=names[size // 2])

    return make


@pytest.mark.parametrize("size", [5, 50])
@pytest.mark.parametrize(
    ("walk", "queries"), [(kin.ancestors, 1), (kin.descendants, 1), (kin.relatives, 2)]
)
def test_kin_asks_as_often_for_fifty_bodies_as_for_five(
    line, django_assert_num_queries, walk, queries, size
):
    middle = line(size)
    with django_assert_num_queries(queries):
        found = walk(middle)
    reach = {kin.ancestors: size // 2, kin.descendants: (size - 1) // 2, kin.relatives: size - 1}
    assert len(found) == reach[walk]


def test_kin_tells_generation_and_event_nearest_first(line):
    middle = line(5)
    assert kin_told(kin.ancestors(middle)) == [("b01", 1), ("b00", 2)]
    assert kin_told(kin.descendants(middle)) == [("b03", 1), ("b04", 2)]
    assert kin_told(kin.descendants(middle, depth=1)) == [("b03", 1)]
    assert [one.via.event for one in kin.descendants(middle)] == ["e02", "e03"]
    assert kin.descendants(middle)[0].via.earliest == date(1902, 1, 1)


def test_kin_of_hundreds_is_found_in_the_same_query(body, django_assert_num_queries):
    start = body("start")
    many = Organisation.objects.bulk_create(
        Organisation(slug=f"o{n}", name=str(n), status="published") for n in range(600)
    )
    made = ChangeEvent.objects.create(slug="burst", kind="split", status="published")
    Succession.objects.bulk_create(
        Succession(event=made, predecessor=start, successor=one) for one in many
    )
    with django_assert_num_queries(1):
        assert len(kin.descendants(start)) == 600


@pytest.mark.parametrize("walk", [kin.ancestors, kin.descendants])
def test_kin_reads_no_table_from_end_to_end(line, django_assert_num_queries, walk):
    middle = line(50)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with django_assert_num_queries(1) as asked:
        walk(middle)
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN"
        if connection.vendor == "postgresql":  # which reads so few rows whole where it may
            explain = "EXPLAIN"
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {asked[0]['sql']}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "reached" in plan
    assert re.findall(r"BLOOM FILTER|SCAN (?!reached|CONSTANT)|Seq Scan", plan) == []


def test_kin_agrees_with_a_walk_over_every_edge(body, event):
    chance = random.Random(1903)  # noqa: S311
    names = [body(f"b{number:02}").slug for number in range(15)]
    for number in range(30):
        year = chance.choice(["", *map(str, range(1950, 1956)), "1951/1954", "../1952"])
        one, *others = chance.sample(names, chance.randint(2, 4))
        pairs = [chance.choice([(one, other), (other, one)]) for other in others]
        event(f"e{number:02}", "split", pairs, date=year)
    every = Lineage(edges_of(Succession.objects.all()))
    for one in Organisation.objects.all():
        for from_database, walk in (
            (kin.ancestors, every.ancestors),
            (kin.descendants, every.descendants),
            (kin.relatives, every.relatives),
        ):
            found = [(kin.organisation.slug, kin.generation, kin.via) for kin in from_database(one)]
            assert found == walk(one.slug)


def test_kin_goes_round_a_split_and_return_once(body, event):
    a, b = body("a"), body("b")
    event("leave", "split", [("a", "b")], date="1974")
    event("return", "merger", [("b", "a", {"successor_existed": True})], date="1980")
    assert kin_told(kin.relatives(a)) == [("b", 1)]
    assert kin_told(kin.relatives(b)) == [("a", 1)]


@pytest.mark.parametrize("status", ["draft", "in-review"])
def test_readers_kin_ends_at_a_body_or_an_event_that_they_may_not_see(body, event, status):
    a, hidden = body("a"), body("hidden")
    body("beyond")
    event("first", "split", [("a", "hidden")], date="1950")
    made = event("second", "split", [("hidden", "beyond")], date="1960")
    whole = [("hidden", 1), ("beyond", 2)]
    assert kin_told(kin.descendants(a)) == whole
    made.status = status
    made.save()
    assert kin_told(kin.descendants(a)) == whole[:1]
    assert kin_told(kin.descendants(a, drafts=True)) == whole
    made.status, hidden.status = "published", status
    made.save()
    hidden.save()
    assert kin.descendants(a) == []
    assert kin.relatives(hidden) == []
    assert kin_told(kin.descendants(a, drafts=True)) == whole
