"""The geometry of a drawing: bars in lanes, connectors between them, and what it is measured by."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lineage.chart.times import Timeline
from lineage.graph import Edge

PLACES = 4
ENDS, CONNECTS, BEGINS = 0, 1, 2


class Bar(NamedTuple):
    """``open_start``, ``open_end``: not known. ``vague_end``: known roughly. ``sure``: by when it
    was there for certain, where it began at ``start`` or later. Times in years.
    """

    id: str
    lane: int
    start: float
    end: float
    open_start: bool = False
    open_end: bool = False
    living: bool = False
    vague_end: bool = False
    dated: bool = True
    sure: float | None = None

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.id,
            "lane": self.lane,
            "start": self.start,
            "end": self.end,
            "open_start": self.open_start,
            "open_end": self.open_end,
            "living": self.living,
            "vague_end": self.vague_end,
            "dated": self.dated,
            "sure": self.sure,
        }


class Connector(NamedTuple):
    """One edge as drawn. ``joins``: its successor existed before it; of a split, it left then."""

    kind: str
    source: str
    target: str
    from_lane: int
    to_lane: int
    at: float
    event: str = ""
    joins: bool = False
    disputed: bool = False

    @property
    def leaves(self) -> bool:
        """Whether its successor, a faction say, existed already when it became independent."""
        return self.joins and self.kind == "split"

    def as_dict(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "from": self.source,
            "to": self.target,
            "from_lane": self.from_lane,
            "to_lane": self.to_lane,
            "at": self.at,
            "event": self.event,
            "joins": self.joins,
            "disputed": self.disputed,
        }


@dataclass(frozen=True, slots=True)
class Geometry:
    """What was drawn, in lanes and decimal years. ``as_dict`` is its public JSON."""

    lanes: int
    start: float
    end: float
    bars: tuple[Bar, ...]
    connectors: tuple[Connector, ...]
    crossings: int
    length: int

    def as_dict(self) -> dict[str, object]:
        return {
            "lanes": self.lanes,
            "from": self.start,
            "to": self.end,
            "bars": [bar.as_dict() for bar in self.bars],
            "connectors": [connector.as_dict() for connector in self.connectors],
            "crossings": self.crossings,
            "length": self.length,
        }


def measure(lanes: Mapping[str, int], edges: Sequence[Edge], line: Timeline) -> Geometry:
    """The geometry of bodies in these lanes, with everything that it is judged by."""
    bars = [
        Bar(
            name,
            lanes[name],
            round(span.start, PLACES),
            round(span.end, PLACES),
            span.open_start,
            span.open_end,
            span.living,
            span.vague_end,
            span.dated,
            None if span.sure is None else round(span.sure, PLACES),
        )
        for name, span in line.spans.items()
    ]
    connectors = [
        Connector(
            edge.kind,
            edge.predecessor,
            edge.successor,
            lanes[edge.predecessor],
            lanes[edge.successor],
            round(line.moments[i], PLACES),
            edge.event,
            edge.successor_existed,
            edge.disputed,
        )
        for i, edge in enumerate(edges)
    ]
    bars.sort(key=lambda bar: (bar.lane, bar.start, bar.id))
    connectors.sort(key=lambda one: (one.at, one.event, one.source, one.target))
    return Geometry(
        lanes=1 + max(lanes.values(), default=-1),
        start=round(line.start, PLACES),
        end=round(line.end, PLACES),
        bars=tuple(bars),
        connectors=tuple(connectors),
        crossings=count_crossings(bars, connectors),
        length=sum(abs(one.from_lane - one.to_lane) for one in connectors),
    )


def count_crossings(bars: Iterable[Bar], connectors: Iterable[Connector]) -> int:
    """How often a connector passes over a bar on its way.

    A connector from lane a to lane b at time t crosses each bar that lies strictly between the two
    lanes and covers t. A bar covers the time after its start and before its end: to pass where
    one begins or ends is to touch it, and branches of one moment share a stem.
    """
    # In the order of time the lanes of the bars that cover the moment, sorted; a bar that ends at
    # a moment leaves before its connectors are counted, one that begins comes in after them.
    events: list[tuple[float, int, int, int]] = []
    for bar in bars:
        if bar.start < bar.end:
            events.append((bar.start, BEGINS, bar.lane, 0))
            events.append((bar.end, ENDS, bar.lane, 0))
    for one in connectors:
        low, high = one.from_lane, one.to_lane
        if low > high:
            low, high = high, low
        if high - low > 1:
            events.append((one.at, CONNECTS, low, high))
    events.sort()
    covering: list[int] = []
    crossings = 0
    for _, what, low, high in events:
        if what == CONNECTS:
            crossings += bisect_left(covering, high) - bisect_right(covering, low)
        elif what == BEGINS:
            insort(covering, low)
        else:
            del covering[bisect_left(covering, low)]
    return crossings
