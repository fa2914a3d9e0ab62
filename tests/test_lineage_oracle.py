"""Lineage through time on any graph, held against an oracle that tries every walk and reading."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.graph import Lineage
from tests.test_lineage_through_time import edge, told

YEARS = (1950, 1951, 1952)


@st.composite
def graphs(draw):
    """At most four bodies and four events on three moments, each with one to three edges."""
    edges = []
    for number in range(draw(st.integers(1, 4))):
        first, last = draw(st.tuples(*[st.sampled_from([None, *YEARS])] * 2))
        if first and last and first > last:
            first, last = last, first
        pairs = st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.booleans())
        for one, two, existed in draw(st.lists(pairs, min_size=1, max_size=3)):
            edges.append(
                edge(
                    f"e{number}",
                    one,
                    two,
                    (first, last),
                    successor_existed=existed,
                    principal=draw(st.booleans()),
                )
            )
    return edges


def readings(one):
    days = [date(year, 1, 1) for year in (YEARS[0] - 1, *YEARS, YEARS[-1] + 1)]
    low, high = one.earliest or days[0], one.latest or days[-1]
    return [day for day in days if low <= day <= high]


def simple_walks(edges, start, met=()):
    """Every walk from a body that meets none twice; a shortest one never does."""
    for step in edges:
        if step.predecessor == start and step.successor not in (start, *met):
            yield (step,)
            for rest in simple_walks(edges, step.successor, (start, *met)):
                yield (step, *rest)


def possible(walk):
    """Whether one choice of a reading for each edge puts them in order."""
    choices = itertools.product(*(readings(step) for step in walk))
    return any(list(days) == sorted(days) for days in choices)


def oracle(edges, start):
    nearest = {}
    for walk in simple_walks(edges, start):
        if possible(walk):
            end = walk[-1].successor
            nearest[end] = min(len(walk), nearest.get(end, len(walk)))
    return nearest


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_descendants_are_those_to_whom_some_walk_of_some_reading_leads(edges):
    lineage = Lineage(edges)
    for body in "abcd":
        assert dict(told(lineage.descendants(body))) == oracle(edges, body)
        for relative in lineage.descendants(body):
            walk = lineage.path(body, relative.id)
            assert len(walk) == relative.generation
            assert possible(walk)
            assert [body, *(step.successor for step in walk)] == [
                *(step.predecessor for step in walk),
                relative.id,
            ]


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_ancestors_are_the_mirror_of_descendants(edges):
    lineage = Lineage(edges)
    down = {(one, *pair) for one in "abcd" for pair in told(lineage.descendants(one))}
    up = {(pair[0], one, pair[1]) for one in "abcd" for pair in told(lineage.ancestors(one))}
    assert up == down


@settings(max_examples=100, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_in_which_edges_come_changes_nothing(edges, chance):
    shuffled = [*edges, *edges]
    chance.shuffle(shuffled)
    one, other = Lineage(edges), Lineage(shuffled)
    assert one.edges == other.edges
    assert one.parents == other.parents
    assert one.circles() == other.circles()
    assert one.components("abcd") == other.components("dcba")
    for body in "abcd":
        assert one.relatives(body) == other.relatives(body)
        assert one.ancestors(body) == other.ancestors(body)
        assert one.paths("a", body) == other.paths("a", body)


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_principal_lines_have_no_circles_on_any_data(edges):
    lineage = Lineage(edges)
    births = {(birth.predecessor, birth.successor) for birth in lineage.births}
    for body, parent in lineage.parents.items():
        assert (parent, body) in births
        line = [body]
        while line[-1] in lineage.parents:
            line.append(lineage.parents[line[-1]])
            assert len(line) == len(set(line))


def impossible(circle, edges):
    """Whether no reading orders a circle of edges, by trying each.

    Either all of its edges say that they brought a body into being, and none is surely disproved
    by an edge before it; or no reading of the events puts two of them on different days.
    """
    kept = all(
        not step.successor_existed
        and all(
            step.event == other.event or max(readings(other)) >= min(readings(step))
            for other in edges
            if step.successor in (other.predecessor, other.successor)
        )
        for step in circle
    )
    events = {step.event: readings(step) for step in circle}
    return kept or all(len(set(days)) == 1 for days in itertools.product(*events.values()))


def undated_circles(edges):
    for start in "abcd":
        for walk in [(), *simple_walks(edges, start)]:
            end = walk[-1].successor if walk else start
            for last in edges:
                if walk and last.predecessor == end and last.successor == start:
                    yield (*walk, last)


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_a_circle_is_named_where_no_reading_can_order_it_and_nowhere_else(edges):
    lineage = Lineage(edges)
    broken = [circle for circle in undated_circles(edges) if impossible(circle, edges)]
    rings = {tuple(step.predecessor for step in circle) for circle in broken}
    named = lineage.circles()
    assert {tuple(circle) for circle in named} <= rings
    assert bool(named) == bool(rings)
    closing = {step.event for circle in broken for step in circle}
    assert {one.event for one in edges if lineage.circle_through(one.event)} == closing
