"""The loops of the layout: compiled or not the same, and as good as they claim."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise

import pytest

from lineage.chart import draw, kernel, order, write
from lineage.chart.kernel import FEW, PLAIN, compiled
from lineage.chart.order import Family, along_the_tree, arrange, cooling, families, rearrange
from lineage.chart.threads import Link, Thread, Weave, weave
from lineage.chart.times import timeline
from tests.benchmarks.families import family

TODAY = date(2026, 1, 1)


def made_up(size, seed=0):
    """The one family of threads of a made-up lineage."""
    bodies, edges = family(size, seed)
    line = timeline({body.id: body for body in bodies}, edges, TODAY)
    (found,) = families(weave(edges, line))
    return found


def star(size, links):
    """One thread that ``links`` others are joined to, and others that are joined to none."""
    threads = [Thread(("hub",), 0.0, 3000.0)]
    threads += [Thread((f"t{i}",), float(i), 3000.0) for i in range(1, size)]
    joined = [Link(i, 0, i, i + 0.5, tree=True) for i in range(1, links + 1)]
    return Family(Weave(threads, joined, {}), list(range(size)), joined)


def test_the_compiled_loops_are_installed_and_used_for_all_but_small_families():
    assert compiled() is not None
    assert kernel.kernel_for(FEW) is PLAIN
    assert kernel.kernel_for(FEW + 1) is compiled()


def test_without_the_compiler_the_same_loops_run_as_they_stand(monkeypatch):
    monkeypatch.setenv("LINEAGE_PLAIN", "1")
    compiled.cache_clear()
    try:
        assert compiled() is None
        assert kernel.kernel_for(1000) is PLAIN
    finally:
        monkeypatch.undo()
        compiled.cache_clear()


@pytest.mark.parametrize(("size", "seed"), [(40, 1), (40, 2), (90, 3)])
@pytest.mark.parametrize("time", ["across", "down"])
def test_compiled_or_not_the_drawing_is_the_same_to_the_letter(size, seed, time, monkeypatch):
    bodies, edges = family(size, seed)
    fast = draw(bodies, edges, today=TODAY, time=time)
    monkeypatch.setattr(order, "kernel_for", lambda size: PLAIN)
    slow = draw(bodies, edges, today=TODAY, time=time)
    assert fast.geometry == slow.geometry
    assert write(fast) == write(slow)


def test_numbers_of_more_than_31_bits_come_out_right():
    """A body of a thousand children: the cost of a slot is beyond what 32 bits hold."""
    found = star(2300, 2200)
    numbers = found.numbers
    hub_last = [*range(1, 2300), 0]
    pull = order.PULL * 500 // 2300

    def cost(slot):
        """Threads stand in the order of their starts: on its way up a connector crosses them all,
        on its way down none, since they begin later."""
        later = max(2200 - slot, 0)
        upwards = later * (later - 1) // 2
        downwards = sum(range(slot)) - sum(range(max(slot - 2200, 0)))
        return upwards * (kernel.CROSSING + pull) + downwards * pull

    best = min(range(2300), key=cost)
    assert cost(0) > 2**31
    assert numbers.anneal(hub_last, [], [0]).index(0) == best
    assert numbers.anneal([0, *range(1, 2300)], [], [0]).index(0) == best


@pytest.mark.parametrize("size", [60, 150])
def test_annealing_leaves_fewer_crossings_than_the_tree_had(size):
    for seed in range(3):
        found = made_up(size, seed)
        numbers = found.numbers
        tree = [numbers.number[thread] for thread in along_the_tree(found.threads, found.links)]
        best = [numbers.number[thread] for thread in arrange(found)]
        assert sorted(best) == sorted(tree)
        assert numbers.weigh(best)[0] < 0.6 * numbers.weigh(tree)[0]


def test_crossings_of_an_order_are_counted_as_they_are_defined():
    found = made_up(60)
    numbers = found.numbers
    chance = random.Random(4)  # noqa: S311
    for _ in range(5):
        some = chance.sample(range(len(found.threads)), len(found.threads))
        place = {numbers.threads[i]: slot for slot, i in enumerate(some)}
        crossings = length = 0
        for link in found.links:
            low, high = sorted((place[link.source], place[link.target]))
            length += high - low
            for i, thread in enumerate(found.weave.threads):
                if low < place[i] < high and thread.start < link.at < thread.end:
                    crossings += 1
        assert numbers.weigh(some) == (crossings, length)


def test_a_pure_tree_of_two_thousand_splits_has_no_crossing():
    chance = random.Random(5)  # noqa: S311
    threads = [Thread(("t0",), 0.0, 3000.0)]
    links = []
    for i in range(1, 2000):
        threads.append(Thread((f"t{i}",), float(i), 3000.0))
        links.append(Link(i, chance.randrange(i), i, float(i), tree=True))
    found = Family(Weave(threads, links, {}), list(range(2000)), links)
    best = arrange(found)
    assert found.numbers.weigh([found.numbers.number[thread] for thread in best])[0] == 0


def test_after_an_edit_only_what_it_touched_moves():
    found = made_up(150)
    before = arrange(found)
    assert rearrange(found, before, []) == before
    moved = before[70]
    shuffled = [thread for thread in before if thread != moved]
    shuffled.insert(2, moved)
    after = rearrange(found, shuffled, [moved])
    assert [thread for thread in after if thread != moved] == [t for t in before if t != moved]
    numbers = found.numbers

    def weigh(threads):
        return numbers.weigh([numbers.number[thread] for thread in threads])[0]

    assert weigh(after) <= weigh(before) < weigh(shuffled)


def test_it_cools_from_warm_to_cold_and_takes_no_more_sweeps_for_more_bodies():
    for size in (25, 150, 1000, 10_000):
        temperatures = cooling(size, crossings=5 * size)
        assert all(one >= other > 0 for one, other in pairwise(temperatures))
        assert 8 - 1 <= len(temperatures) <= 100
    assert len(cooling(10_000, 1)) < len(cooling(1000, 1)) <= len(cooling(150, 1))
