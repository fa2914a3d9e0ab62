"""Lineage through time: who descends from whom, by edges that carry dates.

The graph of organisations has circles (a faction leaves and comes back); the graph of
(organisation, moment) has none. Every walk here carries the moment at which it arrived, and takes
an edge only if some reading of both dates allows it. Walks keep one moment for a body and a
generation, never a path, so they end on any data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cached_property, partial
from typing import Any, NamedTuple

BEFORE_ALL = 0
AFTER_ALL = date.max.toordinal() + 1

Way = tuple[Any, Any, Any, Any]  # first and last moment, the body it leads to, and what it is
_Step = tuple[Any, Any, "_Step | None"]  # moment, what was walked along, the step before


class Edge(NamedTuple):
    """One succession: ``predecessor`` led to ``successor`` through ``event``.

    A tuple, since thousands are made, compared and sorted for one page. ``earliest`` and
    ``latest`` bound the day of the event; ``None`` is "no bound known".
    """

    event: str
    predecessor: str
    successor: str
    kind: str = "split"
    earliest: date | None = None
    latest: date | None = None
    predecessor_continues: bool = False
    successor_existed: bool = False
    principal: bool = False
    disputed: bool = False

    @property
    def first(self) -> int:
        """The earliest day as an ordinal; before all days where there is none."""
        return self.earliest.toordinal() if self.earliest else BEFORE_ALL

    @property
    def last(self) -> int:
        """The latest day as an ordinal; after all days where there is none."""
        return self.latest.toordinal() if self.latest else AFTER_ALL

    @property
    def order(self) -> tuple[int, int, str, str, str]:
        """The order in which edges are told: by date, undated last, then by name."""
        dated = self.first if self.earliest else self.last
        return (dated, self.last, self.event, self.predecessor, self.successor)


class Relative(NamedTuple):
    """A body that a walk reached, after how many generations, and by which edge first."""

    id: str
    generation: int
    via: Edge


def walk(
    ways: Callable[[Any], Iterable[Way]],
    start: Any,
    depth: int | None = None,
    *,
    forward: bool,
    ends: tuple[Any, Any] = (BEFORE_ALL, AFTER_ALL),
) -> Iterator[tuple[int, dict[Any, _Step]]]:
    """Generation by generation, the bodies reached, each at the most permissive moment.

    ``ways`` tells those that lead on from a body: of two that arrive at one moment the first
    counts. Bodies may be of any kind, and moments of any that has an order; ``ends`` are the
    moments before and after all others. A body is visited again only where a longer walk reaches
    it at a moment that allows more.
    """
    best = {start: ends[0] if forward else ends[1]}
    frontier: dict[Any, _Step] = {start: (best[start], None, None)}
    generation = 0
    while frontier and (depth is None or generation < depth):
        generation += 1
        reached: dict[Any, _Step] = {}
        for body, step in frontier.items():
            moment = step[0]
            for first, last, other, what in ways(body):
                if last < moment if forward else first > moment:
                    continue
                if forward:
                    arrival = first if first > moment else moment
                else:
                    arrival = last if last < moment else moment
                known = reached[other][0] if other in reached else best.get(other)
                if known is None or (arrival < known if forward else arrival > known):
                    reached[other] = (arrival, what, step)
        best.update((body, step[0]) for body, step in reached.items())
        yield generation, reached
        frontier = reached


class Lineage:
    """The edges of a record, to be walked in both directions.

    >>> Lineage([Edge("e", "a", "b")]).descendants("a")[0].id
    'b'
    """

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.edges = sorted(set(edges), key=_every_field)
        self.following: dict[str, list[Edge]] = defaultdict(list)
        self.preceding: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self.following[edge.predecessor].append(edge)
            self.preceding[edge.successor].append(edge)

    def descendants(self, start: str, depth: int | None = None) -> list[Relative]:
        """Every body that ``start`` led to, nearest generation first; ``start`` is not among them.

        ``depth`` bounds the generations: the fewest edges of a walk that time allows.
        """
        return self._relatives(start, depth, forward=True)

    def ancestors(self, start: str, depth: int | None = None) -> list[Relative]:
        """Every body that led to ``start``, nearest generation first."""
        return self._relatives(start, depth, forward=False)

    def relatives(self, start: str, depth: int | None = None) -> list[Relative]:
        """Ancestors and descendants together, each body once, at its nearer generation."""
        nearest: dict[str, Relative] = {}
        for relative in [*self.ancestors(start, depth), *self.descendants(start, depth)]:
            known = nearest.get(relative.id)
            if known is None or relative.generation < known.generation:
                nearest[relative.id] = relative
        return sorted(nearest.values(), key=lambda relative: (relative.generation, relative.id))

    def path(self, ancestor: str, descendant: str) -> list[Edge] | None:
        """The shortest walk through time from one body to the other; ``None`` if there is none."""
        if ancestor == descendant:
            return []
        for _generation, reached in self._levels(ancestor, None, forward=True):
            if descendant in reached:
                step: _Step | None = reached[descendant]
                edges = []
                while step is not None and step[1] is not None:
                    edges.append(step[1])
                    step = step[2]
                return edges[::-1]
        return None

    def meetings(self, one: str, other: str) -> list[str]:
        """Where two lines meet: their nearest common ancestors, a body being its own.

        Without one, the nearest bodies that both led to. Nearest first; empty if none meet.
        """
        nearest = self._nearest_common
        return nearest(one, other, forward=False) or nearest(one, other, forward=True)

    def paths(self, one: str, other: str) -> list[list[Edge]]:
        """For each meeting, the walks that join it with either body, shortest first.

        At most two walks a meeting: the number of all walks can be exponential.
        """
        found: list[list[Edge]] = []
        for meeting in self.meetings(one, other):
            for end in (one, other):
                walk = self.path(meeting, end)
                if walk is None:
                    walk = self.path(end, meeting)
                if walk and walk not in found:
                    found.append(walk)
        return sorted(found, key=lambda walk: (len(walk), [edge.order for edge in walk]))

    def _nearest_common(self, one: str, other: str, *, forward: bool) -> list[str]:
        of_one = self._generations(one, forward=forward)
        of_other = self._generations(other, forward=forward)
        common = sorted(
            of_one.keys() & of_other.keys(),
            key=lambda body: (of_one[body] + of_other[body], body),
        )
        behind: set[str] = set()
        nearest = []
        for body in common:
            if body in behind:
                continue
            nearest.append(body)
            beyond = self._generations(body, forward=forward)
            behind.update(
                further
                for further in common
                if further != body
                and further in beyond
                and of_one[further] >= of_one[body]
                and of_other[further] >= of_other[body]
            )
        return nearest

    def _generations(self, start: str, *, forward: bool) -> dict[str, int]:
        reached = {start: 0}
        for relative in self._relatives(start, None, forward=forward):
            reached[relative.id] = relative.generation
        return reached

    def _relatives(self, start: str, depth: int | None, *, forward: bool) -> list[Relative]:
        found: dict[str, Relative] = {}
        for generation, reached in self._levels(start, depth, forward=forward):
            for body, step in reached.items():
                if body not in found:
                    found[body] = Relative(body, generation, step[1])
        return list(found.values())

    def _levels(
        self, start: str, depth: int | None, *, forward: bool
    ) -> Iterator[tuple[int, dict[str, _Step]]]:
        return walk(partial(self._ways, forward=forward), start, depth, forward=forward)

    def _ways(self, body: str, *, forward: bool) -> Iterator[Way]:
        # As ``edge.first`` and ``edge.last``, without their calls: walks spend most time here.
        for edge in (self.following if forward else self.preceding).get(body, ()):
            _event, before, after, _kind, earliest, latest, *_flags = edge
            first = earliest.toordinal() if earliest else BEFORE_ALL
            last = latest.toordinal() if latest else AFTER_ALL
            yield first, last, after if forward else before, edge

    @cached_property
    def births(self) -> list[Edge]:
        """The edges that brought their successor into being.

        An edge that says so is taken at its word, unless the dates of another edge prove that
        its successor existed before it.
        """
        first_seen: dict[str, int] = {}
        for edge in self.edges:
            for body in (edge.predecessor, edge.successor):
                first_seen[body] = min(first_seen.get(body, AFTER_ALL), edge.last)
        return [
            edge
            for edge in self.edges
            if not edge.successor_existed and first_seen[edge.successor] >= edge.first
        ]

    @cached_property
    def parents(self) -> dict[str, str]:
        """The principal line: each body's chief predecessor, without circles on any data.

        Of the edges that brought a body into being the one marked principal, else the earliest;
        of several at one date first that of a body which went into it whole.
        """
        chief: dict[str, Edge] = {}
        for edge in sorted(self.births, key=_chief_first):
            chief.setdefault(edge.successor, edge)
        parents: dict[str, str] = {}
        towards_root: dict[str, str] = {}  # shortened as it is used: lines may be long
        for body, edge in sorted(chief.items(), key=lambda item: (item[1].order, item[0])):
            root = edge.predecessor
            while root in towards_root:
                above = towards_root[root]
                towards_root[root] = towards_root.get(above, above)
                root = above
            if root != body:
                parents[body] = edge.predecessor
                towards_root[body] = root
        return parents

    def components(self, bodies: Iterable[str] = ()) -> list[set[str]]:
        """The families, in the order of their first ids; ``bodies`` without edges included."""
        unseen = {*bodies, *self.following, *self.preceding}
        families = []
        for first in sorted(unseen):
            if first not in unseen:
                continue
            unseen.discard(first)
            family = set()
            waiting = [first]
            while waiting:
                body = waiting.pop()
                family.add(body)
                near = {edge.successor for edge in self.following.get(body, ())}
                near |= {edge.predecessor for edge in self.preceding.get(body, ())}
                waiting.extend(near & unseen)
                unseen -= near
            families.append(family)
        return families

    def circles(self) -> list[list[str]]:
        """The circles that no reading of the dates can order; each as the bodies along it.

        Two make one: bodies each of which the next brought into being, and changes of one event
        or of one known day. Circles that share a body are told one at a time.
        """
        found = [circle for edges in self._not_to_be_ordered() for circle in _circles(edges)]
        return list({frozenset(circle): circle for circle in found}.values())

    def circle_through(self, event: str) -> list[str] | None:
        """A circle as of :meth:`circles` along an edge of this event, whatever others there are."""
        for edges in self._not_to_be_ordered():
            own = [edge for edge in edges if edge.event == event]
            undated = Lineage(Edge("", one.predecessor, one.successor) for one in (own and edges))
            for edge in own:
                back = undated.path(edge.successor, edge.predecessor)
                if back:
                    return [edge.predecessor, *(step.predecessor for step in back)]
        return None

    def _not_to_be_ordered(self) -> list[list[Edge]]:
        """Sets of edges along none of which a circle can stand."""
        at_once: dict[object, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            exact = edge.earliest is not None and edge.earliest == edge.latest
            at_once[edge.earliest if exact else (edge.event, edge.first, edge.last)].append(edge)
        return [self.births, *(edges for edges in at_once.values() if len(edges) > 1)]


def _chief_first(edge: Edge) -> tuple[object, ...]:
    dated, last, *names = edge.order
    return (not edge.principal, dated, last, edge.predecessor_continues, *names)


def _every_field(edge: Edge) -> tuple[object, ...]:
    """What sorts edges in one way only, even two that differ in nothing but a flag."""
    event, before, after, kind, earliest, latest, *flags = edge
    first = earliest.toordinal() if earliest else BEFORE_ALL
    last = latest.toordinal() if latest else AFTER_ALL
    return (first if earliest else last, last, event, before, after, first, kind, *flags)


def _circles(edges: Iterable[Edge]) -> list[list[str]]:
    """Circles along the edges, no two sharing a body, so many that none is without one of theirs.

    Linear, and without recursion: a body is followed once.
    """
    following: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.predecessor != edge.successor:
            following[edge.predecessor].append(edge.successor)
    circles: list[list[str]] = []
    done: set[str] = set()
    for start in sorted(following):
        trail: list[str] = []
        on_trail: dict[str, int] = {}
        branches = [iter([start])]
        while branches:
            body = next(branches[-1], None)
            if body is None:
                branches.pop()
                if trail:
                    done.add(trail[-1])
                    del on_trail[trail.pop()]
            elif body in on_trail:
                circle = trail[on_trail[body] :]
                circles.append(circle)
                done.update(circle)
                for named in circle:
                    del on_trail[named]
                del trail[-len(circle) :], branches[-len(circle) :]
            elif body not in done:
                on_trail[body] = len(trail)
                trail.append(body)
                branches.append(iter(following.get(body, ())))
    return circles
