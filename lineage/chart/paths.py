"""The lines between bars: where they run, and the signs on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lineage.chart.bodies import clean
from lineage.chart.geometry import Connector

BEND = 5.0  # radius of an elbow
STEP = 3.0  # between two lines that would lie on one another
TICK = 6.0  # half the height of the tick where a name changes


@dataclass(frozen=True, slots=True)
class Line:
    """A connector as drawn. ``sign`` stands at ``sign_x``, ``sign_y``; ``arrow`` is a path."""

    source: str
    target: str
    classes: str
    states: str
    title: str
    d: str
    x: float
    sign: str = ""
    sign_x: float = 0.0
    sign_y: float = 0.0
    arrow: str = ""
    dashes: str = ""
    is_tick: bool = False  # it stays in its lane, and so is drawn over the bars
    cut: str = ""  # where the bar is parted under a tick
    cut_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """A bar's place in the drawing; ``y`` is its middle."""

    x: float
    right: float
    y: float
    height: float


def beside(connectors: Sequence[Connector], xs: Sequence[float]) -> list[float]:
    """``xs`` with lines that have nothing to do with one another kept off one another."""
    placed: list[float] = []
    near: dict[int, list[int]] = defaultdict(list)
    for i, one in enumerate(connectors):
        low, high = sorted((one.from_lane, one.to_lane))
        x, column = xs[i], int(xs[i])
        if low != high:
            others = [j for k in range(column - 9, column + 10) for j in near[k]]
            taken = {
                round(placed[j], 1)
                for j in others
                if _overlap(connectors[j], low, high) and not _related(connectors[j], one)
            }
            for step in range(3):
                if all(abs(x + step * STEP - other) >= STEP - 0.5 for other in taken):
                    x += step * STEP
                    break
            near[column].append(i)
        placed.append(x)
    return placed


def _overlap(other: Connector, low: int, high: int) -> bool:
    first, last = sorted((other.from_lane, other.to_lane))
    return first < high and low < last


def _related(one: Connector, other: Connector) -> bool:
    return one.event == other.event or one.source == other.source or one.target == other.target


def route(one: Connector, x: float, before: Box, after: Box) -> str:
    """The path of a connector that happens at ``x``, from its predecessor to its successor."""
    if before.y == after.y:
        stroke = f"M{x:.1f} {after.y - TICK:.1f}V{after.y + TICK:.1f}"
        if one.kind == "continuation":
            stroke += f"M{x + 2.5:.1f} {after.y - TICK:.1f}v{2 * TICK:.1f}"
        if x - before.right > 1:
            return f"M{before.right:.1f} {after.y:.1f}H{x:.1f}{stroke}"
        return stroke
    down = 1 if after.y > before.y else -1
    # Leave the bar in a curve where it is long enough to hide the curve's beginning.
    leave = min(max(x, before.x), before.right)
    if abs(leave - x) > 1:
        way = 1 if x > leave else -1
        bend = min(BEND, abs(leave - x))
        path = f"M{leave:.1f} {before.y:.1f}H{x - way * bend:.1f}"
        path += f"Q{x:.1f} {before.y:.1f} {x:.1f} {before.y + down * bend:.1f}"
    elif x - BEND >= before.x:
        path = f"M{x - BEND:.1f} {before.y:.1f}"
        path += f"Q{x:.1f} {before.y:.1f} {x:.1f} {before.y + down * BEND:.1f}"
    else:
        path = f"M{x:.1f} {before.y:.1f}"
    if x + BEND <= after.right:
        path += f"V{after.y - down * BEND:.1f}"
        return f"{path}Q{x:.1f} {after.y:.1f} {x + BEND:.1f} {after.y:.1f}"
    return f"{path}V{after.y:.1f}"


def draw_line(one: Connector, x: float, before: Box, after: Box, title: str) -> Line:
    """A connector with its sign: an open dot at a split, a full one at a merger, an arrow back."""
    states = ["joins"] * one.joins + ["disputed"] * one.disputed
    sign, arrow, sign_y, sign_x = "", "", 0.0, x
    apart = before.y != after.y
    if apart and one.joins:
        down = 1 if after.y > before.y else -1
        tip = after.y - down * (after.height / 2 + 0.5)
        arrow = f"M{x:.1f} {tip:.1f}l-3.5 {-down * 6}h7z"
    elif apart and one.kind == "split":
        sign, sign_y = "split", before.y
        sign_x = min(max(x, before.x), before.right)
    elif apart and one.kind == "merger":
        sign, sign_y = "merger", after.y
    dashes = "4 3" if one.disputed else ""
    middle = x + (1.25 if one.kind == "continuation" else 0.0)
    cut = "" if apart else f"M{middle:.2f} {after.y - TICK:.1f}v{2 * TICK:.1f}"
    return Line(
        clean(one.source),
        clean(one.target),
        f"succession {clean(one.kind)}",
        " ".join(states),
        title,
        route(one, x, before, replace(after, right=x) if arrow else after),
        round(x, 1),
        sign,
        round(sign_x, 1),
        round(sign_y, 1),
        arrow,
        dashes,
        not apart,
        cut,
        6.5 if one.kind == "continuation" else 4.0,
    )
