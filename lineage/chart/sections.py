"""The sections of a poster: families under the country, or the internationals, that they are of.

A section is laid out by itself, on the timeline of the whole: it can then be drawn at any scale.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lineage.chart.bodies import Body
from lineage.chart.drawing import SHEET, Common, Scale, Wishes, draw_chart, keep_free
from lineage.chart.geometry import measure
from lineage.chart.lanes import pack
from lineage.chart.lettering import text_width
from lineage.chart.order import Family, Remembered, arrange_again, families
from lineage.chart.sheet import Chart
from lineage.chart.threads import Weave, weave
from lineage.chart.times import Timeline
from lineage.graph import Edge

INTERNATIONALS = "Internationals"
NOWHERE = "Without a country"
HEADING = 17.0  # size of the type of a section's heading
BOLD = 1.08  # how much wider bold letters are than those that widths are reckoned for
HEADED = 25.0  # what a heading takes that has no room beside the first bars


@dataclass(frozen=True, slots=True)
class Section:
    """Whole families under one heading. ``code`` is the country's, empty where there is none."""

    code: str
    heading: str
    bodies: frozenset[str]


def sections(
    bodies: Mapping[str, Body], weave: Weave, kin: Sequence[Family], names: Mapping[str, str]
) -> list[Section]:
    """All bodies: the internationals first, countries by name, what has no country at the end.

    ``kin`` are the connected families; ``names`` has the countries' names by code.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for family in kin:
        mine = [name for thread in family.threads for name in weave.threads[thread].bodies]
        found[_place(bodies, mine)].update(mine)
    headings = {place: names.get(place, place) for place in found}
    headings |= {INTERNATIONALS: INTERNATIONALS, "": NOWHERE}

    def rank(place: str) -> tuple[bool, bool, str]:
        return place != INTERNATIONALS, not place, headings[place]

    return [
        Section("" if place == INTERNATIONALS else place, headings[place], frozenset(found[place]))
        for place in sorted(found, key=rank)
    ]


def _place(bodies: Mapping[str, Body], family: Collection[str]) -> str:
    """Where most bodies of a family belong. An international has no country in this."""
    counts: Counter[str] = Counter()
    for name in family:
        body = bodies[name]
        if body.kind == "international":
            counts[INTERNATIONALS] += 1
        else:
            counts.update(body.countries or ("",))

    def rank(place: str) -> tuple[int, bool, bool, str]:
        return -counts[place], place != INTERNATIONALS, not place, place

    return min(counts, key=rank)


@dataclass(slots=True)
class Block:
    """A section drawn. It stands at ``y``, its ``chart`` ``inset`` pixels below that."""

    section: Section
    chart: Chart
    inset: float
    height: float
    x: float = 0.0
    y: float = 0.0


@dataclass
class Part:
    """A section before it has a scale."""

    section: Section
    bodies: dict[str, Body]
    edges: list[Edge]
    line: Timeline
    weave: Weave
    kin: list[Family]
    orders: list[list[int]]
    wishes: Wishes

    def block(self, scale: Scale) -> Block:
        """The section drawn."""
        room = keep_free(self.bodies, self.weave, self.line, scale, self.section.code)
        lanes = pack(self.kin, self.orders, room)
        placed = {name: lanes[i] for name, i in self.weave.of.items()}
        geometry = measure(placed, self.edges, self.line)
        chart = draw_chart(self.bodies, self.weave, geometry, scale, self.wishes)
        taken = text_width(self.section.heading, HEADING) * BOLD + 24
        inset = 4.0 if _is_free(chart, taken) else HEADED
        foot = max([chart.far, *(label.y + 4 for bar in chart.bars for label in bar.labels)])
        return Block(self.section, chart, inset, inset + foot)


def _is_free(chart: Chart, width: float) -> bool:
    """Is nothing drawn where a heading of that width stands beside the first bars?"""
    foot = SHEET.bar + 6
    ends = [bar.x for bar in chart.bars if bar.y <= foot or any(w.y < foot for w in bar.labels)]
    bars = {bar.id: bar for bar in chart.bars}
    for line in chart.connectors:
        if min(bars[line.source].y, bars[line.target].y) <= foot:
            ends.append(line.sign_x)
    return all(x >= width for x in ends)


def parts_of(
    bodies: Mapping[str, Body],
    edges: Sequence[Edge],
    line: Timeline,
    wishes: Wishes,
    common: Common,
    before: Remembered,
) -> Iterator[Part]:
    """The sections of all bodies, each with its families in their order."""
    whole = weave(edges, line)
    places = {body: (place, sign) for place, (body, sign) in enumerate(before)}
    for section in sections(bodies, whole, families(whole), wishes.names):
        mine = {name: body for name, body in bodies.items() if name in section.bodies}
        own = [i for i, edge in enumerate(edges) if edge.predecessor in mine]
        part = Timeline(
            {name: span for name, span in line.spans.items() if name in mine},
            [line.moments[i] for i in own],
            line.start,
            line.end,
        )
        changes = [edges[i] for i in own]
        threads = weave(changes, part)
        kin = families(threads)
        orders = [arrange_again(family, places) for family in kin]
        asked = replace(
            wishes,
            memberships=[one for one in wishes.memberships if one.body in mine],
            common=replace(common, home=section.code),
        )
        yield Part(section, mine, changes, part, threads, kin, orders, asked)
