"""The loops that layout spends its time in, over plain sequences of integers.

Written once. With numba (a wheel, like numpy) the loops run compiled over arrays; without it, or
for a family too small to be worth it, the same functions run as they stand over lists. Both give
the same numbers: there is no floating point in here, and chance comes from a generator of its own.

Threads are numbered from 0 within a family; so are links, in the order of time. Times are ranks.
A thread's own links are ``own[own_from[t] : own_from[t + 1]]``; those that happen in its lifetime,
its own among them, are ``range(over_from[t], over_to[t])``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import log
from typing import Any

CROSSING = 1024  # what a crossing costs
TOUCH = 64  # a connector that passes where a bar begins or ends
FEW = 10  # threads up to which the loops aren't worth compiling
REACH = 16  # how many slots beyond its own and its kin's a warm thread looks at

# Draws from an exponential distribution of mean 1024: how much dearer a slot may be than the best.
PATIENCE = tuple(round(-1024 * log((step + 0.5) / 1024)) for step in range(1024))


def anneal(  # noqa: C901
    order: Any, place: Any, begin: Any, finish: Any,
    starts: Any, ends: Any, sources: Any, targets: Any, at: Any,
    own_from: Any, own: Any, over_from: Any, over_to: Any,
    change: Any, cost: Any, patience: Any,
    cooling: Any, moves: int, seed: int, who: Any, polish: int, pull: int,
) -> None:  # fmt: skip
    """Move one thread at a time to another slot of ``order``, in place.

    ``cooling`` has a temperature for each sweep of so many ``moves``: the mean by which the cost of
    the slot taken may exceed the least, among those about its own and one of its kin's. Then come
    at most ``polish`` sweeps over the threads ``who``, in which only the best slot of all will do.
    ``pull`` is what a slot of a connector's length costs.
    """
    size = len(order)
    for slot in range(size):
        thread = order[slot]
        place[thread] = slot
        begin[slot] = starts[thread]
        finish[slot] = ends[thread]
    warm = len(cooling)
    for sweep in range(warm + polish):
        moved = 0
        for step in range(moves if sweep < warm else len(who)):
            if sweep < warm:
                thread = (sweep * moves + step) % size
                touch = 0
            else:
                thread = who[step]
                touch = TOUCH
            old = place[thread]
            # Warm, it looks about itself and one of its kin: farther off few slots are any good.
            lowest, highest = 0, size
            kin = own_from[thread + 1] - own_from[thread]
            if sweep < warm and kin > 0:
                seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
                link = own[own_from[thread] + (seed >> 8) % kin]
                other = sources[link]
                if other == thread:
                    other = targets[link]
                lowest = max(min(place[other], old) - REACH, 0)
                highest = min(max(place[other], old) + REACH, size)
            # It covers nothing while it is looked at, and none passes over its own slot.
            begin[old] = 0x7FFFFFF
            for slot in range(size + 1):
                change[slot] = 0
            # What passing each neighbour changes: by connectors that would cross this thread ...
            first, last = starts[thread], ends[thread]
            for link in range(over_from[thread], over_to[thread]):
                source, target, moment = sources[link], targets[link], at[link]
                weight = touch + (CROSSING - touch) * ((first < moment) & (moment < last))
                weight *= (source != thread) & (target != thread)
                high, low = place[source], place[target]
                if high > low:
                    high, low = low, high
                change[high] += weight
                change[low] -= weight
            # ... and by what its own connectors would cross.
            for item in range(own_from[thread], own_from[thread + 1]):
                link = own[item]
                moment = at[link]
                other = sources[link]
                if other == thread:
                    other = targets[link]
                there = place[other]
                if touch == 0:
                    for slot in range(lowest, highest):
                        weight = pull + CROSSING * (
                            (begin[slot] < moment) & (moment < finish[slot])
                        )
                        change[slot] += weight if slot > there else -weight
                    if lowest <= there and there < highest:
                        change[there] += pull + CROSSING * (
                            (begin[there] < moment) & (moment < finish[there])
                        )
                else:
                    for slot in range(there):
                        change[slot] -= (
                            pull
                            + CROSSING * ((begin[slot] < moment) & (moment < finish[slot]))
                            + TOUCH * ((begin[slot] == moment) | (finish[slot] == moment))
                        )
                    for slot in range(there + 1, size):
                        change[slot] += (
                            pull
                            + CROSSING * ((begin[slot] < moment) & (moment < finish[slot]))
                            + TOUCH * ((begin[slot] == moment) | (finish[slot] == moment))
                        )
            change[old] = 0
            total = 0
            least = 0
            best = lowest
            cost[lowest] = 0
            for slot in range(lowest, highest):
                total += change[slot]
                cost[slot + 1] = total
                if total < least:
                    least = total
                    best = slot + 1
            if sweep < warm:
                # Any slot will do that is dearer than the best by no more than chance allows.
                seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
                bound = least + ((patience[(seed >> 12) & 1023] * cooling[sweep]) >> 10)
                total = 0
                for slot in range(lowest, highest + 1):
                    total += cost[slot] <= bound
                seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
                drawn = (seed >> 8) % total
                for slot in range(lowest, highest + 1):
                    if cost[slot] <= bound:
                        if drawn == 0:
                            best = slot
                            break
                        drawn -= 1
            elif cost[best] == cost[old]:
                best = old
            if best > old:
                best -= 1
                for slot in range(old, best):
                    other = order[slot + 1]
                    order[slot] = other
                    place[other] = slot
                    begin[slot] = begin[slot + 1]
                    finish[slot] = finish[slot + 1]
            else:
                for slot in range(old, best, -1):
                    other = order[slot - 1]
                    order[slot] = other
                    place[other] = slot
                    begin[slot] = begin[slot - 1]
                    finish[slot] = finish[slot - 1]
            order[best] = thread
            place[thread] = best
            begin[best] = first
            finish[best] = last
            if best != old:
                moved = 1
        if sweep >= warm and moved == 0:
            break


def crossings(
    place: Any, starts: Any, ends: Any, sources: Any, targets: Any, at: Any
) -> tuple[int, int]:
    """How many bars all connectors cross, with threads at these places, and their length.

    ``place`` may give slots of an order or lanes: of threads in one lane none lies between.
    """
    found = 0
    length = 0
    for link in range(len(at)):
        high, low = place[sources[link]], place[targets[link]]
        if high > low:
            high, low = low, high
        length += low - high
        moment = at[link]
        for thread in range(len(starts)):
            between = (high < place[thread]) & (place[thread] < low)
            found += between & (starts[thread] < moment) & (moment < ends[thread])
    return found, length


def compact(order: Any, lanes: Any, since: Any, until: Any) -> int:
    """Put every thread as high as those above it in the order allow; the number of lanes."""
    height = 0
    for slot in range(len(order)):
        thread = order[slot]
        lane = 0
        first, last = since[thread], until[thread]
        for above in range(slot):
            other = order[above]
            if lanes[other] >= lane and since[other] < last and first < until[other]:
                lane = lanes[other] + 1
        lanes[thread] = lane
        height = max(height, lane + 1)
    return height


def tighten(  # noqa: C901
    who: Any, lanes: Any, height: int, since: Any, until: Any,
    starts: Any, ends: Any, sources: Any, targets: Any, at: Any,
    own_from: Any, own: Any, over_from: Any, over_to: Any,
    row: Any, slots: Any, begin: Any, finish: Any, enter: Any, leave: Any,
    more: Any, less: Any, busy: Any,
    first_in: Any, change: Any, bend: Any, high: Any, low: Any,
    sweeps: int, leaving: Any, allowed: int,
) -> None:  # fmt: skip
    """Move the threads ``who`` to lanes that are free and make connectors cross less, or be
    shorter, in place.

    With ``leaving``, the lane that each of ``who`` stands in, lanes are emptied instead: those of
    one lane leave it together, each for a lane that costs less than ``allowed`` more, or none does.
    What stands from ``row`` to ``low`` is room to work in.
    """
    size = len(lanes)
    emptied = len(leaving) > 0
    without, begun, stuck = -1, 0, False
    # Threads stand in a row, lane after lane: what lies side by side is looked through fastest.
    for lane in range(height + 2):
        first_in[lane] = 0
    for thread in range(size):
        first_in[lanes[thread] + 1] += 1
    for lane in range(height + 1):
        first_in[lane + 1] += first_in[lane]
    for thread in range(size):
        slot = first_in[lanes[thread]]
        first_in[lanes[thread]] += 1
        row[slot] = thread
        slots[thread] = slot
        begin[slot] = starts[thread]
        finish[slot] = ends[thread]
        enter[slot] = since[thread]
        leave[slot] = until[thread]
    for lane in range(height + 1, 0, -1):
        first_in[lane] = first_in[lane - 1]
    first_in[0] = 0
    # A connector passes the lanes after ``high`` up to ``low``, none if ``low`` is ``high``.
    for link in range(len(at)):
        one, other = lanes[sources[link]], lanes[targets[link]]
        high[link] = min(one, other)
        low[link] = max(max(one, other) - 1, high[link])
    for sweep in range(sweeps):
        moved = 0
        for step in range(len(who)):
            thread = who[step] if sweep % 2 or emptied else who[len(who) - 1 - step]
            if emptied:
                if leaving[step] != without:
                    without, begun = leaving[step], step
                    after = step
                    while after < len(who) and leaving[after] == without:
                        after += 1
                    # Others have come in.
                    stuck = first_in[without + 1] - first_in[without] != after - step
                if stuck:
                    continue
            old = lanes[thread]
            first, last = starts[thread], ends[thread]
            for lane in range(height + 1):
                change[lane] = 0
                bend[lane] = 0
            since_then, until_then = since[thread], until[thread]
            for slot in range(size):
                busy[slot] = (enter[slot] < until_then) & (since_then < leave[slot])
                more[slot] = 0
                less[slot] = 0
            # What a lane costs: through connectors that pass it in the thread's lifetime ...
            for link in range(over_from[thread], over_to[thread]):
                weight = CROSSING if first < at[link] and at[link] < last else TOUCH
                weight *= (sources[link] != thread) & (targets[link] != thread)
                change[high[link]] += weight
                change[low[link]] -= weight
            # ... and through the thread's own: how long they are, and what they pass.
            slope, total, least = 0, 0, 0
            begin[slots[thread]] = 0x7FFFFFF
            for item in range(own_from[thread], own_from[thread + 1]):
                link = own[item]
                moment = at[link]
                there = lanes[sources[link]]
                if sources[link] == thread:
                    there = lanes[targets[link]]
                slope -= 1
                bend[there] += 2
                total += there
                least += abs(there - old)
                before, beyond = first_in[there], first_in[there + 1]
                # In one loop: of two that begin or end half-way, machine code is slow.
                for slot in range(size):
                    begun_then, ended_then, weight = begin[slot], finish[slot], 0
                    if begun_then <= moment and moment <= ended_then:
                        weight = TOUCH
                    if begun_then < moment and moment < ended_then:
                        weight = CROSSING
                    less[slot] += weight if slot < before else 0
                    more[slot] += weight if slot >= beyond else 0
            begin[slots[thread]] = first
            # From counts by slot to those of all slots before it.
            gained, spared, taken = 0, 0, 0
            for slot in range(size):
                gained, more[slot] = gained + more[slot], gained
                spared, less[slot] = spared + less[slot], spared
                taken, busy[slot] = taken + busy[slot], taken
            more[size], less[size], busy[size] = gained, spared, taken
            for lane in range(old):
                least += change[lane]
            least += more[first_in[old]] - less[first_in[old + 1]]
            best = old
            if emptied:
                least += allowed
            for lane in range(height):
                here, there = first_in[lane], first_in[lane + 1]
                cost = total + more[here] - less[there]
                slope += bend[lane]
                total += change[lane] + slope
                if (cost < least) & (busy[here] == busy[there]) and lane != without:
                    least = cost
                    best = lane
            going, gone = step, step + 1
            if best == old:
                if not emptied:
                    continue
                # Those that left before it come back.
                stuck = True
                best = without
                going, gone = begun, step
            else:
                moved = 1
            for back in range(going, gone):
                if emptied:
                    thread = who[back]
                slot = slots[thread]
                lane = lanes[thread]
                target = first_in[best] if best < lane else first_in[best + 1] - 1
                way = -1 if best < lane else 1
                while slot != target:
                    other = row[slot + way]
                    row[slot] = other
                    slots[other] = slot
                    begin[slot] = begin[slot + way]
                    finish[slot] = finish[slot + way]
                    enter[slot] = enter[slot + way]
                    leave[slot] = leave[slot + way]
                    slot += way
                row[slot] = thread
                slots[thread] = slot
                begin[slot] = starts[thread]
                finish[slot] = ends[thread]
                enter[slot] = since[thread]
                leave[slot] = until[thread]
                for between in range(min(lane, best) + 1, max(lane, best) + 1):
                    first_in[between] -= way
                lanes[thread] = best
                for item in range(own_from[thread], own_from[thread + 1]):
                    link = own[item]
                    one, other = lanes[sources[link]], lanes[targets[link]]
                    high[link] = min(one, other)
                    low[link] = max(max(one, other) - 1, high[link])
        if moved == 0:
            break


@dataclass(frozen=True)
class Kernel:
    """The loops, and what makes the sequences that they take."""

    anneal: Callable[..., None]
    crossings: Callable[..., tuple[int, int]]
    compact: Callable[..., int]
    tighten: Callable[..., None]
    integers: Callable[[Iterable[int]], Any]
    indices: Callable[[Iterable[int]], Any]  # the same, of what is nowhere below 0
    patience: Any
    is_compiled: bool = False

    def room(self, size: int) -> Any:
        """A sequence to work in."""
        return self.integers([0] * size)

    def wide(self, size: int) -> Any:
        """A sequence to work in, for numbers of more than 31 bits."""
        return self.room(size).astype("int64") if self.is_compiled else self.room(size)


PLAIN = Kernel(anneal, crossings, compact, tighten, list, list, PATIENCE)


@cache
def compiled() -> Kernel | None:
    """The loops as machine code; None where numba is not installed or LINEAGE_PLAIN is set."""
    if os.environ.get("LINEAGE_PLAIN") or find_spec("numba") is None:
        return None
    import numpy
    from numba import njit

    def integers(values: Iterable[int], kind: Any = numpy.int32) -> Any:
        return numpy.array(values if hasattr(values, "__len__") else list(values), kind)

    def indices(values: Iterable[int]) -> Any:
        """Compiled loops need not ask of these whether they count from the end."""
        return integers(values, numpy.uint32)

    faster: Callable[[Any], Any] = njit(cache=True, nogil=True)
    return Kernel(
        faster(anneal),
        faster(crossings),
        faster(compact),
        faster(tighten),
        integers,
        indices,
        integers(PATIENCE),
        is_compiled=True,
    )


def kernel_for(size: int) -> Kernel:
    """The faster way to lay out a family of so many threads, as far as it is installed."""
    return (None if size <= FEW else compiled()) or PLAIN
