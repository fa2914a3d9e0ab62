"""Labels: how wide a text is, how it is shortened, and where each one stands.

A label stands just above its bar and begins where its name begins. It says as much as there is
room for: abbreviation and name; one of them; a shortened one; or nothing, when a name lasted too
short a time for a letter. The full name is always in the bar's title.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lineage.chart.advances import ADVANCES
from lineage.chart.bodies import Body

SIZE = 12.0  # of the label
SMALL = 9.5  # of the country code after it
SPACE = 4.0  # between the parts of a label
APART = 5.0  # between one label and what comes after it
LONGEST = 176.0  # as wide as a lane is kept free for a name without an abbreviation
FEWEST = 7  # letters that a shortened name must keep, its ellipsis among them
FARTHEST = 170.0  # from a bar's beginning to a label that had to step aside


@dataclass(slots=True)
class Label:
    """``head`` is the name or abbreviation; ``tail``, the name after an abbreviation."""

    head: str
    tail: str = ""
    code: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        width = text_width(self.head, SIZE) if self.head else 0.0
        if self.tail:
            width += (SPACE if self.head else 0.0) + text_width(self.tail, SIZE)
        if self.code:
            width += SPACE + text_width(self.code, SMALL)
        self.width = width

    def at(self, x: float, y: float = 0.0) -> Label:
        """The same label, standing there."""
        self.x, self.y = round(x, 1), round(y, 1)
        return self


def text_width(text: str, size: float) -> float:
    """The width of ``text`` in pixels at ``size``, rather too wide than too narrow."""
    return _hundredths(text) * size / 100


@lru_cache(maxsize=32768)
def _hundredths(text: str) -> int:
    return sum(map(ADVANCES.__getitem__, text))


def shorten(text: str, size: float, room: float) -> str:
    """``text`` if it fits in ``room``, else its beginning and an ellipsis, else nothing."""
    if text_width(text, size) <= room:
        return text
    left = room - text_width("…", size)
    kept = ""
    for letter in text:
        left -= ADVANCES[letter] * size / 100
        if left < 0:
            break
        kept += letter
    kept = kept.rstrip(" ,;:-–(/.'’")
    return f"{kept}…" if kept else ""


def wrap(text: str, size: float, room: float) -> list[str]:
    """``text`` in lines of whole words, each of at most ``room`` pixels where a word allows it."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def country_code(countries: Sequence[str]) -> str:
    """``GB``; for bodies of several countries the first ones and how many more there are."""
    if len(countries) <= 2:
        return " ".join(countries)
    return f"{countries[0]} +{len(countries) - 1}"


def least(body: Body, room: float = LONGEST, *, code: bool = True) -> Label:
    """The label that a lane is kept free for: the abbreviation, or as much of the name as fits."""
    suffix = country_code(body.countries) if code else ""
    label = Label(body.short or body.name, code=suffix)
    if label.width <= room:
        return label
    taken = SPACE + text_width(suffix, SMALL) if suffix else 0.0
    if room - taken >= 4 * SIZE:
        return Label(shorten(label.head, SIZE, room - taken), code=suffix)
    return Label(shorten(label.head, SIZE, room))


class Place(NamedTuple):
    """Where a label can stand: ``room`` ends at the next thing in its lane, ``bar`` with its bar.

    ``lines`` are the connectors that pass where labels of this lane stand, from left to right.
    """

    start: float
    bar: float
    room: float
    lines: Sequence[float]

    def is_clear(self, x: float, width: float) -> bool:
        return bisect_left(self.lines, x - 1) == bisect_right(self.lines, x + width + 1)


def letter(body: Body, place: Place, *, code: bool = True) -> Label | None:
    """The fullest label for ``body`` that fits, clear of connectors where it can be."""
    if not (body.name or body.short):
        return None
    suffix = country_code(body.countries) if code else ""
    width = place.room - place.start
    inside = min(width, place.bar - place.start)
    if body.short not in ("", body.name):
        label = Label(body.short, body.name, suffix)
        if label.width <= inside and place.is_clear(place.start, label.width):
            return label.at(place.start)
    label = Label(body.name or body.short, code=suffix)
    if label.width <= inside and place.is_clear(place.start, label.width):
        return label.at(place.start)
    plain = least(body, min(LONGEST, width), code=code)
    if not plain.head or _says_nothing(plain.head, body):
        return None
    if place.is_clear(place.start, plain.width):
        return plain.at(place.start)
    for line in place.lines[bisect_left(place.lines, place.start - 1) :]:
        x = line + SPACE
        if x > place.start + FARTHEST or x + plain.width > min(place.room, place.bar):
            break
        if place.is_clear(x, plain.width):
            return plain.at(x)
    bare = least(body, min(LONGEST, width), code=False)
    if place.is_clear(place.start, bare.width):
        return bare.at(place.start)
    return plain.at(place.start)


def _says_nothing(head: str, body: Body) -> bool:
    """Is it an abbreviation cut in two, or but a few letters of a name?"""
    cut = head not in (body.short, body.name)
    return cut and (bool(body.short) or len(head) < FEWEST)
