"""The drawing: a geometry in pixels, with everything that the SVG template prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from lineage.chart import marks
from lineage.chart.bodies import Body, clean
from lineage.chart.geometry import Bar, Connector, Geometry
from lineage.chart.labelling import codes, letters
from lineage.chart.lettering import APART, LONGEST, SIZE, Label, least, shorten
from lineage.chart.paths import Box, Line, beside, draw_line
from lineage.chart.threads import Weave
from lineage.chart.times import FADE, Timeline

LANE = 28.0
TOP = 34.0
BAR = 20.0  # from the top of a lane to the middle of its bars
BETWEEN = 12.0  # extra space between families
SIDE = 18.0
FOOT = 24.0  # the second axis of a tall drawing, or the space below a low one
TALL = 20  # lanes
OVERHANG = 110.0  # how far a last label may reach beyond the last year
NARROW, WIDE = 9.0, 16.0  # pixels a year
BESIDE = 10.0  # pixels between one thread and the next in its lane


@dataclass(frozen=True, slots=True)
class Scale:
    """From decimal years to pixels."""

    start: float
    per_year: float

    def x(self, year: float) -> float:
        return SIDE + (year - self.start) * self.per_year

    def years(self, pixels: float) -> float:
        return pixels / self.per_year


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Fade:
    """A veil over the part of a bar that is not known: ``way`` is start, end or vague."""

    way: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar as drawn; ``x`` and ``y`` are its corner."""

    id: str
    url: str
    title: str
    classes: str
    kind: str
    countries: str
    start: float
    end: float
    x: float
    y: float
    width: float
    height: float
    colour: str
    fill: str
    undated: bool
    is_focus: bool
    label: Label | None
    hit: tuple[float, float, float, float]  # x, y, width and height of what answers a pointer
    fades: tuple[Fade, ...]
    arrow: str
    claim: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All that ``lineage/chart.svg`` prints; ``prefix`` keeps its ids apart in a page."""

    geometry: Geometry
    prefix: str
    title: str
    description: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    foot: float | None
    ticks: tuple[Tick, ...]
    bars: tuple[Mark, ...]
    connectors: tuple[Line, ...]
    legend: tuple[marks.Entry, ...]


def choose_scale(bodies: Mapping[str, Body], weave: Weave, line: Timeline) -> Scale:
    """Pixels a year, so that most names in chains have room and short spans fill a page."""
    span = max(line.end - line.start, 1.0)
    crowd = [11.0]
    for thread in weave.threads:
        for name, following in zip(thread.bodies, thread.bodies[1:], strict=False):
            years = line.spans[following].start - line.spans[name].start
            crowd.append((least(bodies[name], code=False).width + APART) / max(years, 0.1))
    crowd.sort()
    per_year = min(max(crowd[int(len(crowd) * 0.8)], NARROW), WIDE)
    per_year = max(per_year, min(720 / span, 40.0))
    return Scale(line.start, round(min(per_year, max(6000 / span, 0.5)), 2))


def keep_free(
    bodies: Mapping[str, Body], weave: Weave, line: Timeline, scale: Scale
) -> dict[int, tuple[float, float]]:
    """The years that each thread needs for itself: its bars, its last label, its connectors."""
    room: dict[int, tuple[float, float]] = {}
    limit = scale.x(line.end) + OVERHANG
    telling = codes(bodies, weave)
    for i, thread in enumerate(weave.threads):
        last = thread.bodies[-1]
        x = scale.x(line.spans[last].start) + 1
        label = least(bodies[last], min(LONGEST, limit - x), code=telling[last])
        after = scale.start + scale.years(x + label.width - SIDE)
        # What has no date stands apart from what has, below it.
        room[i] = (thread.start, max(thread.end, after, thread.end if thread.dated else line.end))
    for link in weave.links:
        for i in (link.source, link.target):
            start, end = room[i]
            room[i] = (min(start, link.at), max(end, link.at))
    margin = scale.years(BESIDE)
    return {i: (start, end + margin) for i, (start, end) in room.items()}


def draw_chart(
    bodies: Mapping[str, Body],
    weave: Weave,
    geometry: Geometry,
    scale: Scale,
    *,
    focus: str | None,
    prefix: str,
    title: str,
    names: Mapping[str, str],
) -> Chart:
    """Everything in its place, in pixels."""
    rows = _rows(geometry, weave)
    boxes = {
        bar.id: Box(
            scale.x(bar.start),
            scale.x(bar.end),
            rows[bar.lane],
            marks.thickness(bodies[bar.id].kind),
        )
        for bar in geometry.bars
    }
    xs = beside(geometry.connectors, [scale.x(one.at) for one in geometry.connectors])
    lines = tuple(
        draw_line(one, x, boxes[one.source], boxes[one.target], _change(one, bodies))
        for one, x in zip(geometry.connectors, xs, strict=True)
    )
    right = scale.x(geometry.end)
    labels = letters(bodies, weave, geometry, boxes, xs, right + OVERHANG)
    palette = marks.colours(bodies.values())
    bars = tuple(
        _mark(bar, bodies[bar.id], boxes[bar.id], scale, palette, labels.get(bar.id), focus)
        for bar in geometry.bars
    )
    ends = [label.x + label.width + 8 for label in labels.values()]
    width = ceil(max([right + SIDE, *ends]))
    bottom = max(rows, default=TOP + LANE) + LANE - BAR + 10
    tall = geometry.lanes >= TALL
    found = marks.meanings(bodies, geometry.bars, geometry.connectors, names)
    below = bottom + (FOOT if tall else 4)
    legend, height = marks.legend(found, SIDE, width - SIDE, below + 6)
    return Chart(
        geometry=geometry,
        prefix=prefix,
        title=clean(title) or _title(bodies, geometry, focus),
        description=_description(geometry),
        width=width,
        height=ceil(below + height + 12),
        left=SIDE,
        right=round(right, 1),
        top=TOP,
        bottom=bottom,
        foot=bottom + 15 if tall else None,
        ticks=_ticks(geometry, scale),
        bars=bars,
        connectors=lines,
        legend=legend,
    )


def _rows(geometry: Geometry, weave: Weave) -> list[float]:
    """The middle of the bars of each lane. Where one family ends and another begins is a space."""
    lane_of = {bar.id: bar.lane for bar in geometry.bars}
    family = weave.families()
    spans: dict[int, list[int]] = {}
    for name, lane in lane_of.items():
        span = spans.setdefault(family[weave.of[name]], [lane, lane])
        span[:] = min(span[0], lane), max(span[1], lane)
    wide = [(first, last) for first, last in spans.values() if last > first]
    joined = {lane for first, last in wide for lane in range(first + 1, last + 1)}
    edges = {lane for first, last in wide for lane in (first, last + 1)}
    rows, y = [], TOP + BAR
    for lane in range(geometry.lanes):
        y += BETWEEN if lane and lane in edges - joined else 0.0
        rows.append(y)
        y += LANE
    return rows


def _mark(
    bar: Bar,
    body: Body,
    box: Box,
    scale: Scale,
    palette: Mapping[str, str],
    label: Label | None,
    focus: str | None,
) -> Mark:
    colour = marks.colour(body, palette)
    states = {
        "open-start": bar.open_start,
        "open-end": bar.open_end,
        "vague-end": bar.vague_end,
        "living": bar.living,
        "undated": not bar.dated,
        "claims": body.claims,
        "focus": bar.id == focus,
    }
    half, right = box.height / 2, box.right
    arrow = f"M{right:.1f} {box.y - half - 1.5:.1f}l7 {half + 1.5:.1f}l-7 {half + 1.5:.1f}z"
    claim = f"M{box.x + 9:.1f} {box.y - 2.5:.1f}l2.5 2.5l-2.5 2.5l-2.5 -2.5z"
    return Mark(
        id=clean(body.id),
        url=clean(body.url),
        title=_words(bar, body),
        classes=" ".join([colour, *(s for s, is_so in states.items() if is_so)]),
        kind=clean(body.kind),
        countries=clean(" ".join(body.countries)),
        start=bar.start,
        end=bar.end,
        x=round(box.x, 1),
        y=round(box.y - half, 1),
        width=round(max(right - box.x, 1.0), 1),
        height=box.height,
        colour=colour,
        fill=marks.COLOURS[colour],
        undated=not bar.dated,
        is_focus=bar.id == focus,
        label=label,
        hit=_hit(box, label),
        fades=_fades(bar, box, scale),
        arrow=arrow if bar.living else "",
        claim=claim if body.claims else "",
    )


def _hit(box: Box, label: Label | None) -> tuple[float, float, float, float]:
    top, foot, right = box.y - 12, box.y + 7, box.right
    if label:
        top, foot = min(top, label.y - SIZE), max(foot, label.y + 3)
        right = max(right, label.x + label.width)
    return round(box.x, 1), round(top, 1), round(right - box.x, 1), round(foot - top, 1)


def _fades(bar: Bar, box: Box, scale: Scale) -> tuple[Fade, ...]:
    if not bar.dated:
        return ()
    width = box.right - box.x
    reach = min(FADE * scale.per_year, width / 2 if bar.open_start else width)
    fades = []
    if bar.open_start:
        fades.append(Fade("start", round(box.x - 1, 1), round(reach + 1, 1)))
    if bar.open_end or bar.vague_end:
        way = "end" if bar.open_end else "vague"
        fades.append(Fade(way, round(box.right - reach, 1), round(reach + 1, 1)))
    return tuple(fades)


def _ticks(geometry: Geometry, scale: Scale) -> tuple[Tick, ...]:
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500)
    step = next((step for step in steps if step * scale.per_year >= 90), 1000)
    first = int(-(-geometry.start // step) * step)
    years = range(first, int(geometry.end) + 1, step)
    return tuple(Tick(round(scale.x(year), 1), str(year)) for year in years)


def _words(bar: Bar, body: Body) -> str:
    """What a bar is called by a tooltip and a screen reader."""
    name = body.name
    if body.short and body.short != body.name:
        name = f"{name} ({body.short})"
    parts = [name, " ".join(body.countries), body.years]
    if not bar.dated:
        parts.append("no date is known")
    elif bar.open_end:
        parts.append("no end date is known")
    elif bar.living:
        parts.append("still exists")
    if body.claims:
        parts.append("claims to continue an earlier body")
    return clean(", ".join(part for part in parts if part))


def _change(one: Connector, bodies: Mapping[str, Body]) -> str:
    words = f"{one.kind}: {bodies[one.source].name} → {bodies[one.target].name}"
    return clean(f"{words} (disputed)" if one.disputed else words)


def _title(bodies: Mapping[str, Body], geometry: Geometry, focus: str | None) -> str:
    if focus is not None and focus in bodies:
        return clean(f"{shorten(bodies[focus].name, SIZE, 600)} in its family tree")
    count = len(bodies)
    return f"Family tree of {count} organisation{'' if count == 1 else 's'}"


def _description(geometry: Geometry) -> str:
    if not geometry.bars:
        return "There is nothing to draw."
    first = min(bar.start for bar in geometry.bars)
    return (
        f"Time runs from left to right, from {int(first)} to {int(geometry.end)}. Each "
        f"organisation is a bar; a line joins it to what came of it. "
        f"{len(geometry.bars)} bars, {len(geometry.connectors)} lines."
    )
