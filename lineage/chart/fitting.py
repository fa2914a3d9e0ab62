"""Which sheet a poster fits best: how many columns it has, and how long a year is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from lineage.chart.columns import fill, tallest
from lineage.chart.drawing import OVERHANG, SHEET, Scale
from lineage.chart.frame import MARGIN, Frame
from lineage.chart.sections import Block, Part
from lineage.chart.times import Timeline

RATIO = sqrt(2)  # of the width of an ISO A sheet to its height, landscape
GUTTER = 50.0  # pixels between columns
GAP = 16.0  # pixels between sections of a column
SCALES = (8.0, 10.0, 12.5, 17.0, 40.0)  # pixels a year that are tried first
STEPS = 5  # in which the scale is then made finer
MOST_COLUMNS = 12
LEAST = 1600.0  # pixels of a sheet's width, for its title and its last line
NEARLY = 1.04  # how much larger a sheet may be that has fewer columns


@dataclass
class Drawn:
    """Every section drawn at one scale."""

    scale: Scale
    line: Timeline
    blocks: list[Block]
    heights: list[float]

    @property
    def column(self) -> float:
        """The width of a column, in pixels: its years, and the labels that reach beyond them."""
        return (self.line.end - self.line.start) * self.scale.per_year + OVERHANG


def drawn_at(parts: Sequence[Part], line: Timeline, per_year: float) -> Drawn:
    """The sections drawn at a scale, in pixels a year."""
    scale = Scale(line.start, round(per_year, 2), SHEET)
    blocks = [part.block(scale) for part in parts]
    return Drawn(scale, line, blocks, [block.height for block in blocks])


@dataclass
class Sheet:
    """Sections poured into columns, and the pixels that the sheet takes for them."""

    drawn: Drawn
    frame: Frame
    columns: list[list[int]]
    width: float = 0.0  # of the columns and all round them
    height: float = 0.0

    @classmethod
    def of(cls, drawn: Drawn, frame: Frame, number: int) -> Sheet:
        """The sheet in at most ``number`` columns."""
        sheet = cls(drawn, frame, fill(drawn.heights, number, GAP))
        number = max(len(sheet.columns), 1)
        sheet.width = max(2 * MARGIN + number * drawn.column + (number - 1) * GUTTER, LEAST)
        sheet.height = frame.height(sheet.width) + tallest(drawn.heights, sheet.columns, GAP)
        return sheet

    @property
    def size(self) -> float:
        """The width of a sheet of ISO's ratio that holds this, in pixels."""
        return max(self.width, RATIO * self.height)

    @property
    def rank(self) -> tuple[float, float]:
        """The smaller the better; of two of one size, that on which a year is longer."""
        return self.size, -self.drawn.scale.per_year


def fit(parts: Sequence[Part], line: Timeline, frame: Frame, first: Drawn) -> Sheet:
    """The smallest sheet; one of fewer columns if it is nearly as small.

    ``first`` are the sections drawn at the first of :data:`SCALES`.
    """
    sheets = []
    most = min(MOST_COLUMNS, max(len(parts), 1))
    for scale in SCALES:
        drawn = first if scale == SCALES[0] else drawn_at(parts, line, scale)
        sheets += [Sheet.of(drawn, frame, number) for number in range(1, most + 1)]
    smallest = min(one.size for one in sheets)
    fitting = [one for one in sheets if one.size <= smallest * NEARLY]
    best = min(fitting, key=lambda one: (len(one.columns), *one.rank))
    at = SCALES.index(best.drawn.scale.per_year)
    low, high = SCALES[max(at - 1, 0)], SCALES[min(at + 1, len(SCALES) - 1)]
    number = len(best.columns)
    for _ in range(STEPS):
        middle = (low + high) / 2
        one = Sheet.of(drawn_at(parts, line, middle), frame, number)
        if one.width < one.size:
            low = middle
        else:
            high = middle
        best = min(best, one, key=lambda sheet: sheet.rank)
    return best
