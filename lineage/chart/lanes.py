"""Lanes: threads in their order, packed so that a lane is used again once it is free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median_low

from lineage.chart.threads import Link

Room = Mapping[int, tuple[float, float]]  # the years that a thread keeps to itself in its lane


def pack(orders: Sequence[Sequence[int]], links: Sequence[Link], room: Room) -> dict[int, int]:
    """The lane of every thread.

    Within a family threads that share any time keep their order, so packing adds no crossing.
    A family keeps a block of lanes to itself for as long as it lasts.
    """
    lanes: dict[int, int] = {}
    blocks: list[tuple[float, float, int, int]] = []  # from, to, first lane, first lane below
    of = {thread: number for number, order in enumerate(orders) for thread in order}
    ours: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        ours[of[link.source]].append(link)
    for number, order in enumerate(orders):
        own = _tighten(order, _compact(order, room), ours[number], room)
        start = min(room[thread][0] for thread in order)
        end = max(room[thread][1] for thread in order)
        height = 1 + max(own.values())
        top = _first_free(blocks, start, end, height)
        for thread in order:
            lanes[thread] = top + own[thread]
        blocks.append((start, end, top, top + height))
    used = {lane: i for i, lane in enumerate(sorted(set(lanes.values())))}
    return {thread: used[lane] for thread, lane in lanes.items()}


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


def _compact(order: Sequence[int], room: Room) -> dict[int, int]:
    """Every thread as high as those above it in the order allow."""
    lanes: dict[int, int] = {}
    for i, thread in enumerate(order):
        start, end = room[thread]
        lane = 0
        for other in order[:i]:
            if lanes[other] >= lane and room[other][0] < end and start < room[other][1]:
                lane = lanes[other] + 1
        lanes[thread] = lane
    return lanes


def _tighten(
    order: Sequence[int], lanes: dict[int, int], links: Sequence[Link], room: Room
) -> dict[int, int]:
    """Move threads within the slack that their order leaves, nearer to their neighbours."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for link in links:
        neighbours[link.source].append(link.target)
        neighbours[link.target].append(link.source)
    last = max(lanes.values())
    above: dict[int, list[int]] = defaultdict(list)
    below: dict[int, list[int]] = defaultdict(list)
    for i, thread in enumerate(order):
        start, end = room[thread]
        for other in order[:i]:
            if room[other][0] < end and start < room[other][1]:
                above[thread].append(other)
                below[other].append(thread)
    for sweep in range(6):
        moved = False
        for thread in reversed(order) if sweep % 2 == 0 else order:
            if not neighbours[thread]:
                continue
            low = max((lanes[other] + 1 for other in above[thread]), default=0)
            high = min((lanes[other] - 1 for other in below[thread]), default=last)
            wanted = median_low(sorted(lanes[other] for other in neighbours[thread]))
            lane = min(max(wanted, low), high)
            pull = sum(abs(lanes[other] - lane) for other in neighbours[thread])
            if pull < sum(abs(lanes[other] - lanes[thread]) for other in neighbours[thread]):
                lanes[thread] = lane
                moved = True
        if not moved:
            break
    return lanes
