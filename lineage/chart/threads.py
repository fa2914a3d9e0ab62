"""Threads: the bodies that a chain of renames or continuations makes one line in one lane."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lineage.chart.times import Timeline
from lineage.graph import Edge

CARRIED_ON = frozenset({"rename", "continuation"})
LONGEST_GAP = 15.0  # years that a body can be away and still be drawn in its old lane
TOUCHING = 1e-6


class Thread(NamedTuple):
    """Bodies in the order in which they follow one another, and the years they cover."""

    bodies: tuple[str, ...]
    start: float
    end: float
    dated: bool = True


class Link(NamedTuple):
    """An edge between two different threads, given by their positions in the list of threads."""

    edge: int
    source: int
    target: int
    at: float
    tree: bool  # the principal edge that brought the target's first body into being


@dataclass(frozen=True, slots=True)
class Weave:
    threads: list[Thread]
    links: list[Link]
    of: dict[str, int]  # the thread of each body

    def families(self) -> list[int]:
        """For each thread, the first thread of the connected family that it belongs to."""
        root = list(range(len(self.threads)))

        def find(i: int) -> int:
            while root[i] != i:
                root[i] = root[root[i]]
                i = root[i]
            return i

        for link in self.links:
            one, other = sorted((find(link.source), find(link.target)))
            root[other] = one
        return [find(i) for i in range(len(self.threads))]


def weave(edges: Sequence[Edge], line: Timeline) -> Weave:
    """Join bodies into threads, and list the edges that are left between threads."""
    follower = _followers(edges, line)
    preceded = set(follower.values())
    threads: list[Thread] = []
    for name in sorted(line.spans, key=lambda name: (line.spans[name].start, name)):
        if name in preceded:
            continue
        chain = [name]
        while chain[-1] in follower:
            chain.append(follower[chain[-1]])
        end = max(line.spans[body].end for body in chain)
        dated = any(line.spans[body].dated for body in chain)
        threads.append(Thread(tuple(chain), line.spans[name].start, end, dated))
    of = {name: i for i, thread in enumerate(threads) for name in thread.bodies}
    parent = principal_edges(edges, line)
    links = [
        Link(
            i,
            of[edge.predecessor],
            of[edge.successor],
            line.moments[i],
            parent.get(edge.successor) == i
            and threads[of[edge.successor]].bodies[0] == edge.successor,
        )
        for i, edge in enumerate(edges)
        if of[edge.predecessor] != of[edge.successor]
    ]
    return Weave(threads, links, of)


def principal_edges(edges: Sequence[Edge], line: Timeline) -> dict[str, int]:
    """For each body that others brought into being, the edge it is chiefly descended by."""
    births: dict[str, list[int]] = defaultdict(list)
    for i, edge in enumerate(edges):
        if not edge.successor_existed:
            births[edge.successor].append(i)

    def rank(i: int) -> tuple[object, ...]:
        edge = edges[i]
        when = line.moments[i], edge.predecessor_continues
        return not edge.principal, *when, edge.event, edge.predecessor

    return {name: min(found, key=rank) for name, found in births.items()}


def _followers(edges: Sequence[Edge], line: Timeline) -> Mapping[str, str]:
    """Which body carries which on. Each has at most one before and one after; time only rises."""
    candidates = [
        i
        for i, edge in enumerate(edges)
        if edge.kind in CARRIED_ON and not edge.successor_existed and _in_turn(edge, line)
    ]
    candidates.sort(
        key=lambda i: (
            edges[i].kind != "rename",
            not edges[i].principal,
            line.moments[i],
            edges[i].event,
            edges[i].predecessor,
            edges[i].successor,
        )
    )
    follower: dict[str, str] = {}
    taken: set[str] = set()
    for i in candidates:
        edge = edges[i]
        if edge.predecessor not in follower and edge.successor not in taken:
            follower[edge.predecessor] = edge.successor
            taken.add(edge.successor)
    return follower


def _in_turn(edge: Edge, line: Timeline) -> bool:
    """Does the successor begin when, or soon after, the predecessor has ended?"""
    before, after = line.spans[edge.predecessor], line.spans[edge.successor]
    return -TOUCHING <= after.start - before.end <= LONGEST_GAP
