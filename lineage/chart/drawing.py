"""The drawing: a geometry in pixels, with everything that the SVG prints."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf

from lineage.chart import marks
from lineage.chart.bodies import Body, Membership, clean
from lineage.chart.geometry import Bar, Connector, Geometry
from lineage.chart.labelling import LEADING, codes, letters, letters_down
from lineage.chart.lettering import APART, LONGEST, SIZE, Label, least, shorten
from lineage.chart.paths import Box, Pen, beside, draw_line
from lineage.chart.sheet import Band, Chart, Mark, More, Tick, Veil
from lineage.chart.threads import Weave
from lineage.chart.times import FADE, Timeline, moment

TOP = 34.0
BETWEEN = 12.0  # extra space between families
SIDE = 18.0
FOOT = 24.0  # the second axis of a tall drawing, or the space below a low one
TALL = 20  # lanes
OVERHANG = 110.0  # how far a last label may reach beyond the last year
NARROW, WIDE = 9.0, 16.0  # pixels a year
BESIDE = 10.0  # pixels between one thread and the next in its lane


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is laid: ``lane`` and ``bar`` in pixels across time, from a lane's edge."""

    time: str
    lane: float
    bar: float
    margin: float  # before the first year
    edge: float  # before the first lane


ACROSS = Layout("across", 28.0, 20.0, SIDE, TOP)
DOWN = Layout("down", 104.0, 8.0, 22.0, 46.0)
SHEET = Layout("across", 25.0, 19.0, 0.0, 0.0)  # a part of a larger sheet, which has the axis
LAYOUTS = {layout.time: layout for layout in (ACROSS, DOWN)}


@dataclass(frozen=True, slots=True)
class Scale:
    """From decimal years to pixels along time."""

    start: float
    per_year: float
    layout: Layout = ACROSS

    def x(self, year: float) -> float:
        return self.layout.margin + (year - self.start) * self.per_year

    def years(self, pixels: float) -> float:
        return pixels / self.per_year


@dataclass(frozen=True)
class Common:
    """What the drawings of one sheet share: ``palette`` and the ``tints`` of internationals, where
    they have one; and what this one is headed by, which its labels need not repeat.
    """

    palette: marks.Palette | None = None
    tints: Mapping[str, str] = field(default_factory=dict)
    home: str = ""  # a country's code


@dataclass(frozen=True)
class Wishes:
    """What a drawing is asked to show and to be called."""

    focus: str | None = None
    prefix: str = "chart"
    title: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    colour: str = "country"
    memberships: Sequence[Membership] = ()
    drawn: str = ""
    common: Common | None = None


def choose_scale(
    bodies: Mapping[str, Body],
    weave: Weave,
    line: Timeline,
    layout: Layout = ACROSS,
    within: float = inf,
) -> Scale:
    """Pixels a year, so that most names in chains have room and short spans fill a page.

    Across a page so few that it is no wider than ``within``, in pixels, where it can be.
    """
    span = max(line.end - line.start, 1.0)
    if layout is DOWN:
        return Scale(
            line.start,
            round(min(max(11.0, min(480 / span, 40.0)), max(9000 / span, 0.5)), 2),
            layout,
        )
    crowd = [11.0]
    for thread in weave.threads:
        for name, following in zip(thread.bodies, thread.bodies[1:], strict=False):
            years = line.spans[following].start - line.spans[name].start
            crowd.append((least(bodies[name], code=False).width + APART) / max(years, 0.1))
    crowd.sort()
    per_year = min(
        crowd[int(len(crowd) * 0.8)], WIDE, (within - layout.margin - OVERHANG - BESIDE) / span
    )
    per_year = max(per_year, NARROW)
    per_year = max(per_year, min(720 / span, 40.0))
    return Scale(line.start, round(min(per_year, max(6000 / span, 0.5)), 2))


def keep_free(
    bodies: Mapping[str, Body], weave: Weave, line: Timeline, scale: Scale, home: str = ""
) -> dict[int, tuple[float, float]]:
    """The years that each thread needs for itself: its bars, its last label, its connectors."""
    room: dict[int, tuple[float, float]] = {}
    limit = scale.x(line.end) + OVERHANG
    telling = codes(bodies, weave, home)
    for i, thread in enumerate(weave.threads):
        last = thread.bodies[-1]
        start = line.spans[last].start
        if scale.layout is DOWN:
            after = start + scale.years(LEADING + 2)
        else:
            x = scale.x(start) + 1
            label = least(bodies[last], min(LONGEST, limit - x), code=telling[last])
            after = start + scale.years(1 + label.width)
        # What has no date stands apart from what has, below it.
        room[i] = (thread.start, max(thread.end, after, thread.end if thread.dated else line.end))
    for link in weave.links:
        for i in (link.source, link.target):
            start, end = room[i]
            if link.at < start or link.at > end:
                room[i] = (min(start, link.at), max(end, link.at))
    margin = scale.years(BESIDE)
    return {i: (start, end + margin) for i, (start, end) in room.items()}


def draw_chart(
    bodies: Mapping[str, Body], weave: Weave, geometry: Geometry, scale: Scale, wishes: Wishes
) -> Chart:
    """Everything in its place, in pixels."""
    layout, down = scale.layout, scale.layout is DOWN
    pen = Pen(down=down)
    rows = _rows(geometry, weave, layout)
    boxes = {
        bar.id: Box(
            scale.x(bar.start), scale.x(bar.end), rows[bar.lane], marks.thickness(bodies[bar.id])
        )
        for bar in geometry.bars
    }
    xs = beside(geometry.connectors, [scale.x(one.at) for one in geometry.connectors])
    lines = tuple(
        draw_line(pen, one, x, boxes[one.source], boxes[one.target], _change(one, bodies))
        for one, x in zip(geometry.connectors, xs, strict=True)
    )
    end = scale.x(geometry.end)
    labels: Mapping[str, tuple[Label, ...]]
    if down:
        labels = letters_down(bodies, weave, geometry, boxes, xs, layout.lane - 20)
    else:
        home = wishes.common.home if wishes.common else ""
        across = letters(bodies, weave, geometry, boxes, xs, end + OVERHANG, home)
        labels = {name: (label,) for name, label in across.items()}
    palette = (wishes.common and wishes.common.palette) or (
        marks.Palette.by_family(bodies, marks.lines_of(weave))
        if wishes.colour == "family"
        else marks.Palette.by_country(bodies, wishes.names)
    )
    sheet = _Sheet(bodies, geometry, scale, pen, boxes, labels, palette, wishes)
    bands, told = sheet.bands()
    found = marks.meanings(bodies, geometry.bars, geometry.connectors, palette, told)
    tall = geometry.lanes >= TALL
    far = max(rows, default=layout.edge + layout.lane) + layout.lane - layout.bar + 10
    if down:
        ends = [label.y for ones in labels.values() for label in ones]
        reach = max([end + SIDE, *(y + 12 for y in ends)])
        width, below = max(ceil(far), 340), reach + 4
    else:
        ends = [label.x + label.width + 8 for ones in labels.values() for label in ones]
        width, below = ceil(max([end + SIDE, *ends])), far + (FOOT if tall else 4)
    legend, height = marks.legend(found, SIDE, width - SIDE, below + 6)
    return Chart(
        geometry=geometry,
        prefix=wishes.prefix,
        title=clean(wishes.title) or _title(bodies, geometry, wishes.focus),
        description=_description(geometry, layout),
        time=layout.time,
        width=width,
        height=ceil(below + height + (30 if wishes.drawn else 12)),
        origin=layout.margin,
        per_year=scale.per_year,
        near=layout.edge,
        far=far,
        second=far + 15 if tall and not down else None,
        ticks=ticks(geometry.start, geometry.end, scale),
        bands=bands,
        bars=tuple(sheet.mark(bar) for bar in geometry.bars),
        connectors=lines,
        legend=legend,
        drawn=wishes.drawn,
    )


def _rows(geometry: Geometry, weave: Weave, layout: Layout) -> list[float]:
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
    rows, y = [], layout.edge + layout.bar
    for lane in range(geometry.lanes):
        y += BETWEEN if lane and lane in edges - joined else 0.0
        rows.append(y)
        y += layout.lane
    return rows


@dataclass
class _Sheet:
    """What every bar is drawn by."""

    bodies: Mapping[str, Body]
    geometry: Geometry
    scale: Scale
    pen: Pen
    boxes: Mapping[str, Box]
    labels: Mapping[str, tuple[Label, ...]]
    palette: marks.Palette
    wishes: Wishes

    def rectangle(
        self, x: float, y: float, length: float, height: float
    ) -> tuple[float, float, float, float]:
        """``x, y, width, height`` on the sheet of what begins at ``x`` along time."""
        x, y, length = round(x, 1), round(y, 1), round(length, 1)
        return (y, x, height, length) if self.pen.down else (x, y, length, height)

    def mark(self, bar: Bar) -> Mark:
        """A bar with all that belongs to it."""
        body, box = self.bodies[bar.id], self.boxes[bar.id]
        labels = self.labels.get(bar.id, ())
        colour = self.palette.classes[bar.id]
        classes = [colour]
        for state, is_so in (
            ("open-start", bar.open_start),
            ("open-end", bar.open_end),
            ("vague-end", bar.vague_end),
            ("living", bar.living),
            ("undated", not bar.dated),
            ("claims", body.claims),
            ("focus", bar.id == self.wishes.focus),
        ):
            if is_so:
                classes.append(state)
        half, right, pen = box.height / 2, box.right, self.pen
        arrow = claim = ""
        if bar.living:
            wing = half + 1.5
            points = (right, box.y - wing), (right + 7, box.y), (right, box.y + wing)
            arrow = pen.shape(*points)
        if body.claims:
            x = box.x + 9
            claim = pen.shape(
                (x, box.y - 2.5), (x + 2.5, box.y), (x, box.y + 2.5), (x - 2.5, box.y)
            )
        x, y, width, height = self.rectangle(
            box.x, box.y - half, max(right - box.x, 1.0), box.height
        )
        return Mark(
            id=clean(body.id),
            url=clean(body.url),
            title=_words(bar, body),
            classes=" ".join(classes),
            kind=clean(body.kind),
            countries=clean(" ".join(body.countries)),
            start=bar.start,
            end=bar.end,
            x=x,
            y=y,
            width=width,
            height=height,
            colour=colour,
            fill=marks.FILLS[colour],
            undated=not bar.dated,
            is_focus=bar.id == self.wishes.focus,
            labels=labels,
            hit=self._hit(box, labels),
            veils=self._veils(bar, box),
            arrow=arrow,
            claim=claim,
            more=self._more(body, box) if body.more_before or body.more_after else (),
        )

    def _hit(self, box: Box, labels: Sequence[Label]) -> tuple[float, float, float, float]:
        if self.pen.down:
            left, top, foot = box.y - 8, box.x, box.right
            right = box.y + 8
            for label in labels:
                right, foot = max(right, label.x + label.width), max(foot, label.y + 3)
            return round(left, 1), round(top, 1), round(right - left, 1), round(foot - top, 1)
        top, foot, right = box.y - 12, box.y + 7, box.right
        for label in labels:
            top, foot = min(top, label.y - SIZE), max(foot, label.y + 3)
            right = max(right, label.x + label.width)
        return round(box.x, 1), round(top, 1), round(right - box.x, 1), round(foot - top, 1)

    def _veils(self, bar: Bar, box: Box) -> tuple[Veil, ...]:
        gaps = self.bodies[bar.id].gaps
        if not bar.dated or not (bar.open_start or bar.open_end or bar.vague_end or gaps):
            return ()
        width = box.right - box.x
        reach = min(FADE * self.scale.per_year, width / 2 if bar.open_start else width)
        y = box.y - box.height / 2
        veils = []
        for since, until in gaps:
            start = max(_moment(since, bar.start), bar.start)
            length = self.scale.x(min(_moment(until, bar.end), bar.end)) - self.scale.x(start)
            if length > 0:
                place = self.rectangle(self.scale.x(start), y + 1, length, box.height - 2)
                veils.append(Veil("gap", *place))
        if bar.open_start:
            doubt = 0.0 if bar.sure is None else self.scale.x(bar.sure) - box.x
            length = max(reach, min(doubt, width)) + 1
            veils.append(Veil("start", *self.rectangle(box.x - 1, y, length, box.height)))
        if bar.open_end or bar.vague_end:
            way = "end" if bar.open_end else "vague"
            veils.append(Veil(way, *self.rectangle(box.right - reach, y, reach + 1, box.height)))
        return tuple(veils)

    def _more(self, body: Body, box: Box) -> tuple[More, ...]:
        """A plus at the end where kin are hidden."""
        found = []
        name = body.short or body.name
        for side, count, x in (
            ("before", body.more_before, box.x - 9),
            ("after", body.more_after, box.right + 15),
        ):
            if not count:
                continue
            what = "predecessor" if side == "before" else "successor"
            words = f"{count} more {what}{'' if count == 1 else 's'} of {name}: show"
            d = self.pen.at(x - 4.5, box.y) + self.pen.along(x + 4.5)
            d += self.pen.at(x, box.y - 4.5) + self.pen.across(box.y + 4.5)
            place = (box.y, x) if self.pen.down else (x, box.y)
            url = clean(body.more_url or body.url)
            found.append(More(side, url, clean(words), round(place[0], 1), round(place[1], 1), d))
        return tuple(found)

    def bands(self) -> tuple[tuple[Band, ...], list[tuple[str, str]]]:
        """The grounds of the internationals that most of these bodies belonged to, and what
        their colours mean."""
        ours = [one for one in self.wishes.memberships if one.body in self.boxes]
        tint = self.wishes.common.tints if self.wishes.common else tints_of(ours)
        layout, geometry, found = self.scale.layout, self.geometry, []
        places: dict[str, list[tuple[float, float]]] = defaultdict(list)
        bars = {bar.id: bar for bar in geometry.bars}
        for one in sorted(ours, key=lambda one: (one.body, one.international, str(one.since))):
            if one.international not in tint:
                continue
            bar, box = bars[one.body], self.boxes[one.body]
            start = _moment(one.since, bar.start)
            end = _moment(one.until, bar.end)
            start, end = max(start, bar.start), min(end, bar.end)
            if start >= end or any(a < end and start < b for a, b in places[one.body]):
                continue
            places[one.body].append((start, end))
            x, right = self.scale.x(start), self.scale.x(end)
            edge = box.y - layout.bar + (4.0 if layout is not DOWN else -2.0)
            words = clean(f"{bodies_name(self.bodies, one.body)} in {one.name}")
            colour = tint[one.international]
            found.append(
                Band(
                    clean(one.international), clean(one.body), words,
                    *self.rectangle(x, edge, right - x, layout.lane),
                    colour, marks.FILLS[colour],
                )
            )  # fmt: skip
        names = {one.international: one.name for one in ours}
        shown = {band.international for band in found}
        told = [(shorten(names[name], 12, 220), tint[name]) for name in tint if name in shown]
        return tuple(found), told


def tints_of(
    memberships: Sequence[Membership], tints: Iterable[str] = marks.TINTS
) -> dict[str, str]:
    """The classes of the grounds of the internationals that most of some bodies belonged to."""
    counts = Counter(one.international for one in memberships)
    common = sorted(counts, key=lambda name: (-counts[name], name))
    return dict(zip(common, tints, strict=False))


def bodies_name(bodies: Mapping[str, Body], name: str) -> str:
    """What a body is called in a short sentence."""
    return bodies[name].short or bodies[name].name


def _moment(bounds: tuple[object, object] | None, otherwise: float) -> float:
    return moment(bounds)[0] if bounds and any(bounds) else otherwise


def ticks(start: float, end: float, scale: Scale, apart: float = 90) -> tuple[Tick, ...]:
    """The years of an axis from one decimal year to another, at least ``apart`` pixels."""
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500)
    step = next((step for step in steps if step * scale.per_year >= apart), 1000)
    first = int(-(-start // step) * step)
    years = range(first, int(end) + 1, step)
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
    if one.leaves:
        words += ", which existed already"
    return clean(f"{words} (disputed)" if one.disputed else words)


def _title(bodies: Mapping[str, Body], geometry: Geometry, focus: str | None) -> str:
    if focus is not None and focus in bodies:
        return clean(f"{shorten(bodies[focus].name, SIZE, 600)} in its family tree")
    count = len(bodies)
    return f"Family tree of {count} organisation{'' if count == 1 else 's'}"


def _description(geometry: Geometry, layout: Layout) -> str:
    if not geometry.bars:
        return "There is nothing to draw."
    way = "down" if layout is DOWN else "from left to right"
    first = min(bar.start for bar in geometry.bars)
    return (
        f"Time runs {way}, from {int(first)} to {int(geometry.end)}. Each organisation is a bar; "
        f"a line joins it to what came of it. {len(geometry.bars)} bars, "
        f"{len(geometry.connectors)} lines."
    )
