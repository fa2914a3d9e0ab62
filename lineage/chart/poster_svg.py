"""The poster as SVG text: the parts of a chart's drawing, set in columns on one sheet."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.chart.frame import LEGEND, MARGIN, TITLE, UNDER
from lineage.chart.lettering import text_width
from lineage.chart.poster import Column, Poster
from lineage.chart.sections import BOLD, HEADING, Block
from lineage.chart.svg import (
    FACES,
    INK,
    PAPER,
    RULE,
    SOFT,
    contents,
    entry,
    escape,
    gradients,
    solids,
)

YEAR, AGAIN, LAST = 15.0, 10.0, 20.0  # sizes of type, in pixels
GROUND = ".34"  # how opaque a ground is: on paper it is seen from afar


def write_poster(poster: Poster) -> str:
    """The SVG of a poster, one element after another."""
    return "".join(_parts(poster))


def _parts(poster: Poster) -> Iterator[str]:
    name = escape(poster.prefix)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lineage-chart poster" id="{name}"'
        f' width="{poster.width:g}" height="{poster.height:g}"'
        f' viewBox="0 0 {poster.width:g} {poster.height:g}" role="group"'
        f' aria-labelledby="{name}-title {name}-desc" data-time="across"'
        f' data-from="{poster.start:g}" data-to="{poster.end:g}"'
        f' data-per-year="{poster.per_year:g}" font-family="{FACES}" font-size="12"'
        f' fill="{INK}">\n<title id="{name}-title">{escape(poster.title)}</title>\n'
        f'<desc id="{name}-desc">{escape(poster.description)}</desc>\n<defs>\n'
    )
    yield from gradients(name, "across")
    yield from solids(name, (bar for one in poster.blocks() for bar in one.chart.bars), "across")
    yield (
        f'</defs>\n<rect class="paper" width="{poster.width:g}" height="{poster.height:g}"'
        f' fill="{PAPER}"/>\n'
    )
    yield from _head(poster)
    for column in poster.columns:
        yield from _axis(poster, column)
    for block in poster.blocks():
        yield from _block(block, poster, name)
    yield from _foot(poster, name)
    yield "</svg>"


def _head(poster: Poster) -> Iterator[str]:
    room = poster.width - 2 * MARGIN
    size = min(TITLE, room / max(text_width(poster.title, 1.0) * BOLD, 1.0))
    y = MARGIN + TITLE * 0.78
    yield (
        f'<text class="title" x="{MARGIN - 5:g}" y="{y:g}" font-size="{size:.4g}"'
        f' font-weight="700" letter-spacing="-2">{escape(poster.title)}</text>\n'
    )
    for line, words in enumerate(poster.subtitle):
        yield (
            f'<text class="subtitle" x="{MARGIN:g}" y="{y + (1.75 + 1.3 * line) * UNDER:g}"'
            f' font-size="{UNDER:g}" fill="{SOFT}">{escape(words)}</text>\n'
        )


def _axis(poster: Poster, column: Column) -> Iterator[str]:
    yield (
        f'<g class="axis" aria-hidden="true" font-size="{YEAR:g}" fill="{SOFT}"'
        f' text-anchor="middle" transform="translate({column.x:g} 0)">\n'
    )
    for tick in poster.ticks:
        yield (
            f'<path class="year-line" stroke="{RULE}" stroke-width="1"'
            f' d="M{tick.at:g} {column.near - 8:g}V{column.far + 8:g}"/>'
        )
        for y in (column.near - 15, column.far + 8 + YEAR):
            yield f'<text class="year" x="{tick.at:g}" y="{y:g}">{tick.words}</text>'
        for y in column.again:
            yield (
                f'<text class="year" x="{tick.at:g}" y="{y - 9:g}" font-size="{AGAIN:g}">'
                f"{tick.words}</text>"
            )
        yield "\n"
    yield "</g>\n"


def _block(block: Block, poster: Poster, name: str) -> Iterator[str]:
    baseline = HEADING + 4
    yield (
        f'<g class="section" data-country="{escape(block.section.code)}"'
        f' transform="translate({block.x:g} {block.y:g})">\n'
        f'<path class="rule" d="M0 -6H{poster.span + 100:g}" stroke="{SOFT}" stroke-width=".75"/>\n'
        f'<text class="heading" x="0" y="{baseline:g}" font-size="{HEADING:g}"'
        f' font-weight="700">{escape(block.section.heading)}</text>\n'
        f'<g transform="translate(0 {block.inset:g})">\n'
    )
    yield from contents(block.chart, name, ground=GROUND, solid=True)
    yield "</g>\n</g>\n"


def _foot(poster: Poster, name: str) -> Iterator[str]:
    yield (
        f'<g class="legend" font-size="11.5" fill="{SOFT}" stroke-width="1.25"'
        f' transform="translate({MARGIN:g} {poster.foot:g}) scale({LEGEND:g})">\n'
    )
    for one in poster.legend:
        yield entry(one, f"{name}-fade")
    y = poster.height - MARGIN
    yield (
        f'</g>\n<g font-size="{LAST:g}" fill="{SOFT}">\n'
        f'<text class="licence" x="{MARGIN:g}" y="{y:g}">{escape(poster.licence)}</text>\n'
        f'<text class="drawn" x="{poster.width - MARGIN:g}" y="{y:g}" text-anchor="end">'
        f"{escape(poster.drawn)}</text>\n</g>\n"
    )
