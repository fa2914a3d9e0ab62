"""A drawing as PNG or PDF, by Typst: one library that sets both from SVG, with fonts of our own."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import typst

from lineage.chart import Chart, Poster, write, write_poster
from lineage.chart.sheet import Mark
from lineage.printing.glyphs import FONTS, without_glyph

MOST_PIXELS = 40_000_000  # of a PNG: 160 MB while it is made
SHARP = 2  # pixels for each of the drawing's, where that is not too many
POINTS = 0.75  # of a PDF's page for each pixel of a drawing: 96 to the inch
LONGEST = 14_400.0  # points that a side of a page may have, for those who read PDF to the letter
AROUND = 100.0  # pixels that the title and the licence of a chart take, and a little more
WIDE = 700.0  # pixels of a chart from which its licence stands beside the date, not under it
BESIDE = 16.4  # pixels from the foot of a chart to the top of what stands beside its date
FORMS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}

log = logging.getLogger(__name__)

_COMMON = b"""#let given = sys.inputs
#let unit = eval(given.unit)
#set document(title: given.title, date: none)
#set text(font: ("Inter", "Noto Sans CJK JP"), fill: rgb("#1d1b18"))
#set par(spacing: 0pt)
#set block(spacing: 0pt)
#set page(width: eval(given.width), height: eval(given.height), margin: 0pt)
#set page(fill: rgb("#fbfaf6"))
#set image(format: "svg", width: 100%, alt: given.title)
"""
_POSTER = b'#image(bytes(given.drawing), height: 100%, fit: "contain")\n'
_CHART = b"""#let line(size, body) = block(inset: (x: 18 * unit), text(size: size * unit, body))
#v(20 * unit)
#line(22, strong(given.title))
#v(10 * unit)
#image(bytes(given.drawing))
#v(-eval(given.lift) * unit)
#line(11.5, text(fill: rgb("#5f594f"), given.licence))
#v(14 * unit)
"""


class TooLargeError(Exception):
    """A picture of more pixels than :data:`MOST_PIXELS`; the sentence says so."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawing made ready to print: its SVG, its size in pixels, and the names that it bears.

    ``licence`` stands under a chart, as its title stands over it; a poster holds both in itself.
    """

    svg: str
    title: str
    licence: str
    width: float
    height: float
    names: tuple[tuple[str, str], ...]  # whose, and what is printed
    is_poster: bool = False

    @classmethod
    def of(cls, drawing: Chart | Poster, licence: str = "") -> Paper:
        """A chart on a page that fits it, a poster on A0."""
        if isinstance(drawing, Poster):
            text, is_poster = write_poster(drawing), True
            bars = [bar for block in drawing.blocks() for bar in block.chart.bars]
        else:
            text, is_poster, bars = write(drawing, solid=True), False, list(drawing.bars)
        size = drawing.width, drawing.height
        return cls(text, drawing.title, licence, *size, tuple(_names(bars)), is_poster)

    def lost(self) -> dict[str, str]:
        """The characters that no font has, by the id of the body in whose name they are."""
        return without_glyph([("the title", self.title), *self.names])

    def printed(self, form: str) -> bytes:
        """The bytes of an ``svg``, a ``png`` or a ``pdf``. What no font has is told in the log."""
        if form == "svg":
            return self.svg.encode()
        lost = self.lost()
        if lost:
            log.warning("%s", told(lost))
        return self._png() if form == "png" else self._pdf()

    def _png(self) -> bytes:
        pixels = self.width * (self.height + (0 if self.is_poster else AROUND))
        if pixels > MOST_PIXELS:
            raise TooLargeError(
                f"This picture would have {pixels / 1e6:,.0f} million pixels; one has at most"
                f" {MOST_PIXELS // 1_000_000} million. Ask for the PDF or the SVG, or for a part."
            )
        height = f"{self.height}pt" if self.is_poster else "auto"
        zoom = SHARP if pixels * SHARP**2 <= MOST_PIXELS else 1
        return self._set("png", f"{self.width}pt", height, 1.0, 72 * zoom)

    def _pdf(self) -> bytes:
        if self.is_poster:
            return self._set("pdf", "1189mm", "841mm", 1.0)
        points = min(POINTS, LONGEST / max(self.width, self.height + AROUND))
        return self._set("pdf", f"{self.width * points:.2f}pt", "auto", points)

    def _set(
        self,
        form: Literal["png", "pdf"],
        width: str,
        height: str,
        points: float,
        ppi: float = 72,
    ) -> bytes:
        given = {
            "drawing": self.svg,
            "title": self.title,
            "licence": self.licence,
            "width": width,
            "height": height,
            "unit": f"{points}pt",
            "lift": str(BESIDE if self.width >= WIDE else 0),
        }
        source = _COMMON + (_POSTER if self.is_poster else _CHART)
        press: typst.Compiler = typst.Compiler(source, font_paths=_fonts(), sys_inputs=given)
        made = press.compile(format=form, ppi=ppi)
        if not isinstance(made, bytes):
            raise TypeError("a drawing came out as several pages")
        return made


@cache
def _fonts() -> typst.Fonts:
    """Ours alone: a drawing looks the same on every machine."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


def told(lost: dict[str, str]) -> str:
    """The sentence about characters that no font has."""
    each = "; ".join(f"{whose} ({characters})" for whose, characters in sorted(lost.items()))
    return (
        f"No font here has some characters, which are drawn as empty boxes: {each}. Add them to"
        f" lineage/printing/fonts."
    )


def _names(bars: Iterable[Mark]) -> list[tuple[str, str]]:
    return [
        (bar.id, part) for bar in bars for label in bar.labels for part in (label.head, label.tail)
    ]
