"""The order of threads from top to bottom: families apart, each along its tree, then annealed.

The tree comes first: a later branch lies nearer to its stem, and branches alternate above and
below, so that a tree of splits has no crossing. Then threads are taken out one after another, the
exact cost of every slot is found, and they are put back: at first into slots that are good, in the
end into those that are best. What comes out worse than the tree is not used.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from typing import Any
from zlib import crc32

from lineage.chart.kernel import CROSSING, Kernel, kernel_for
from lineage.chart.threads import Link, Weave

MOST_TOUCHED = 4  # threads of a small family, a fifth of a large one, that an edit may touch
SMALL = 24  # threads of a family for which half as many moves do, and one try
POLISH = 5  # sweeps at most in which a thread goes to its best slot
MOST_SWEEPS = 60  # of annealing
BUDGET = 70_000  # threads in all sweeps, in a family so large that it gets fewer of them
TURNS = 2  # how often a sweep moves each thread of a family whose loops are compiled
WARMTH = 6.0  # the first temperature, in crossings a thread that the tree has
SPARSE = 1.0  # crossings a thread below which the tree may be near the best already
COOLED = 24.0  # how often the last temperature goes into the first
PULL = 64  # what a slot of a connector's length costs, in a family of up to 500 threads
TRIES = 3  # at a sparse family, in which some crossings or lanes more or less are chance
SEED = 1889


@dataclass
class Family:
    """The threads of one connected family and the links among them, as positions in a weave."""

    weave: Weave
    threads: list[int]
    links: list[Link]

    @cached_property
    def numbers(self) -> Numbers:
        """The family as the kernel takes it."""
        return Numbers.of(self.weave, self.threads, self.links)

    @cached_property
    def signatures(self) -> dict[int, int]:
        """For each thread a number that changes with whatever its place depends on."""
        weave = self.weave
        ties: dict[int, list[str]] = defaultdict(list)
        for link in self.links:
            source, target = weave.threads[link.source], weave.threads[link.target]
            ties[link.source].append(f">{target.bodies[0]}@{link.at:.3f}")
            ties[link.target].append(f"<{source.bodies[0]}@{link.at:.3f}")
        return {
            i: crc32(
                f"{weave.threads[i].bodies}{weave.threads[i].start:.3f}{weave.threads[i].end:.3f}"
                f"{sorted(ties[i])}".encode()
            )
            for i in self.threads
        }


def families(weave: Weave) -> list[Family]:
    """The connected families: by their first start, then loners, then the undated."""
    found: dict[int, Family] = {}
    numbers = weave.families()
    for thread, family in enumerate(numbers):
        if family not in found:
            found[family] = Family(weave, [], [])
        found[family].threads.append(thread)
    for link in weave.links:
        found[numbers[link.source]].links.append(link)

    def rank(family: Family) -> tuple[bool, bool, int]:
        dated = any(weave.threads[thread].dated for thread in family.threads)
        return not dated, len(family.threads) == 1, family.threads[0]

    return sorted(found.values(), key=rank)


@dataclass
class Numbers:
    """One family as the kernel takes it: threads and links by number, times by rank."""

    kernel: Kernel
    threads: list[int]
    number: dict[int, int]
    starts: Any
    ends: Any
    sources: Any
    targets: Any
    at: Any
    own_from: Any
    own: Any
    over_from: Any
    over_to: Any

    @classmethod
    def of(cls, weave: Weave, family: Sequence[int], links: Sequence[Link]) -> Numbers:
        """The numbers of a family; ``links`` are those among its threads."""
        kernel = kernel_for(len(family))
        threads = sorted(family)
        number = {thread: i for i, thread in enumerate(threads)}
        links = sorted(links, key=lambda link: (link.at, link.edge))
        spans = [(weave.threads[thread].start, weave.threads[thread].end) for thread in threads]
        times = sorted({*chain.from_iterable(spans), *(link.at for link in links)})
        rank = {time: i for i, time in enumerate(times)}
        at = [rank[link.at] for link in links]
        sources = [number[link.source] for link in links]
        targets = [number[link.target] for link in links]
        own: list[list[int]] = [[] for _ in threads]
        for i, (source, target) in enumerate(zip(sources, targets, strict=True)):
            own[source].append(i)
            own[target].append(i)
        starts = [rank[start] for start, _ in spans]
        ends = [rank[end] for _, end in spans]
        as_array, as_indices = kernel.integers, kernel.indices
        return cls(
            kernel,
            threads,
            number,
            as_array(starts),
            as_array(ends),
            as_indices(sources),
            as_indices(targets),
            as_array(at),
            as_indices([0, *accumulate(map(len, own))]),
            as_indices([*chain.from_iterable(own)]),
            as_indices([bisect_left(at, start) for start in starts]),
            as_indices([bisect_right(at, end) for end in ends]),
        )

    def weigh(self, order: Sequence[int]) -> tuple[int, int]:
        """The crossings and the length of connectors of an order of numbers."""
        place = [0] * len(order)
        for slot, thread in enumerate(order):
            place[thread] = slot
        places = self.kernel.integers(place)
        return self.kernel.crossings(
            places, self.starts, self.ends, self.sources, self.targets, self.at
        )

    def judge(self, order: Sequence[int]) -> tuple[int, int, int]:
        """The crossings of an order, the lanes it takes without labels, its length."""
        lanes = self.kernel.room(len(order))
        height = self.kernel.compact(self.kernel.integers(order), lanes, self.starts, self.ends)
        crossings, length = self.weigh(order)
        return crossings, height, length

    def anneal(
        self,
        order: Sequence[int],
        cooling: Sequence[int],
        who: Sequence[int] | None = None,
        seed: int = SEED,
    ) -> list[int]:
        """An order that costs less, as a new list."""
        size = len(order)
        moves = size if size <= SMALL else TURNS * size
        as_array, as_indices, room = self.kernel.integers, self.kernel.indices, self.kernel.room
        found = as_indices(order)
        self.kernel.anneal(
            found, as_indices([0] * size), room(size), room(size),
            self.starts, self.ends, self.sources, self.targets, self.at,
            self.own_from, self.own, self.over_from, self.over_to,
            room(size + 1), self.kernel.wide(size + 1), self.kernel.patience,
            as_array(cooling), moves, seed, as_indices(range(size) if who is None else who),
            POLISH, max(1, min(PULL, PULL * 500 // size)),
        )  # fmt: skip
        return [int(thread) for thread in found]


def arrange(family: Family) -> list[int]:
    """The threads of a family from top to bottom."""
    tree = along_the_tree(family.threads, family.links)
    if len(tree) < 3:
        return tree
    numbers = family.numbers
    start = [numbers.number[thread] for thread in tree]
    crossings, _length = numbers.weigh(start)
    candidates = [start]
    sparse = crossings < SPARSE * len(tree)
    if crossings:
        sweeps = cooling(len(tree), crossings)
        tries = TRIES if sparse and len(tree) > SMALL else 1
        candidates += [numbers.anneal(start, sweeps, seed=SEED + i) for i in range(tries)]
    if sparse:
        candidates.append(numbers.anneal(start, []))
    best = min(candidates, key=numbers.judge)
    return [numbers.threads[i] for i in best]


Remembered = Sequence[tuple[str, int]]  # a body of each thread and its signature, top to bottom


def remember(weave: Weave, kin: Sequence[Family], orders: Sequence[Sequence[int]]) -> Remembered:
    """What :func:`arrange_again` wants to know of a drawing when the next one is made."""
    found: list[tuple[str, int]] = []
    for family, order in zip(kin, orders, strict=True):
        if len(order) >= 3:
            signs = family.signatures
            found += [(weave.threads[thread].bodies[0], signs[thread]) for thread in order]
    return found


def arrange_again(family: Family, before: Mapping[str, tuple[int, int]]) -> list[int]:
    """The threads of a family in the order that they had, but for what an edit touched.

    ``before`` gives the place and the signature of each thread by a body of it. What is new stands
    beside its kin and then, like what changed, goes where it costs least; nothing else moves. If
    little is known of the family, or much of it changed, it is arranged from the beginning.
    """
    weave, size = family.weave, len(family.threads)
    if size < 3 or not before:
        return arrange(family)
    signs = family.signatures
    known: dict[int, int] = {}
    touched: set[int] = set()
    for thread in family.threads:
        places = [before[body] for body in weave.threads[thread].bodies if body in before]
        if places:
            known[thread], sign = min(places)
            if sign != signs[thread]:
                touched.add(thread)
    new = [thread for thread in family.threads if thread not in known]
    touched.update(new)
    if len(touched) > max(MOST_TOUCHED, size // 5):
        return arrange(family)
    order = sorted(known, key=lambda thread: (known[thread], thread))
    for thread in new:
        order.insert(_beside(family, thread, order), thread)
    return rearrange(family, order, touched)


def _beside(family: Family, thread: int, order: Sequence[int]) -> int:
    """The slot after the first kin of a thread that has a place."""
    for link in family.links:
        for one, other in ((link.source, link.target), (link.target, link.source)):
            if one == thread and other in order:
                return order.index(other) + 1
    return len(order)


def rearrange(family: Family, before: Sequence[int], touched: Collection[int]) -> list[int]:
    """An order from one that was good before an edit: only ``touched`` threads may move.

    ``before`` holds all threads of the family; what is new stands anywhere in it.
    """
    if len(before) < 3 or not touched:
        return list(before)
    numbers = family.numbers
    order = [numbers.number[thread] for thread in before]
    who = sorted(numbers.number[thread] for thread in touched)
    return [numbers.threads[i] for i in numbers.anneal(order, [], who)]


def cooling(size: int, crossings: int) -> list[int]:
    """The temperature of each sweep, from warm to cold, for a tree of so many crossings."""
    sweeps = max(8, min(MOST_SWEEPS, BUDGET // size))
    first = min(max(WARMTH * crossings / size, 0.5), 60.0) * CROSSING
    fall = (1 / COOLED) ** (1 / max(sweeps - 1, 1))
    return [round(first * fall**sweep) for sweep in range(sweeps)]


def along_the_tree(family: Sequence[int], links: Sequence[Link]) -> list[int]:
    """The threads of a family along its tree of principal edges."""
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
