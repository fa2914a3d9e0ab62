"""Lanes: threads in their order, packed so that a lane is used again once it is free."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import ceil

from lineage.chart.order import Family

SWEEPS = 3  # at most, in which threads look for a better lane when some have been emptied
SMALL = 3  # threads of a family that stands wherever there is room
CROWDED = 4  # threads of a lane that it is not tried to do without
LONGER = 12  # what emptying a lane may add to the length of one thread's connectors
Room = Mapping[int, tuple[float, float]]  # the years that a thread keeps to itself in its lane


def pack(families: Sequence[Family], orders: Sequence[Sequence[int]], room: Room) -> dict[int, int]:
    """The lane of every thread.

    Within a family threads that share any time keep their order, so packing adds no crossing;
    then each may move to a free lane where its connectors cross no more and are shorter, and lanes
    that can be done without are emptied. A large family keeps a block of lanes to itself for as
    long as it lasts; a small one stands wherever there is room and no connector passes.
    """
    blocks: list[tuple[float, float, int, int]] = []  # from, to, first lane, first lane below
    placed: list[tuple[Family, Mapping[int, int], int]] = []
    small: list[tuple[Family, Mapping[int, int]]] = []
    for family, order in zip(families, orders, strict=True):
        own = _within(family, order, room)
        if len(order) <= SMALL:
            small.append((family, own))
            continue
        height = 1 + max(own.values())
        start = min(room[thread][0] for thread in order)
        end = max(room[thread][1] for thread in order)
        top = _first_free(blocks, start, end, height)
        blocks.append((start, end, top, top + height))
        placed.append((family, own, top))
    if small:
        ground = _Ground()
        for one in placed:
            ground.take(*one, room)
        for family, inside in small:
            placed.append((family, inside, ground.first_free(family, inside, room)))
            ground.take(*placed[-1], room)
    lanes = {thread: top + lane for _, inside, top in placed for thread, lane in inside.items()}
    used = {lane: i for i, lane in enumerate(sorted(set(lanes.values())))}
    return {thread: used[lane] for thread, lane in lanes.items()}


class _Ground:
    """What of each lane is taken, by bars with their labels and by connectors that pass."""

    def __init__(self) -> None:
        self.bars: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self.passing: dict[int, list[float]] = defaultdict(list)
        self.years: dict[int, int] = defaultdict(int)  # at a year's turn, lanes with a bar, as bits

    def take(self, family: Family, own: Mapping[int, int], top: int, room: Room) -> None:
        for thread, lane in own.items():
            start, end = room[thread]
            insort(self.bars[top + lane], (start, end))
            for year in range(ceil(start), ceil(end)):
                self.years[year] |= 1 << top + lane
        for lane, at in _lines(family, own):
            insort(self.passing[top + lane], at)

    def first_free(self, family: Family, own: Mapping[int, int], room: Room) -> int:
        """The first lane from which a family finds room, and crosses and is crossed by nothing."""
        taken = 0
        for thread, lane in own.items():
            start, end = room[thread]
            for year in range(ceil(start), ceil(end)):
                taken |= self.years[year] >> lane
        free = ~taken
        while True:
            top = (free & -free).bit_length() - 1
            if all(
                self._is_free(top + lane, *room[thread]) for thread, lane in own.items()
            ) and all(self._is_clear(top + lane, at) for lane, at in _lines(family, own)):
                return top
            free &= free - 1

    def _is_free(self, lane: int, start: float, end: float) -> bool:
        bars, passing = self.bars.get(lane, ()), self.passing.get(lane, ())
        after = bisect_left(bars, (start, start))
        return (
            (after == len(bars) or bars[after][0] >= end)
            and (after == 0 or bars[after - 1][1] <= start)
            and bisect_left(passing, start) == bisect_right(passing, end)
        )

    def _is_clear(self, lane: int, at: float) -> bool:
        return not any(start <= at <= end for start, end in self.bars.get(lane, ()))


def _lines(family: Family, own: Mapping[int, int]) -> Iterator[tuple[int, float]]:
    """Each lane that a connector of a family passes, and when."""
    for link in family.links:
        low, high = sorted((own[link.source], own[link.target]))
        for lane in range(low + 1, high):
            yield lane, link.at


def _within(family: Family, order: Sequence[int], room: Room) -> dict[int, int]:
    """The lanes of one family, from 0."""
    if len(order) == 1:
        return {order[0]: 0}
    numbers = family.numbers
    kernel = numbers.kernel
    rooms = [room[thread] for thread in numbers.threads]
    rank = {time: i for i, time in enumerate(sorted({*chain.from_iterable(rooms)}))}
    since = kernel.integers([rank[start] for start, _ in rooms])
    until = kernel.integers([rank[end] for _, end in rooms])
    downwards = [numbers.number[thread] for thread in order]
    lanes = kernel.room(len(order))
    height = kernel.compact(kernel.integers(downwards), lanes, since, until)
    size, ties = len(order), len(numbers.at)
    scratch = [kernel.room(one) for one in [size] * 6 + [size + 1] * 3 + [height + 2] * 3]
    scratch += [kernel.indices([0] * ties) for _ in range(2)]

    def tighten(who: Sequence[int], sweeps: int, leaving: Sequence[int] = ()) -> None:
        kernel.tighten(
            kernel.integers(who), lanes, height, since, until,
            numbers.starts, numbers.ends, numbers.sources, numbers.targets, numbers.at,
            numbers.own_from, numbers.own, numbers.over_from, numbers.over_to,
            *scratch, sweeps, kernel.integers(leaving), LONGER,
        )  # fmt: skip

    tighten(downwards, 1)
    held: dict[int, list[int]] = defaultdict(list)
    for thread, lane in enumerate(lanes):
        held[int(lane)].append(thread)
    thin = [lane for lane in sorted(held, key=lambda lane: (len(held[lane]), lane))
            if len(held[lane]) <= CROWDED]  # fmt: skip
    tighten(
        [thread for lane in thin for thread in held[lane]],
        1,
        [lane for lane in thin for _ in held[lane]],
    )
    tighten(downwards, SWEEPS)
    found = [int(lane) for lane in lanes]
    used = {lane: i for i, lane in enumerate(sorted(set(found)))}
    return {numbers.threads[i]: used[lane] for i, lane in enumerate(found)}


def _first_free(
    blocks: Sequence[tuple[float, float, int, int]], start: float, end: float, height: int
) -> int:
    """The first lane from which ``height`` lanes are free between ``start`` and ``end``."""
    top = 0
    for first, below in sorted((c, d) for a, b, c, d in blocks if a < end and start < b):
        if top + height <= first:
            break
        top = max(top, below)
    return top
