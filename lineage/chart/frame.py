"""What stands round the columns of a poster: the title over them, the legend under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lineage.chart import marks
from lineage.chart.lettering import wrap

MARGIN = 100.0  # pixels round everything
TITLE, UNDER = 92.0, 27.0  # sizes of the type of the title and of what stands under it
HEAD = 135.0  # of the title, and the space between it and the years
LEADING = 35.0  # of what stands under it
AXIS = 40.0  # of the years at the head of a column, and of those at its foot
LEGEND_GAP = 20.0  # from the years at the foot to the legend
LEGEND = 1.6  # how much larger the legend is set than a chart's
FOOT = 58.0  # of the last line: licence, date

Meaning = tuple[str, str, str]  # of a sign in the legend: mark, words, colour


@dataclass
class Frame:
    """``under`` is the sentence under the title; ``groups`` are what the legend explains."""

    title: str
    under: str
    groups: Sequence[Sequence[Meaning]]
    heights: dict[float, float] = field(default_factory=dict)  # by the width of the sheet

    def lines(self, width: float) -> list[str]:
        """The sentence under the title, on a sheet of that width."""
        return wrap(self.under, UNDER, width - 2 * MARGIN)

    def legend(self, width: float) -> tuple[tuple[marks.Entry, ...], float]:
        """Each group in rows of its own, at a chart's size; and the height that all take here."""
        entries: list[marks.Entry] = []
        y = 0.0
        for group in self.groups:
            rows, tall = marks.legend(group, 0.0, (width - 2 * MARGIN) / LEGEND, y)
            entries += rows
            y += tall
        return tuple(entries), y * LEGEND

    def top(self, width: float) -> float:
        """Where the columns begin, in pixels from the head of the sheet."""
        return MARGIN + HEAD + LEADING * len(self.lines(width)) + AXIS

    def bottom(self, width: float) -> float:
        """What lies below the columns, in pixels."""
        return AXIS + LEGEND_GAP + self.legend(width)[1] + FOOT + MARGIN

    def height(self, width: float) -> float:
        """All that stands over and under the columns, in pixels."""
        if width not in self.heights:
            self.heights[width] = self.top(width) + self.bottom(width)
        return self.heights[width]
