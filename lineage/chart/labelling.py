"""Which label each bar of a drawing gets, and where, so that none lies on another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lineage.chart.bodies import Body
from lineage.chart.geometry import Bar, Geometry
from lineage.chart.lettering import (
    APART,
    LONGEST,
    SIZE,
    Label,
    Place,
    country_code,
    least,
    letter,
    shorten,
    text_width,
)
from lineage.chart.paths import Box
from lineage.chart.threads import Weave

ABOVE = 8.0  # from a label's foot to the middle of its bar
BELOW = 15.5  # from the middle of a bar to the foot of a label that hangs under it
ASIDE = 16.0  # how far a label may step aside for a short-lived name before it
LINE = 13.0  # labels whose feet are nearer than this must not share any width


def codes(bodies: Mapping[str, Body], weave: Weave, home: str = "") -> dict[str, bool]:
    """Whose label tells its country: nobody's where all share one; in a chain, where it changes.

    Where ``home`` is a country that the drawing is headed by, those who were not only there.
    """
    shown = {body.countries for body in bodies.values() if body.kind != "international"}
    telling = dict.fromkeys(bodies, len(shown) > 1)
    if home:
        telling = {name: body.countries != (home,) for name, body in bodies.items()}
    for thread in weave.threads:
        for before, name in pairwise(thread.bodies):
            telling[name] &= bodies[before].countries != bodies[name].countries
    return telling


@dataclass(slots=True)
class _Sheet:
    """The drawing as far as labels care: boxes of bars, and lines by the lane they pass."""

    bodies: Mapping[str, Body]
    boxes: Mapping[str, Box]
    lines: Mapping[int, Sequence[float]]
    limit: float
    labels: dict[str, Label]
    by_lane: dict[int, list[Label]]

    def put(self, bar: Bar, label: Label) -> None:
        self.labels[bar.id] = label
        self.by_lane[bar.lane].append(label)


def letters(
    bodies: Mapping[str, Body],
    weave: Weave,
    geometry: Geometry,
    boxes: Mapping[str, Box],
    xs: Sequence[float],
    limit: float,
    home: str = "",
) -> dict[str, Label]:
    """The labels by the body they name. ``xs`` are where the connectors run."""
    lines: dict[int, list[float]] = defaultdict(list)
    for one, x in zip(geometry.connectors, xs, strict=True):
        low, high = sorted((one.from_lane, one.to_lane))
        for lane in range(low + 1, high + 1):
            lines[lane].append(x)
    for passing in lines.values():
        passing.sort()
    sheet = _Sheet(bodies, boxes, lines, limit, {}, defaultdict(list))
    telling = codes(bodies, weave, home)
    cramped = []
    aside: dict[str, float] = {}  # labels that leave room for the one before them
    for i, bar in enumerate(geometry.bars):
        box, body = boxes[bar.id], bodies[bar.id]
        bare = least(body, code=False)
        start, room = round(max(box.x + 1, aside.get(bar.id, 0.0)), 1), limit
        if i + 1 < len(geometry.bars) and geometry.bars[i + 1].lane == bar.lane:
            after = geometry.bars[i + 1]
            need = start + bare.width + APART
            room = boxes[after.id].x
            if _can_step_aside(boxes[after.id], need, least(bodies[after.id]).width):
                room = max(room, need)
                aside[after.id] = room
            room -= APART
        place = Place(start, max(box.right, start), room, lines.get(bar.lane, ()))
        label = letter(body, place, code=telling[bar.id])
        if label is None or label.head not in (body.name, bare.head):
            cramped.append((bar, label))
            continue
        sheet.put(bar, label.at(label.x, box.y - ABOVE))
    for bar, label in cramped:
        if label is not None:
            sheet.put(bar, label.at(label.x, boxes[bar.id].y - ABOVE))
    for bar, _ in cramped:
        _hang(sheet, bar)
    return sheet.labels


def _can_step_aside(after: Box, need: float, width: float) -> bool:
    """Can the next label in a lane begin as late as ``need``, and still stand on its own bar?"""
    return after.x < need <= min(after.x + ASIDE, after.right - width)


def _hang(sheet: _Sheet, bar: Bar) -> None:
    """Hang a label that found no room above its bar under it, where nothing is in the way."""
    box = sheet.boxes[bar.id]
    label = least(sheet.bodies[bar.id], LONGEST, code=False).at(box.x + 1, box.y + BELOW)
    if not label.head or label.x + label.width > sheet.limit:
        return
    below = Place(label.x, label.x, sheet.limit, sheet.lines.get(bar.lane + 1, ()))
    if not below.is_clear(label.x, label.width):
        return
    near = [*sheet.by_lane[bar.lane], *sheet.by_lane[bar.lane + 1]]
    if any(_collide(label, other) for other in near):
        return
    if bar.id in sheet.labels:
        sheet.by_lane[bar.lane].remove(sheet.labels[bar.id])
    sheet.put(bar, label)


def _collide(one: Label, other: Label) -> bool:
    return (
        abs(one.y - other.y) < LINE
        and one.x < other.x + other.width + APART
        and other.x < one.x + one.width + APART
    )


BESIDE = 8.0  # from the middle of a bar to the words beside it, where time runs down
STEP = 4.0  # in which a label looks for a clear place further down
LEADING = 13.0
MOST_LINES = 4


def letters_down(
    bodies: Mapping[str, Body],
    weave: Weave,
    geometry: Geometry,
    boxes: Mapping[str, Box],
    xs: Sequence[float],
    width: float,
) -> dict[str, tuple[Label, ...]]:
    """The labels where time runs down: beside their bars, in lines of at most ``width``."""
    passing: dict[int, list[float]] = defaultdict(list)
    for one, x in zip(geometry.connectors, xs, strict=True):
        low, high = sorted((one.from_lane, one.to_lane))
        for lane in range(low, high):
            passing[lane].append(x)
    for places in passing.values():
        places.sort()
    telling = codes(bodies, weave)
    found: dict[str, tuple[Label, ...]] = {}
    free = dict.fromkeys(range(geometry.lanes), 0.0)
    for i, bar in enumerate(geometry.bars):
        box, body = boxes[bar.id], bodies[bar.id]
        following = geometry.bars[i + 1] if i + 1 < len(geometry.bars) else None
        beyond = boxes[following.id].x if following and following.lane == bar.lane else float("inf")
        top = max(box.x, free[bar.lane])
        lines = _lines(body, width, max(box.right, box.x + LEADING), top, telling[bar.id])
        if not lines or (top > box.right and top > box.x) or top + LEADING - 3 > beyond:
            continue
        while len(lines) > 1 and top + len(lines) * LEADING > beyond:
            lines = lines[:1] if body.short else lines[:-1]
        places = passing[bar.lane]
        y, bottom = top, min(box.right, beyond)
        while y + len(lines) * LEADING <= bottom and not _is_clear(places, y, len(lines)):
            y += STEP
        if y + len(lines) * LEADING > bottom:
            y = top
        found[bar.id] = tuple(
            line.at(box.y + BESIDE, y + 10 + n * LEADING) for n, line in enumerate(lines)
        )
        free[bar.lane] = y + len(lines) * LEADING
    return found


def _is_clear(places: Sequence[float], y: float, lines: int) -> bool:
    return bisect_left(places, y - 1) == bisect_right(places, y + lines * LEADING)


def _lines(body: Body, width: float, bottom: float, top: float, code: bool) -> list[Label]:
    """The words of a label broken into lines, as many as there is height for."""
    suffix = country_code(body.countries) if code else ""
    most = max(1, min(MOST_LINES, int((bottom - top) / LEADING)))
    heads = _wrap(body.short or body.name, width, most)
    lines = [Label(head) for head in heads]
    if body.short and body.name != body.short and len(lines) < most:
        lines += [Label("", tail) for tail in _wrap(body.name, width, most - len(lines))]
    if suffix and lines:
        last = Label(lines[0].head, lines[0].tail, suffix)
        if last.width <= width:
            lines[0] = last
    return lines


def _wrap(text: str, width: float, most: int) -> list[str]:
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", SIZE) <= width:
            line = f"{line} {words.pop(0)}"
        if len(lines) + 1 == most and words:
            line = " ".join([line, *words])
            words = []
        lines.append(shorten(line, SIZE, width))
    return [line for line in lines if line]
