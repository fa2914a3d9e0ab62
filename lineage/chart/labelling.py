"""Which label each bar of a drawing gets, and where, so that none lies on another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lineage.chart.bodies import Body
from lineage.chart.geometry import Bar, Geometry
from lineage.chart.lettering import APART, LONGEST, Label, Place, least, letter
from lineage.chart.paths import Box
from lineage.chart.threads import Weave

ABOVE = 8.0  # from a label's foot to the middle of its bar
BELOW = 15.5  # from the middle of a bar to the foot of a label that hangs under it
ASIDE = 16.0  # how far a label may step aside for a short-lived name before it
LINE = 13.0  # labels whose feet are nearer than this must not share any width


def codes(bodies: Mapping[str, Body], weave: Weave) -> dict[str, bool]:
    """Whose label tells its country: nobody's where all share one; in a chain, where it changes."""
    shown = {body.countries for body in bodies.values() if body.kind != "international"}
    telling = dict.fromkeys(bodies, len(shown) > 1)
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
    telling = codes(bodies, weave)
    cramped = []
    aside: dict[str, float] = {}  # labels that leave room for the one before them
    for i, bar in enumerate(geometry.bars):
        box, body = boxes[bar.id], bodies[bar.id]
        start, room = round(max(box.x + 1, aside.get(bar.id, 0.0)), 1), limit
        if i + 1 < len(geometry.bars) and geometry.bars[i + 1].lane == bar.lane:
            after = geometry.bars[i + 1]
            need = start + least(body, code=False).width + APART
            room = boxes[after.id].x
            if _can_step_aside(boxes[after.id], need, least(bodies[after.id]).width):
                room = max(room, need)
                aside[after.id] = room
            room -= APART
        place = Place(start, max(box.right, start), room, lines.get(bar.lane, ()))
        label = letter(body, place, code=telling[bar.id])
        if label is None or label.head not in (body.name, least(body, code=False).head):
            cramped.append((bar, label))
            continue
        sheet.put(bar, replace(label, x=round(label.x, 1), y=round(box.y - ABOVE, 1)))
    for bar, label in cramped:
        if label is not None:
            y = round(boxes[bar.id].y - ABOVE, 1)
            sheet.put(bar, replace(label, x=round(label.x, 1), y=y))
    for bar, _ in cramped:
        _hang(sheet, bar)
    return sheet.labels


def _can_step_aside(after: Box, need: float, width: float) -> bool:
    """Can the next label in a lane begin as late as ``need``, and still stand on its own bar?"""
    return after.x < need <= min(after.x + ASIDE, after.right - width)


def _hang(sheet: _Sheet, bar: Bar) -> None:
    """Hang a label that found no room above its bar under it, where nothing is in the way."""
    box = sheet.boxes[bar.id]
    label = least(sheet.bodies[bar.id], LONGEST, code=False)
    label = replace(label, x=round(box.x + 1, 1), y=round(box.y + BELOW, 1))
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
