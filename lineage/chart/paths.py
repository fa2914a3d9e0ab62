"""The lines between bars: where they run, and the signs on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lineage.chart.bodies import clean
from lineage.chart.geometry import Connector

BEND = 5.0  # radius of an elbow
STEP = 3.0  # between two lines that would lie on one another
TICK = 6.0  # half the height of the tick where a name changes


@dataclass(slots=True)
class Line:
    """A connector as drawn. ``sign`` stands at ``sign_x``, ``sign_y``; ``arrow`` is a path."""

    source: str
    target: str
    classes: str
    states: str
    title: str
    d: str
    sign: str = ""
    sign_x: float = 0.0
    sign_y: float = 0.0
    arrow: str = ""
    dashes: str = ""
    is_tick: bool = False  # it stays in its lane, and so is drawn over the bars
    cut: str = ""  # where the bar is parted under a tick
    cut_width: float = 0.0


@dataclass(slots=True)
class Box:
    """A bar's place: from ``x`` to ``right`` along time; ``y`` is its middle across it."""

    x: float
    right: float
    y: float
    height: float


class Pen:
    """Writes paths in terms of time and lanes, whichever way time runs on the sheet."""

    def __init__(self, *, down: bool) -> None:
        self.down = down
        self.straight, self.sideways = ("V", "H") if down else ("H", "V")

    def point(self, x: float, y: float) -> str:
        """A point ``x`` along time and ``y`` across it."""
        return f"{y:.1f} {x:.1f}" if self.down else f"{x:.1f} {y:.1f}"

    def at(self, x: float, y: float) -> str:
        """Begin here."""
        return f"M{self.point(x, y)}"

    def along(self, x: float) -> str:
        """Straight on in time."""
        return f"{self.straight}{x:.1f}"

    def across(self, y: float) -> str:
        """Straight to another lane."""
        return f"{self.sideways}{y:.1f}"

    def bend(self, x: float, y: float, end_x: float, end_y: float) -> str:
        """Round the corner ``x``, ``y``."""
        return f"Q{self.point(x, y)} {self.point(end_x, end_y)}"

    def shape(self, *points: tuple[float, float]) -> str:
        """A closed shape."""
        return "M" + "L".join(self.point(*point) for point in points) + "z"


def beside(connectors: Sequence[Connector], xs: Sequence[float]) -> list[float]:
    """``xs`` with lines that have nothing to do with one another kept off one another."""
    placed: list[float] = []
    near: dict[int, list[int]] = defaultdict(list)
    for i, one in enumerate(connectors):
        low, high = sorted((one.from_lane, one.to_lane))
        x, column = xs[i], int(xs[i])
        if low != high:
            others = [j for k in range(column - 9, column + 10) if k in near for j in near[k]]
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


def route(pen: Pen, one: Connector, x: float, before: Box, after: Box, end: float) -> str:
    """The path of a connector that happens at ``x``, from its predecessor to its successor.

    ``end`` is where the successor's bar ends for this purpose.
    """
    if before.y == after.y:
        stroke = pen.at(x, after.y - TICK) + pen.across(after.y + TICK)
        if one.kind == "continuation":
            stroke += pen.at(x + 2.5, after.y - TICK) + pen.across(after.y + TICK)
        if x - before.right > 1:
            return f"{pen.at(before.right, after.y)}{pen.along(x)}{stroke}"
        return stroke
    down = 1 if after.y > before.y else -1
    # Leave the bar in a curve where it is long enough to hide the curve's beginning.
    leave = min(max(x, before.x), before.right)
    if abs(leave - x) > 1:
        way = 1 if x > leave else -1
        bend = min(BEND, abs(leave - x))
        path = pen.at(leave, before.y) + pen.along(x - way * bend)
        path += pen.bend(x, before.y, x, before.y + down * bend)
    elif x - BEND >= before.x:
        path = pen.at(x - BEND, before.y)
        path += pen.bend(x, before.y, x, before.y + down * BEND)
    else:
        path = pen.at(x, before.y)
    if x + BEND <= end:
        path += pen.across(after.y - down * BEND)
        return path + pen.bend(x, after.y, x + BEND, after.y)
    return path + pen.across(after.y)


def draw_line(pen: Pen, one: Connector, x: float, before: Box, after: Box, title: str) -> Line:
    """A connector with its sign: an open dot at a split, a full one at a merger, an arrow where it
    leads into a bar that was there already. A split never does: what left, even a bar that was
    there, is met by its line without an arrow.
    """
    joins = one.joins and not one.leaves
    states = ("leaves " * one.leaves + "joins " * joins + "disputed " * one.disputed).rstrip()
    sign, arrow, sign_y, sign_x = "", "", 0.0, x
    apart = before.y != after.y
    if apart and joins:
        down = 1 if after.y > before.y else -1
        tip = after.y - down * (after.height / 2 + 0.5)
        arrow = pen.shape((x, tip), (x - 3.5, tip - down * 6), (x + 3.5, tip - down * 6))
    elif apart and one.kind == "split":
        sign, sign_y = "split", before.y
        sign_x = min(max(x, before.x), before.right)
    elif apart and one.kind == "merger":
        sign, sign_y = "merger", after.y
    if pen.down:
        sign_x, sign_y = sign_y, sign_x
    middle = x + (1.25 if one.kind == "continuation" else 0.0)
    cut = "" if apart else pen.at(middle, after.y - TICK) + pen.across(after.y + TICK)
    return Line(
        clean(one.source),
        clean(one.target),
        f"succession {clean(one.kind)}",
        states,
        title,
        route(pen, one, x, before, after, x if one.joins else after.right),
        sign,
        round(sign_x, 1),
        round(sign_y, 1),
        arrow,
        "4 3" if one.disputed else "",
        not apart,
        cut,
        6.5 if one.kind == "continuation" else 4.0,
    )
