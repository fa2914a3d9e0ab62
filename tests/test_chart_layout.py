"""The chart's layout: what is drawn where, for any data at all."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.chart import Body, draw
from lineage.chart.geometry import Bar, Connector, count_crossings
from lineage.chart.lanes import pack
from lineage.chart.order import Family, along_the_tree, arrange
from lineage.chart.order import families as chart_families
from lineage.chart.threads import Link, Thread, Weave, weave
from lineage.chart.times import timeline
from lineage.graph import Edge, Lineage
from tests.benchmarks.families import family as made_up

TODAY = date(2026, 11, 22)
KINDS = ("split", "merger", "rename", "continuation")


def year(number):
    return date(number, 1, 1), date(number, 12, 31)


def day(number, month=1, of=1):
    return date(number, month, of), date(number, month, of)


def chart(bodies, edges=(), **options):
    return draw(bodies, edges, today=TODAY, **options)


def bar_of(drawn, name):
    return next(bar for bar in drawn.geometry.bars if bar.id == name)


def split(before, after, when, event="", **more):
    bounds = year(when) if isinstance(when, int) else when or (None, None)
    return Edge(
        event or f"{before}>{after}",
        before,
        after,
        "split",
        *bounds,
        predecessor_continues=True,
        **more,
    )


def change(kind, before, after, when, **more):
    bounds = year(when) if isinstance(when, int) else when or (None, None)
    return Edge(more.pop("event", f"{before}>{after}"), before, after, kind, *bounds, **more)


# ---- Any data at all ----

days = st.dates(date(1890, 1, 1), date(2026, 6, 1))
bounds = st.one_of(
    st.none(),
    days.map(lambda one: (one, one)),
    days.map(lambda one: year(one.year)),
    st.tuples(st.none() | days, st.none() | days),
)


@st.composite
def families(draw_from):
    count = draw_from(st.integers(0, 14))
    names = [f"b{i}" for i in range(count)]
    bodies = [
        Body(
            name,
            draw_from(st.sampled_from(["Socialist Equality Party", "Militant", "", "Şx & <b>"])),
            draw_from(st.sampled_from(["", "SEP", "WRP(WP)"])),
            draw_from(st.sampled_from(["party", "international", "faction"])),
            draw_from(st.sampled_from([(), ("GB",), ("IN", "LK", "MM"), ("US",)])),
            draw_from(bounds),
            draw_from(bounds),
            draw_from(st.booleans()),
            draw_from(st.none() | days),
            claims=draw_from(st.booleans()),
        )
        for name in names
    ]
    ends = st.sampled_from([*names, "stranger"])
    edges = draw_from(
        st.lists(
            st.builds(
                lambda event, before, after, kind, when, *flags: Edge(
                    event, before, after, kind, *(when or (None, None)), *flags
                ),
                st.sampled_from(["e1", "e2", "e3", "e4", "e5", "e6"]),
                ends,
                ends,
                st.sampled_from(KINDS),
                bounds,
                st.booleans(),
                st.booleans(),
                st.booleans(),
                st.booleans(),
            ),
            max_size=24,
        )
    )
    return bodies, edges


@settings(max_examples=150, deadline=None)
@given(families(), st.sampled_from(["across", "down"]))
def test_every_body_is_drawn_once_and_nothing_lies_on_anything(family, time):
    bodies, edges = family
    drawn = chart(bodies, edges, time=time)
    assert sorted(bar.id for bar in drawn.geometry.bars) == [body.id for body in sorted_(bodies)]
    assert_sound(drawn)


def sorted_(bodies):
    return sorted(bodies, key=lambda body: body.id)


def assert_sound(drawn):
    geometry = drawn.geometry
    lanes = defaultdict(list)
    for bar in geometry.bars:
        assert geometry.start <= bar.start < bar.end <= geometry.end
        lanes[bar.lane].append(bar)
    assert sorted(lanes) == list(range(geometry.lanes))
    for bars in lanes.values():
        for before, after in pairwise(sorted(bars, key=lambda bar: bar.start)):
            assert before.end <= after.start
    by_name = {bar.id: bar for bar in geometry.bars}
    for one in geometry.connectors:
        assert one.from_lane == by_name[one.source].lane
        assert one.to_lane == by_name[one.target].lane
        assert by_name[one.target].start <= one.at <= by_name[one.target].end
    assert geometry.crossings == brute_force(geometry)
    kin = Lineage(Edge("", one.source, one.target) for one in geometry.connectors).components()
    for one in geometry.connectors:
        low, high = sorted((one.from_lane, one.to_lane))
        crossed = {
            bar.id for lane in range(low + 1, high) for bar in lanes[lane]
            if bar.start < one.at < bar.end
        }  # fmt: skip
        assert crossed <= next(family for family in kin if one.source in family)
    assert geometry.length == sum(abs(c.from_lane - c.to_lane) for c in geometry.connectors)
    boxes = [
        (label.x, label.y - 9, label.x + label.width, label.y + 3)
        for mark in drawn.bars
        for label in mark.labels
    ]
    for left, top, right, foot in boxes:
        assert 0 <= left < right <= drawn.width
        assert 0 <= top < foot <= drawn.height
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]


def brute_force(geometry):
    crossings = 0
    for connector in geometry.as_dict()["connectors"]:
        for bar in geometry.as_dict()["bars"]:
            lanes = sorted((connector["from_lane"], connector["to_lane"]))
            if lanes[0] < bar["lane"] < lanes[1] and bar["start"] < connector["at"] < bar["end"]:
                crossings += 1
    return crossings


@settings(max_examples=60, deadline=None)
@given(families(), st.randoms(use_true_random=False))
def test_the_same_data_in_any_order_gives_the_same_drawing(family, shuffler):
    bodies, edges = family
    first = chart(bodies, edges)
    bodies, edges = list(bodies), [*edges, *edges]
    shuffler.shuffle(bodies)
    shuffler.shuffle(edges)
    assert chart(bodies, edges) == first


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 8)), max_size=60))
def test_a_pure_tree_of_splits_has_no_crossing(branches):
    """Each branch leaves an earlier one, some in the same year, some years later."""
    bodies, edges = [Body("b0", "The first", founded=year(1900), living=True)], []
    begun = [1900]
    for i, (seed, later) in enumerate(branches, start=1):
        parent = seed % i
        begun.append(begun[parent] + later)
        bodies.append(Body(f"b{i}", f"Branch {i}", living=begun[-1] < 2026))
        edges.append(split(f"b{parent}", f"b{i}", min(begun[-1], 2400)))
    drawn = chart(bodies, edges)
    assert drawn.geometry.crossings == 0
    assert_sound(drawn)


# ---- Hard cases, each of which is in somebody's record ----


def test_nothing_is_an_empty_chart():
    drawn = chart([], [split("a", "b", 1950)])
    assert drawn.geometry.as_dict() == {
        "lanes": 0,
        "from": 2026.0,
        "to": 2027.0,
        "bars": [],
        "connectors": [],
        "crossings": 0,
        "length": 0,
    }


def test_ninety_children_of_one_body_are_drawn_in_one_tree():
    bodies = [Body("p", "Parent", founded=year(1900), living=True)]
    bodies += [Body(f"c{i:02}", f"Child {i}", living=True) for i in range(90)]
    edges = [split("p", f"c{i:02}", 1920 + i % 40) for i in range(90)]
    drawn = chart(bodies, edges)
    assert drawn.geometry.crossings == 0
    assert drawn.geometry.lanes == 91
    assert_sound(drawn)


def test_twenty_predecessors_of_one_merger_cross_nothing():
    bodies = [Body(f"p{i:02}", f"Part {i}", founded=year(1950)) for i in range(20)]
    bodies.append(Body("whole", "The whole", living=True))
    edges = [
        change("merger", f"p{i:02}", "whole", day(1970, 5, 2), event="merger") for i in range(20)
    ]
    drawn = chart(bodies, edges)
    assert drawn.geometry.crossings == 0
    assert {bar.end for bar in drawn.geometry.bars if bar.id != "whole"} == {
        bar_of(drawn, "whole").start
    }
    assert_sound(drawn)


def test_a_circle_through_time_ends():
    bodies = [Body("a", "A", founded=year(1950), living=True), Body("b", "B"), Body("c", "C")]
    edges = [
        split("a", "b", 1960),
        change("rename", "b", "c", 1965),
        change("merger", "c", "a", 1970, successor_existed=True),
        split("c", "b", 1960, event="again"),
        split("a", "a", 1961),
    ]
    drawn = chart(bodies, edges)
    assert len(drawn.geometry.bars) == 3
    assert len(drawn.geometry.connectors) == 4
    assert_sound(drawn)


def test_births_in_a_circle_without_dates_are_still_drawn():
    bodies = [Body(name, name) for name in "abc"]
    edges = [split("a", "b", None), split("b", "c", None), split("c", "a", None)]
    drawn = chart(bodies, edges)
    assert [bar.dated for bar in drawn.geometry.bars] == [False, False, False]
    assert_sound(drawn)


def test_homonyms_are_bodies_of_their_own():
    bodies = [
        Body(f"sep-{country}", "Socialist Equality Party", "SEP", countries=(country.upper(),))
        for country in ("au", "de", "gb", "lk", "us")
    ]
    drawn = chart(bodies)
    assert len({bar.id for bar in drawn.geometry.bars}) == 5
    assert {mark.labels[0].code for mark in drawn.bars} == {"AU", "DE", "GB", "LK", "US"}


# ---- Lanes ----


def test_a_chain_of_renames_is_one_lane():
    bodies = [
        Body("cmi", "Committee for a Marxist International", "CMI", founded=year(1992)),
        Body("imt", "International Marxist Tendency", "IMT", founded=year(2006)),
        Body("rci", "Revolutionary Communist International", "RCI", living=True),
    ]
    edges = [change("rename", "cmi", "imt", 2006), change("rename", "imt", "rci", 2024)]
    geometry = chart(bodies, edges).geometry
    assert [(bar.id, bar.lane, bar.start, bar.end) for bar in geometry.bars] == [
        ("cmi", 0, 1992.0, 2006.0),
        ("imt", 0, 2006.0, 2024.0),
        ("rci", 0, 2024.0, 2027.0),
    ]
    assert [(c.source, c.target, c.at) for c in geometry.connectors] == [
        ("cmi", "imt", 2006.0),
        ("imt", "rci", 2024.0),
    ]
    assert (geometry.crossings, geometry.length) == (0, 0)


def test_a_body_that_goes_on_after_its_rename_keeps_its_own_lane():
    bodies = [Body("a", "A", founded=year(1950), living=True), Body("b", "B", living=True)]
    edges = [change("rename", "a", "b", 1960, predecessor_continues=True)]
    assert chart(bodies, edges).geometry.lanes == 2


def test_a_body_re_formed_after_a_ban_returns_to_its_lane():
    bodies = [
        Body("a", "A", founded=year(1930), dissolved=year(1940)),
        Body("b", "B", founded=year(1944), living=True),
    ]
    drawn = chart(bodies, [change("continuation", "a", "b", 1944)])
    assert drawn.geometry.lanes == 1
    assert (bar_of(drawn, "a").end, bar_of(drawn, "b").start) == (1940.0, 1944.0)


def test_a_lane_is_used_again_after_its_bar_and_its_label_have_ended():
    always = Body("z", "Z", founded=year(1930), living=True)
    later = Body("b", "B", founded=year(1960), dissolved=year(1970))
    brief = Body("a", "A", founded=year(1955), dissolved=year(1957))
    assert chart([always, brief, later]).geometry.lanes == 2
    wordy = Body("a", "A name as long as this", founded=year(1955), dissolved=year(1957))
    assert chart([always, wordy, later]).geometry.lanes == 3


def test_families_stand_apart():
    bodies = [Body(name, name, founded=year(1950), living=True) for name in "abcd"]
    edges = [split("a", "c", 1960), split("b", "d", 1955)]
    lanes = {bar.id: bar.lane for bar in chart(bodies, edges).geometry.bars}
    assert abs(lanes["a"] - lanes["c"]) == abs(lanes["b"] - lanes["d"]) == 1


def test_packing_takes_no_lane_that_it_can_do_without():
    room = {0: (0, 10), 1: (12, 20), 2: (5, 15)}
    threads = [Thread((f"t{i}",), *room[i]) for i in range(3)]
    family = Family(Weave(threads, [], {}), [0, 1, 2], [])
    for order in permutations(range(3)):
        lanes = pack([family], [order], room)
        assert lanes[0] == lanes[1] == 1 - lanes[2]


def test_lanes_are_emptied_but_nothing_is_crossed_for_it():
    for seed in range(3):
        bodies, edges = made_up(150, seed)
        line = timeline({body.id: body for body in bodies}, edges, TODAY)
        (family,) = chart_families(weave(edges, line))
        numbers, order = family.numbers, arrange(family)
        room = {i: (thread.start, thread.end + 1) for i, thread in enumerate(family.weave.threads)}
        lanes = pack([family], [order], room)
        places = numbers.kernel.integers([lanes[thread] for thread in numbers.threads])
        crossed = numbers.kernel.crossings(
            places, numbers.starts, numbers.ends, numbers.sources, numbers.targets, numbers.at
        )[0]
        assert crossed <= numbers.weigh([numbers.number[thread] for thread in order])[0]
        for i, one in room.items():
            for j, other in room.items():
                apart = one[1] <= other[0] or other[1] <= one[0]
                assert i == j or lanes[i] != lanes[j] or apart
        height = numbers.kernel.room(len(order))
        since, until = (
            numbers.kernel.integers([round(room[thread][end] * 1000) for thread in numbers.threads])
            for end in (0, 1)
        )
        downwards = numbers.kernel.integers([numbers.number[thread] for thread in order])
        assert max(lanes.values()) + 1 <= numbers.kernel.compact(downwards, height, since, until)


def test_a_small_family_stands_in_a_gap_of_a_large_one_where_no_line_passes():
    bodies = [Body(name, name, founded=year(1900 + 20 * i), dissolved=year(1911 + 20 * i))
              for i, name in enumerate("abcde")]  # fmt: skip
    edges = [Edge(f"{one}{other}", one, other, "merger") for one, other in pairwise("abcde")]
    lone = Body("lone", "L", founded=year(1903), dissolved=year(1904))
    drawn = chart([*bodies, lone], edges)
    assert_sound(drawn)
    assert drawn.geometry.crossings == 0
    assert drawn.geometry.lanes == chart(bodies, edges).geometry.lanes


def test_the_order_of_a_small_family_is_near_the_best_of_all():
    """Against every order of six threads; never worse than the tree it began with."""
    chance = random.Random(7)  # noqa: S311
    found_in_all = best_in_all = 0
    for _ in range(25):
        threads = [
            Thread((f"t{i}",), start := chance.randint(0, 20), start + chance.randint(5, 40))
            for i in range(6)
        ]
        links = []
        for i in range(9):
            one, other = chance.sample(range(6), 2)
            links.append(Link(i, one, other, float(chance.randint(5, 40)), tree=False))
        family = Family(Weave(threads, links, {}), list(range(6)), links)

        def cost(order, threads=threads, links=links):
            bars = [
                Bar(threads[t].bodies[0], lane, threads[t].start, threads[t].end)
                for lane, t in enumerate(order)
            ]
            place = {t: lane for lane, t in enumerate(order)}
            return count_crossings(
                bars,
                [Connector("split", "", "", place[x.source], place[x.target], x.at) for x in links],
            )

        order = arrange(family)
        assert sorted(order) == list(range(6))
        assert cost(order) <= cost(along_the_tree(family.threads, links))
        found_in_all += cost(order)
        best_in_all += min(map(cost, permutations(range(6))))
    assert best_in_all <= found_in_all <= best_in_all * 1.05


# ---- Crossings, by hand ----


def bars(*spans):
    return [Bar(f"b{i}", lane, start, end) for i, (lane, start, end) in enumerate(spans)]


@pytest.mark.parametrize(
    ("span", "at", "crossings"),
    [
        ((1, 1950, 1960), 1955, 1),
        ((1, 1950, 1960), 1949, 0),
        ((1, 1950, 1960), 1961, 0),
        ((1, 1950, 1960), 1950, 0),
        ((1, 1950, 1960), 1960, 0),
        ((0, 1950, 1960), 1955, 0),
        ((2, 1950, 1960), 1955, 0),
        ((3, 1950, 1960), 1955, 0),
    ],
)
def test_a_connector_crosses_what_lies_strictly_between_and_covers_its_time(span, at, crossings):
    for ends in ((0, 2), (2, 0)):
        assert count_crossings(bars(span), [Connector("split", "", "", *ends, at)]) == crossings


def test_crossings_add_up_over_connectors_and_bars():
    across = [Connector("split", "", "", 0, 4, 1955), Connector("merger", "", "", 3, 1, 1957)]
    between = bars((1, 1950, 1960), (2, 1950, 1956), (2, 1956, 1960), (3, 1956, 1960))
    assert count_crossings(between, across) == 3


def test_a_thousand_bodies_are_laid_out(benchmark_family):
    bodies, edges = benchmark_family
    drawn = chart(bodies, edges)
    assert len(drawn.geometry.bars) == 1000
    assert drawn.geometry.crossings == brute_force_fast(drawn.geometry)


def brute_force_fast(geometry):
    return sum(
        min(c.from_lane, c.to_lane) < bar.lane < max(c.from_lane, c.to_lane)
        and bar.start < c.at < bar.end
        for c in geometry.connectors
        for bar in geometry.bars
    )


@pytest.fixture
def benchmark_family():
    """One connected family: splits 60, renames 20, mergers 20 of 100; 1900 to 2025."""
    chance = random.Random(1917)  # noqa: S311
    bodies = [Body("b0000", "The first", founded=day(1900), living=True)]
    edges = []
    begun = [date(1900, 1, 1)]
    for i in range(1, 1000):
        parent = chance.randrange(i)
        span = (date(2025, 1, 1) - begun[parent]).days
        when = begun[parent] + timedelta(days=chance.randint(1, max(span, 2)))
        begun.append(when)
        name = f"b{i:04}"
        bodies.append(Body(name, f"Body {i}", living=i % 3 == 0))
        kind = chance.choices(("split", "rename", "merger"), (60, 20, 20))[0]
        edges.append(
            Edge(
                f"e{i}",
                f"b{parent:04}",
                name,
                kind,
                when,
                when,
                predecessor_continues=kind != "rename",
            )
        )
        if kind == "merger":
            other = chance.randrange(i)
            if other != parent and begun[other] < when:
                edges.append(edges[-1]._replace(predecessor=f"b{other:04}"))
    return bodies, edges
