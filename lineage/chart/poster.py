"""The poster: a whole movement on one sheet with the ratio of ISO A, landscape.

Sections (the internationals, then each country) stand under one another in columns. Every column
has the same axis of years, so that what stands side by side happened at one time. How many columns
there are, and how long a year is, follows from the record: of all sheets of that ratio the smallest
is taken, on which the letters are largest when it is printed.

Colour means one thing on all of the sheet: the internationals, each in the colour of the ground
behind those who belonged to it. Colours by country would say what the headings say; colours by line
would mean one thing in one section and another in the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from lineage.chart import marks
from lineage.chart.bodies import Body, Membership, clean, tidy
from lineage.chart.columns import reach, tallest
from lineage.chart.drawing import Common, Wishes, ticks, tints_of
from lineage.chart.fitting import GAP, RATIO, SCALES, Drawn, Sheet, drawn_at, fit
from lineage.chart.frame import FOOT, MARGIN, Frame, Meaning
from lineage.chart.order import Remembered
from lineage.chart.sections import Block, parts_of
from lineage.chart.sheet import Tick
from lineage.chart.times import timeline
from lineage.graph import Edge

YEARS = 60.0  # pixels at least between one year of an axis and the next
LOOSEST = 60.0  # pixels between sections of a column that has room left
NEAR = 400.0  # pixels at least from a column's end to where its years are told again


@dataclass(slots=True)
class Column:
    """``x`` is where its first year stands; year lines run from ``near`` to ``far``, in pixels.

    The years are told at both ends and over the sections at ``again``, so that they are never far.
    """

    x: float
    near: float
    far: float
    blocks: list[Block]
    again: list[float]


@dataclass(slots=True)
class Poster:
    """A sheet of ``width`` and ``height`` pixels. ``ticks`` are the years of every column, from
    its ``x``; ``span`` is how long all years are together; the legend stands at ``foot``.
    """

    prefix: str
    title: str
    subtitle: tuple[str, ...]
    description: str
    width: float
    height: float
    start: float
    end: float
    per_year: float
    span: float
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    foot: float
    legend: tuple[marks.Entry, ...]
    drawn: str
    licence: str

    def blocks(self) -> Iterator[Block]:
        """Every section in its order."""
        for column in self.columns:
            yield from column.blocks


@dataclass(frozen=True)
class Words:
    """What is printed round a poster's drawing."""

    title: str = ""
    licence: str = ""
    drawn: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # of countries, by code


def draw_poster(
    bodies: Iterable[Body],
    edges: Iterable[Edge],
    *,
    today: date,
    words: Words,
    prefix: str = "poster",
    colour: str = "international",
    memberships: Sequence[Membership] = (),
    before: Remembered = (),
) -> Poster:
    """The poster of ``bodies`` and of those ``edges`` that join two of them, as of ``today``.

    ``colour`` is "international", "country", or "family": by line within a section. ``before`` is
    the ``order`` of an earlier chart of the same bodies, where there is one.
    """
    known, changes = tidy(bodies, edges)
    line = timeline(known, changes, today)
    tints = tints_of([one for one in memberships if one.body in known], marks.SHEET_TINTS)
    palette = _palette(known, colour, tints, words.names)
    wishes = Wishes(prefix=prefix, colour=colour, memberships=memberships, names=words.names)
    parts = list(parts_of(known, changes, line, wishes, Common(palette, tints), before))
    drawn = drawn_at(parts, line, SCALES[0])
    grounds = _grounds(known, memberships, tints, drawn)
    under = _under(drawn, grounds=bool(grounds))
    frame = Frame(clean(words.title), under, (grounds, _signs(known, drawn, palette)))
    return _set(fit(parts, line, frame, drawn), words, prefix)


def _palette(
    bodies: Mapping[str, Body], colour: str, tints: Mapping[str, str], names: Mapping[str, str]
) -> marks.Palette | None:
    """The colours of the whole sheet; None where each section has its own."""
    if colour == "international":
        return marks.Palette.by_international(bodies, tints)
    return marks.Palette.by_country(bodies, names) if colour == "country" else None


def _grounds(
    bodies: Mapping[str, Body],
    memberships: Sequence[Membership],
    tints: Mapping[str, str],
    drawn: Drawn,
) -> list[Meaning]:
    """The internationals whose grounds are seen, the commonest first."""
    seen = {band.international for block in drawn.blocks for band in block.chart.bands}
    words = {one.international: one.name for one in memberships}
    for name in tints:
        body = bodies.get(name)
        if body and body.short:
            words[name] = f"{body.short} {body.name}"
    return [("tint", clean(words[name]), tint) for name, tint in tints.items() if name in seen]


def _signs(
    bodies: Mapping[str, Body], drawn: Drawn, palette: marks.Palette | None
) -> list[Meaning]:
    """What else is on the sheet."""
    bars = [bar for block in drawn.blocks for bar in block.chart.geometry.bars]
    changes = [one for block in drawn.blocks for one in block.chart.geometry.connectors]
    found = marks.meanings(bodies, bars, changes, palette or marks.Palette({}, ()))
    coloured = {mark.colour for block in drawn.blocks for mark in block.chart.bars}
    if palette is None and "c2" in coloured:
        found.insert(0, ("lines", "a colour for each great line of a section", "ink"))
    return found


def _set(sheet: Sheet, words: Words, prefix: str) -> Poster:
    """Everything in its place on the sheet."""
    drawn, frame = sheet.drawn, sheet.frame
    line, scale = drawn.line, drawn.scale
    width = ceil(sheet.size)
    body = tallest(drawn.heights, sheet.columns, GAP)
    height = ceil(max(frame.height(width) + body, width / RATIO))
    width = max(width, round(height * RATIO))
    legend, tall = frame.legend(width)
    far = height - frame.bottom(width)
    return Poster(
        prefix=prefix,
        title=frame.title,
        subtitle=tuple(frame.lines(width)),
        description=_description(sheet),
        width=width,
        height=height,
        start=line.start,
        end=line.end,
        per_year=scale.per_year,
        span=(line.end - line.start) * scale.per_year,
        ticks=ticks(line.start, line.end, scale, YEARS),
        columns=_columns(sheet, width, far),
        foot=height - MARGIN - FOOT - tall,
        legend=legend,
        drawn=words.drawn,
        licence=clean(words.licence),
    )


def _columns(sheet: Sheet, width: float, far: float) -> tuple[Column, ...]:
    """The columns between the margins, each section under the one before it."""
    top, drawn, number = sheet.frame.top(width), sheet.drawn, len(sheet.columns)
    spare = width - 2 * MARGIN - number * drawn.column
    gutter = spare / (number - 1) if number > 1 else 0.0
    left = MARGIN if number > 1 else MARGIN + spare / 2
    columns = []
    for i, members in enumerate(sheet.columns):
        x, y = round(left + i * (drawn.column + gutter), 1), top
        slack = far - top - reach(drawn.heights, members, GAP)
        gap = GAP + min(slack / max(len(members) - 1, 1), LOOSEST - GAP)
        blocks = [drawn.blocks[one] for one in members]
        for block in blocks:
            block.x, block.y = x, round(y, 1)
            y += block.height + gap
        columns.append(Column(x, top, far, blocks, _again(blocks, top, far)))
    return tuple(columns)


def _again(blocks: Sequence[Block], top: float, far: float) -> list[float]:
    """Where sections begin that are nearest to a third and to two thirds of a column's height."""
    inside = [block.y for block in blocks[1:] if top + NEAR < block.y < far - NEAR]
    thirds = (top + (far - top) * part / 3 for part in (1, 2))
    return sorted({min(inside, key=lambda y: abs(y - third)) for third in thirds if inside})


def _under(drawn: Drawn, *, grounds: bool) -> str:
    """What the sheet shows, for the line under its title."""
    bars = sum(len(block.chart.bars) for block in drawn.blocks)
    if not bars:
        return "There is nothing to draw."
    places = sum(bool(block.section.code) for block in drawn.blocks)
    found = f"{bars:,} organisation{'' if bars == 1 else 's'}"
    if places > 1:
        found += f" under {places} countries"
    found += ". Each is a bar from its beginning to its end; lines lead to what came of it."
    if grounds:
        found += " Coloured grounds stand behind those who belonged to an international, for as"
        found += " long as they did."
    return found


def _description(sheet: Sheet) -> str:
    blocks, line = sheet.drawn.blocks, sheet.drawn.line
    bars = sum(len(block.chart.bars) for block in blocks)
    if not bars:
        return "There is nothing to draw."
    lines = sum(len(block.chart.connectors) for block in blocks)
    return (
        f"Time runs from left to right in each of {len(sheet.columns)} columns, from"
        f" {int(line.start)} to {int(line.end)}. Each organisation is a bar; a line joins it to"
        f" what came of it. {bars} bars, {lines} lines, {len(blocks)} sections."
    )
