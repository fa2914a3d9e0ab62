"""The order of threads from top to bottom: families apart, each along its tree, then sifted.

The tree comes first: a later branch lies nearer to its stem, and branches alternate above and
below, so that a tree of splits has no crossing. Sifting then takes out one thread after another,
finds the exact cost of every slot with prefix sums, and puts it back where it costs least.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from statistics import median_low

from lineage.chart.threads import Link, Weave

CROSSING = 4096  # what a crossing weighs against connectors that touch the end of a bar
SWEEPS = ((160, 8), (520, 4), (1100, 2))  # up to so many threads, so many sweeps; 1 beyond


def families(weave: Weave) -> list[list[int]]:
    """The threads of each connected family: by their first start, then loners, then the undated."""
    found: dict[int, list[int]] = defaultdict(list)
    for thread, family in enumerate(weave.families()):
        found[family].append(thread)

    def rank(family: list[int]) -> tuple[bool, bool, int]:
        dated = any(weave.threads[thread].dated for thread in family)
        return not dated, len(family) == 1, family[0]

    return sorted(found.values(), key=rank)


def arrange(weave: Weave, family: Sequence[int]) -> list[int]:
    """One family's threads from top to bottom."""
    members = set(family)
    links = [link for link in weave.links if link.source in members]
    order = _along_the_tree(weave, family, links)
    return sift(weave, order, links)


def _along_the_tree(weave: Weave, family: Sequence[int], links: Sequence[Link]) -> list[int]:
    children: dict[int, list[tuple[float, int]]] = defaultdict(list)
    joined = {thread: thread for thread in family}

    def top(thread: int) -> int:
        while joined[thread] != thread:
            joined[thread] = joined[joined[thread]]
            thread = joined[thread]
        return thread

    # Principal edges make the tree; other edges hang whole trees on it until all are one.
    for link in sorted(links, key=lambda link: (not link.tree, link.at, link.edge)):
        source, target = top(link.source), top(link.target)
        if source == target:
            continue
        if target == link.target:
            children[link.source].append((link.at, link.target))
            joined[target] = source
        elif source == link.source:
            children[link.target].append((link.at, link.source))
            joined[source] = target
        else:
            _hang(children, joined, link)
    # Whatever is still apart (a circle of births) stands after what comes first.
    roots = [thread for thread in family if joined[thread] == thread]
    return [thread for root in roots for thread in _unfold(children, root)]


def _hang(children: dict[int, list[tuple[float, int]]], joined: dict[int, int], link: Link) -> None:
    """Join two trees in the middle of both: the root of the one hangs on the other."""
    root = link.target
    while joined[root] != root:
        root = joined[root]
    children[link.source].append((link.at, root))
    source = link.source
    while joined[source] != source:
        source = joined[source]
    joined[root] = source


def _unfold(children: dict[int, list[tuple[float, int]]], root: int) -> list[int]:
    """The tree from top to bottom. The first branch lies farthest from its stem."""
    order: list[int] = []
    stack: list[tuple[int, bool]] = [(root, False)]
    while stack:
        thread, placed = stack.pop()
        if placed:
            order.append(thread)
            continue
        branches = [child for _, child in sorted(children[thread])]
        above, below = branches[0::2], branches[1::2]
        # A stack gives back the last thing first, so this is written from the bottom up.
        stack.extend((child, False) for child in below)
        stack.append((thread, True))
        stack.extend((child, False) for child in reversed(above))
    return order


def sift(weave: Weave, order: list[int], links: Sequence[Link]) -> list[int]:
    """Move one thread at a time to where it costs least, for a bounded number of sweeps."""
    if len(order) < 3:
        return order
    sweeps = next((sweeps for size, sweeps in SWEEPS if len(order) <= size), 1)
    sifter = _Sifter(weave, sorted(order), links)
    for _ in range(sweeps):
        moved = False
        for thread in sorted(order):
            moved |= sifter.settle(order, thread)
        if not moved:
            break
    return order


class _Sifter:
    def __init__(self, weave: Weave, family: Sequence[int], links: Sequence[Link]) -> None:
        self.incident: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for link in links:
            self.incident[link.source].append((link.target, link.at))
            self.incident[link.target].append((link.source, link.at))
        # What a connector at some moment pays for passing each thread: touching an end is cheap.
        self.cover: dict[float, list[int]] = {}
        for at in {link.at for link in links}:
            row = self.cover[at] = [0] * len(weave.threads)
            for i in family:
                thread = weave.threads[i]
                if thread.start <= at <= thread.end:
                    row[i] = CROSSING if thread.start < at < thread.end else 1
        self.passing: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for link in links:
            row = self.cover[link.at]
            for i in family:
                if row[i] and i not in (link.source, link.target):
                    self.passing[i].append((link.source, link.target, row[i]))

    def settle(self, order: list[int], thread: int) -> bool:
        """Take ``thread`` out of ``order`` and put it into its best slot. Did it move?"""
        old = order.index(thread)
        order.pop(old)
        place = {other: i for i, other in enumerate(order)}
        cost = self._costs(order, place, thread)
        neighbours = sorted(place[other] for other, _ in self.incident[thread])
        middle = median_low(neighbours) + 0.5 if neighbours else old
        best = min(range(len(cost)), key=lambda slot: (cost[slot], abs(slot - middle)))
        if cost[best] == cost[old] and abs(best - middle) >= abs(old - middle):
            best = old
        order.insert(best, thread)
        return best != old

    def _costs(self, order: list[int], place: dict[int, int], thread: int) -> list[int]:
        # Slot k lies above the thread that is now at k. First: what would pass over this thread.
        change = [0] * (len(order) + 2)
        for source, target, weight in self.passing[thread]:
            one, other = place[source], place[target]
            if one > other:
                one, other = other, one
            change[one + 1] += weight
            change[other + 1] -= weight
        cost = list(accumulate(change))[: len(order) + 1]
        # Then: what its own connectors would pass over on the way to each neighbour.
        for other, at in self.incident[thread]:
            row = self.cover[at]
            there = place[other]
            before = [0, *accumulate(map(row.__getitem__, order))]
            upto, after = before[there], before[there + 1]
            above = [upto - passed for passed in before[: there + 1]]
            below = [passed - after for passed in before[there + 1 :]]
            cost = list(map(int.__add__, cost, above + below))
        return cost
