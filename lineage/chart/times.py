"""When each bar begins and ends and each connector joins, in decimal years.

A date is a pair of bounds. It becomes one moment for drawing: the day itself; the start of a year
that is known only as a year; the middle of bounds that lie within a year; and the middle of wider
bounds, which are then drawn as uncertain. Of bounds open on one side it is the side that is known;
a bar that began then or later is uncertain until something proves that it was there. Nothing here
claims to be a date: what was derived or estimated is marked open.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import ceil, floor

from lineage.chart.bodies import Body, Bounds
from lineage.dates import decimal_year
from lineage.graph import Edge

SHORTEST = 0.35  # years that the shortest bar is drawn
FADE = 3.0  # years that a bar of unknown end, or a guess at a beginning, fades over
ANY: Bounds = (None, None)


@dataclass(slots=True)
class Span:
    """The stretch of one bar. ``vague_end``: its end is known, but only roughly. ``sure``: by when
    it was there for certain, where no more is known of its beginning than that it was not before
    ``start``.
    """

    start: float
    end: float
    open_start: bool = False
    open_end: bool = False
    vague_end: bool = False
    living: bool = False
    dated: bool = True
    sure: float | None = None


@dataclass(slots=True)
class Timeline:
    spans: dict[str, Span]
    moments: list[float]  # when each edge happens, in the order of the edges
    start: float
    end: float


@lru_cache(maxsize=8192)
def moment(bounds: Bounds) -> tuple[float, bool]:
    """The moment that stands for ``bounds``, and whether that is a guess."""
    earliest, latest = bounds
    if earliest is None or latest is None:
        one = earliest or latest
        if one is None:
            raise ValueError("bounds without a day have no moment")
        return decimal_year(one), True
    low, high = sorted((earliest, latest))
    if low == high or (low.month, low.day, high) == (1, 1, date(low.year, 12, 31)):
        return decimal_year(low), False
    return (decimal_year(low) + decimal_year(high)) / 2, (high - low).days > 366


def meet(one: Bounds, other: Bounds) -> Bounds | None:
    """What two pairs of bounds have in common, or None."""
    if other == ANY:
        return one
    low, high = one
    if low is None or (other[0] is not None and other[0] > low):
        low = other[0]
    if high is None or (other[1] is not None and other[1] < high):
        high = other[1]
    if low is not None and high is not None and low > high:
        return None
    return low, high


def _bounds(pair: Bounds | None) -> Bounds | None:
    if pair is None or pair == ANY:
        return None
    if pair[0] is not None and pair[1] is not None and pair[0] > pair[1]:
        return pair[1], pair[0]
    return pair


def _latest(bounds: Bounds | None) -> float:
    """The last moment that ``bounds`` allow."""
    return decimal_year(bounds[1]) if bounds and bounds[1] else float("inf")


@dataclass(slots=True)
class _Record:
    """The evidence, gathered by body; ``edges`` are spoken of by their index."""

    bodies: Mapping[str, Body]
    edges: Sequence[Edge]
    spans: dict[str, Span] = field(default_factory=dict)
    when: list[Bounds | None] = field(default_factory=list)
    founding: dict[str, Bounds] = field(default_factory=dict)
    moments: list[float | None] = field(default_factory=list)
    births: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    closings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    at: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def timeline(bodies: Mapping[str, Body], edges: Sequence[Edge], today: date) -> Timeline:
    """Place every body and every edge in time; ``today`` is where the living run to."""
    record = _gather(bodies, edges)
    _found(record, decimal_year(today))
    _estimate_starts(record, decimal_year(today))
    horizon = floor(decimal_year(today)) + 1.0
    _close(record, horizon)
    _join(record)
    _give_room(record)
    _join(record)
    return _frame(record, horizon)


def _gather(bodies: Mapping[str, Body], edges: Sequence[Edge]) -> _Record:
    record = _Record(bodies, edges)
    for i, edge in enumerate(edges):
        bounds = _bounds((edge.earliest, edge.latest)) or ANY
        # An event that ended a body happened when the body ended; one that began a body, then.
        if not edge.predecessor_continues:
            record.closings[edge.predecessor].append(i)
            bounds = meet(bounds, _bounds(bodies[edge.predecessor].dissolved) or ANY) or bounds
        if not edge.successor_existed:
            record.births[edge.successor].append(i)
            bounds = meet(bounds, _bounds(bodies[edge.successor].founded) or ANY) or bounds
        record.when.append(None if bounds == ANY else bounds)
        record.at[edge.predecessor].append(i)
        record.at[edge.successor].append(i)
    record.moments = [moment(bounds)[0] if bounds else None for bounds in record.when]
    return record


def _found(record: _Record, today: float) -> None:
    """Start what has a founding date, or else an event that brought it into being.

    A guess is not later than ``today``: what was founded by some year of this decade is there.
    """
    for name, body in record.bodies.items():
        born = [i for i in record.births[name] if record.when[i]]
        founded = _bounds(body.founded)
        if founded is None and born:
            founded = record.when[min(born, key=lambda i: (record.moments[i], i))]
        if founded is None:
            continue
        for i in sorted(born, key=lambda i: (not record.edges[i].principal, record.moments[i], i)):
            founded = meet(founded, record.when[i] or ANY) or founded
        record.founding[name] = founded
        start, guess = moment(founded)
        start = min(start, today) if guess else start
        record.spans[name] = Span(start, start, open_start=guess)
        if founded[1] is None:
            record.spans[name].sure = _sure(record, name, start)
        for i in record.births[name]:
            if record.when[i] is None or meet(founded, record.when[i] or ANY):
                record.moments[i] = start


def _sure(record: _Record, name: str, start: float) -> float:
    """The first moment after ``start`` by which something dated proves a body to have been there;
    infinity without one.
    """
    body = record.bodies[name]
    proofs = [body.first_known, body.last_known]
    proofs += [bounds[1] for i in record.at[name] if (bounds := record.when[i])]
    moments = [decimal_year(day) for day in proofs if day]
    return min((at for at in moments if at > start), default=float("inf"))


def _estimate_starts(record: _Record, today: float) -> None:
    """Give the rest a start that is marked as a guess: by their own dates, else a neighbour's."""
    spans = record.spans
    for name in record.bodies:
        if name not in spans and (dates := _hints(record, name)):
            start = min(dates) - FADE
            spans[name] = Span(start, start, open_start=True)
    settled = deque(name for name in record.bodies if name in spans)
    while settled:
        name = settled.popleft()
        for i in record.at[name]:
            edge = record.edges[i]
            later = edge.predecessor == name
            other = edge.successor if later else edge.predecessor
            if other not in spans:
                start = min(spans[name].start + (FADE if later else -FADE), today)
                spans[other] = Span(start, start, open_start=True, dated=False)
                settled.append(other)
    first = min((span.start for span in spans.values()), default=today - 4 * FADE)
    for name in record.bodies:
        spans.setdefault(name, Span(first, first, open_start=True, dated=False))
        for i in record.births[name]:
            if record.moments[i] is None:
                record.moments[i] = spans[name].start


def _hints(record: _Record, name: str) -> list[float]:
    """The moments of everything dated that is known of a body, but for its founding."""
    body = record.bodies[name]
    dates = [at for i in record.at[name] if (at := record.moments[i]) is not None]
    dates += [decimal_year(day) for day in (body.first_known, body.last_known) if day]
    if ended := _bounds(body.dissolved):
        dates.append(moment(ended)[0])
    return dates


def _close(record: _Record, horizon: float) -> None:
    for name, body in record.bodies.items():
        span = record.spans[name]
        dissolved = _bounds(body.dissolved)
        happened = [m for i in record.at[name] if (m := record.moments[i]) is not None]
        closings = [m for i in record.closings[name] if (m := record.moments[i]) is not None]
        if dissolved:
            _end_within(record, name, dissolved)
        elif closings and max(closings) >= max(happened) and max(closings) >= span.start:
            span.end = max(closings)
            span.vague_end = _is_vague(record, name, span.end)
        elif body.living:
            span.end, span.living = horizon, True
        else:
            known = [decimal_year(body.last_known)] if body.last_known else []
            last = max([span.start, *happened, *known])
            span.end = max(min(last + FADE, horizon), last)
            span.open_end = True
        span.end = max(span.end, span.start)


def _end_within(record: _Record, name: str, dissolved: Bounds) -> None:
    """End a bar within its recorded bounds, at the event that ended it where there is one."""
    span = record.spans[name]
    first = decimal_year(dissolved[0]) if dissolved[0] else span.start

    def allowed(edges: Sequence[int]) -> list[float]:
        moments = [m for i in edges if (m := record.moments[i]) is not None]
        return [m for m in moments if first <= m <= _latest(dissolved)]

    if closing := allowed(record.closings[name]):
        span.end = max(closing)
        span.vague_end = _is_vague(record, name, span.end)
    else:
        span.end, span.vague_end = moment(dissolved)
        span.open_end = None in dissolved
        span.end = max([span.end, *allowed(record.at[name])])


def _is_vague(record: _Record, name: str, end: float) -> bool:
    """Is nothing exact known of the events that ended this body?"""
    ending = [i for i in record.closings[name] if record.moments[i] == end]
    return all(moment(bounds)[1] for i in ending if (bounds := record.when[i]))


def _join(record: _Record) -> None:
    """Move each edge to where its successor can take it, stretching what is open to meet it."""
    for i, edge in enumerate(record.edges):
        before, after = record.spans[edge.predecessor], record.spans[edge.successor]
        at = record.moments[i]
        if at is None:
            low, high = max(before.start, after.start), min(before.end, after.end)
            at = (low + high) / 2 if low <= high else min(before.end, after.end)
        if at > after.end and after.open_end:
            after.end = at
        at = min(max(at, after.start), after.end)
        if at < before.start and before.open_start:
            before.start = at - SHORTEST
        if at > before.end and (before.open_end or (i in record.closings[edge.predecessor])):
            before.end = at if before.open_end or at - before.end <= 2 * SHORTEST else before.end
        record.moments[i] = at


def _give_room(record: _Record) -> None:
    """Lengthen bars too short to see. Where a date allows it, what follows moves with the end."""
    queue = deque(sorted(record.bodies, key=lambda name: (record.spans[name].start, name)))
    patience = 4 * len(queue)
    while queue and patience:
        patience -= 1
        name = queue.popleft()
        span = record.spans[name]
        end = span.start + SHORTEST
        if span.end >= end:
            continue
        for i in record.closings[name]:
            at, successor = record.moments[i], record.edges[i].successor
            if at is None or not span.start <= at < end or _latest(record.when[i]) < end:
                continue
            record.moments[i] = end
            follower = record.spans[successor]
            moves = i in record.births[successor] and follower.start < end
            if moves and _latest(record.founding.get(successor)) >= end:
                follower.start = end
                follower.end = max(follower.end, end)
                queue.append(successor)
        span.end = end


def _frame(record: _Record, horizon: float) -> Timeline:
    spans = record.spans
    for span in spans.values():
        span.end = max(span.end, span.start + SHORTEST)
        span.sure = None if span.sure is None else min(span.sure, span.end)
    if not spans:
        return Timeline({}, [], horizon - 1, horizon)
    last = max(span.end for span in spans.values())
    end = max(horizon, ceil(last)) if any(s.living for s in spans.values()) else float(ceil(last))
    for span in spans.values():
        if span.living:
            span.end = end
    start = float(floor(min(span.start for span in spans.values())))
    return Timeline(spans, [at or 0.0 for at in record.moments], start, end)
