"""What a drawing holds when everything in it has its place, in pixels: what the SVG prints."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.chart.geometry import Geometry
from lineage.chart.lettering import Label
from lineage.chart.marks import Entry
from lineage.chart.order import Remembered
from lineage.chart.paths import Line


@dataclass(slots=True)
class Tick:
    """A year of the axis: ``at`` pixels along time."""

    at: float
    words: str


@dataclass(slots=True)
class Veil:
    """What lies over the part of a bar that is not known: ``way`` is start, end or vague;
    or, where the body was not active, gap."""

    way: str
    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class More:
    """A sign at a bar's beginning or end: more of its kin than is drawn. A link to that."""

    side: str  # before or after
    url: str
    words: str
    x: float
    y: float
    d: str


@dataclass(slots=True)
class Band:
    """A ground behind a bar for as long as its body belonged to an international."""

    international: str
    body: str
    words: str
    x: float
    y: float
    width: float
    height: float
    colour: str
    fill: str


@dataclass(slots=True)
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
    labels: tuple[Label, ...]
    hit: tuple[float, float, float, float]  # x, y, width and height of what answers a pointer
    veils: tuple[Veil, ...]
    arrow: str
    claim: str
    more: tuple[More, ...] = ()


@dataclass(slots=True)
class Chart:
    """A drawing. Time runs ``across`` or ``down`` the sheet; ``prefix`` keeps its ids apart.

    ``origin`` is where the first year stands along time, ``per_year`` the pixels of one. Lanes
    lie between ``near`` and ``far``; ``second`` is where a second axis stands, if one does.
    ``order`` is what the next drawing of the same bodies may begin from.
    """

    geometry: Geometry
    prefix: str
    title: str
    description: str
    time: str
    width: float
    height: float
    origin: float
    per_year: float
    near: float
    far: float
    second: float | None
    ticks: tuple[Tick, ...]
    bands: tuple[Band, ...]
    bars: tuple[Mark, ...]
    connectors: tuple[Line, ...]
    legend: tuple[Entry, ...]
    drawn: str  # when, in words
    order: Remembered = ()
