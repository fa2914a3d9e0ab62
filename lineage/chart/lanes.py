"""Lanes: threads in their order, packed so that a lane is used again once it is free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from lineage.chart.order import Family

SWEEPS = 6  # at most, in which threads look for a better lane
Room = Mapping[int, tuple[float, float]]  # the years that a thread keeps to itself in its lane


def pack(families: Sequence[Family], orders: Sequence[Sequence[int]], room: Room) -> dict[int, int]:
    """The lane of every thread.

    Within a family threads that share any time keep their order, so packing adds no crossing;
    then each may move to a free lane where its connectors cross no more and are shorter.
    A family keeps a block of lanes to itself for as long as it lasts.
    """
    lanes: dict[int, int] = {}
    blocks: list[tuple[float, float, int, int]] = []  # from, to, first lane, first lane below
    for family, order in zip(families, orders, strict=True):
        own = _within(family, order, room)
        start = min(room[thread][0] for thread in order)
        end = max(room[thread][1] for thread in order)
        height = 1 + max(own.values())
        top = _first_free(blocks, start, end, height)
        for thread in order:
            lanes[thread] = top + own[thread]
        blocks.append((start, end, top, top + height))
    used = {lane: i for i, lane in enumerate(sorted(set(lanes.values())))}
    return {thread: used[lane] for thread, lane in lanes.items()}


def _within(family: Family, order: Sequence[int], room: Room) -> dict[int, int]:
    """The lanes of one family, from 0."""
    if len(order) == 1:
        return {order[0]: 0}
    numbers = family.numbers
    rooms = [room[thread] for thread in numbers.threads]
    rank = {time: i for i, time in enumerate(sorted({*chain.from_iterable(rooms)}))}
    integers, empty = numbers.kernel.integers, numbers.kernel.room
    since = integers([rank[start] for start, _ in rooms])
    until = integers([rank[end] for _, end in rooms])
    downwards = integers([numbers.number[thread] for thread in order])
    lanes = empty(len(order))
    height = numbers.kernel.compact(downwards, lanes, since, until)
    numbers.kernel.tighten(
        downwards, lanes, height, since, until,
        numbers.starts, numbers.ends, numbers.sources, numbers.targets, numbers.at,
        numbers.own_from, numbers.own, numbers.over_from, numbers.over_to,
        empty(height + 1), empty(height + 1), SWEEPS,
    )  # fmt: skip
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
