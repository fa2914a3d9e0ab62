"""Columns of one height: what stands under what, in the order given."""

from __future__ import annotations

from collections.abc import Sequence


def fill(heights: Sequence[float], columns: int, gap: float) -> list[list[int]]:
    """The positions of ``heights`` in each of ``columns``, in their order, so that the tallest
    column is as low as can be. ``gap`` is the space between two in a column, in pixels.

    There may be fewer columns than asked for; none is empty.
    """
    if not heights:
        return []
    low, high = max(heights), sum(heights) + gap * len(heights)
    while high - low > 0.5:
        middle = (low + high) / 2
        if len(_poured(heights, middle, gap)) <= columns:
            high = middle
        else:
            low = middle
    return _poured(heights, high, gap)


def tallest(heights: Sequence[float], columns: Sequence[Sequence[int]], gap: float) -> float:
    """The height of the tallest column, in pixels."""
    return max((reach(heights, column, gap) for column in columns), default=0.0)


def reach(heights: Sequence[float], column: Sequence[int], gap: float) -> float:
    """The height of a column, in pixels."""
    return sum(heights[i] for i in column) + gap * (len(column) - 1)


def _poured(heights: Sequence[float], most: float, gap: float) -> list[list[int]]:
    """Columns filled one after another, each to ``most`` pixels."""
    columns: list[list[int]] = [[]]
    y = 0.0
    for i, height in enumerate(heights):
        if columns[-1] and y + gap + height > most + 1e-6:
            columns.append([])
        y = y + gap + height if columns[-1] else height
        columns[-1].append(i)
    return columns
