"""The drawing as SVG text: what a page holds and what a file holds.

Attributes are what a file alone shows; in a page the style sheet's custom properties take their
place. No styles and no scripts in it: it stands under a strict Content Security Policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape as escaped

from lineage.chart.marks import COLOURS, Entry
from lineage.chart.paths import Line
from lineage.chart.sheet import Band, Chart, Mark

PAPER, INK, SOFT, RULE, LINE, ACCENT = (
    "#fbfaf6", "#1d1b18", "#5f594f", "#e7e3d8", "#8b877c", "#93301f",
)  # fmt: skip
# How opaque the veil over an uncertain end is at its beginning and at its end.
FADES = {"start": (".92", "0"), "end": ("0", "1"), "vague": ("0", ".62")}
_TURNED = ' x2="0" y2="1"'
FACES = "Inter, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"

escape = lru_cache(maxsize=8192)(escaped)  # what is said of a body is said of its connectors, too


def write(chart: Chart, *, solid: bool = False) -> str:
    """The SVG of a chart, one element after another. ``solid`` is for paper: see :func:`solids`."""
    return "".join(_parts(chart, solid))


def _parts(chart: Chart, solid: bool) -> Iterator[str]:
    name = escape(chart.prefix)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lineage-chart" id="{name}"'
        f' width="{chart.width}" height="{chart.height}"'
        f' viewBox="0 0 {chart.width} {chart.height}" role="group"'
        f' aria-labelledby="{name}-title {name}-desc" data-time="{chart.time}"'
        f' data-from="{chart.geometry.start}" data-to="{chart.geometry.end}"'
        f' data-x0="{chart.origin:g}" data-per-year="{chart.per_year:g}"'
        f' font-family="{FACES}" font-size="12" fill="{INK}">\n'
        f'<title id="{name}-title">{escape(chart.title)}</title>\n'
        f'<desc id="{name}-desc">{escape(chart.description)}</desc>\n<defs>\n'
    )
    yield from gradients(name, chart.time)
    if solid:
        yield from solids(name, chart.bars, chart.time)
    yield (
        f'</defs>\n<rect class="paper" width="{chart.width}" height="{chart.height}"'
        f' fill="{PAPER}"/>\n'
    )
    yield from _axis(chart)
    yield from contents(chart, name, solid=solid)
    if not chart.bars:
        yield (
            f'<text class="empty" x="{chart.origin:g}" y="{chart.far:g}" fill="{SOFT}">'
            "There is nothing to draw.</text>\n"
        )
    flat = f"{name}-{'flat' if chart.time == 'down' else 'fade'}"
    yield f'<g class="legend" font-size="11.5" fill="{SOFT}" stroke-width="1.25">\n'
    for one in chart.legend:
        yield entry(one, flat)
    yield (
        f'</g>\n<text class="drawn" x="{chart.width - 18:g}" y="{chart.height - 8:g}"'
        f' text-anchor="end" font-size="11.5" fill="{SOFT}">{escape(chart.drawn)}</text>\n</svg>'
    )


def gradients(name: str, time: str) -> Iterator[str]:
    """What bars fade by, each with an id that begins with ``name``."""
    turned = _TURNED if time == "down" else ""
    for way, (first, last) in FADES.items():
        yield _gradient(f"{name}-fade-{way}", first, last, turned)
        if turned:  # the legend is read from left to right all the same
            yield _gradient(f"{name}-flat-{way}", first, last)


def solids(name: str, marks: Iterable[Mark], time: str) -> Iterator[str]:
    """What these bars fade by where nothing may be transparent: from paper to a bar's colour.

    Each veil that is transparent is a mask of its own in a PDF, a thousand of them on a poster,
    which make a quarter of the file and are slow to print.
    """
    used = {(mark.colour, mark.fill, veil.way) for mark in marks for veil in mark.veils}
    turned = _TURNED if time == "down" else ""
    for colour, fill, way in sorted(used):
        if way in FADES:
            first, last = (_mixed(fill, float(opacity)) for opacity in FADES[way])
            yield (
                f'<linearGradient id="{name}-fade-{way}-{colour}"{turned}><stop offset="0"'
                f' stop-color="{first}"/><stop offset="1" stop-color="{last}"/>'
                "</linearGradient>\n"
            )


def _mixed(colour: str, opacity: float) -> str:
    """``colour`` under paper of that opacity."""
    pairs = ((int(one[i : i + 2], 16) for one in (colour, PAPER)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * opacity):02x}" for a, b in pairs)


def contents(chart: Chart, name: str, *, ground: str = ".14", solid: bool = False) -> Iterator[str]:
    """Bands, lines, bars and signs: what a drawing holds beside its axis and its legend.

    ``ground`` is how opaque bands are.
    """
    if chart.bands:
        yield f'<g class="bands" fill-opacity="{ground}">\n'
        yield from map(_band, chart.bands)
        yield "</g>\n"
    lines = [line for line in chart.connectors if not line.is_tick]
    yield f'<g class="successions" fill="none" stroke="{LINE}" stroke-width="1.25">\n'
    yield from map(_path, lines)
    yield '</g>\n<g class="organisations">\n'
    for mark in chart.bars:
        yield _bar(mark, name, solid)
    yield f'</g>\n<g class="signs" fill="none" stroke="{SOFT}" stroke-width="1.25">\n'
    yield from map(_sign, chart.connectors)
    yield "</g>\n"


def _gradient(name: str, first: str, last: str, turned: str = "") -> str:
    stop = f'<stop class="veil" stop-color="{PAPER}"'
    return (
        f'<linearGradient id="{name}"{turned}>{stop} offset="0" stop-opacity="{first}"/>'
        f'{stop} offset="1" stop-opacity="{last}"/></linearGradient>\n'
    )


def _axis(chart: Chart) -> Iterator[str]:
    anchor = "end" if chart.time == "down" else "middle"
    yield (
        f'<g class="axis" aria-hidden="true" font-size="11.5" fill="{SOFT}"'
        f' text-anchor="{anchor}">\n'
    )
    for tick in chart.ticks:
        rule = f'<path class="year-line" stroke="{RULE}" stroke-width="1" d="M'
        if chart.time == "down":
            yield (
                f'{rule}{chart.near:g} {tick.at:g}H{chart.far:g}"/><text class="year"'
                f' x="{chart.near - 6:g}" y="{tick.at + 4:g}">{tick.words}</text>\n'
            )
            continue
        yield f'{rule}{tick.at:g} {chart.near:g}V{chart.far:g}"/>'
        for y in (20.0, chart.second):
            if y is not None:
                yield f'<text class="year" x="{tick.at:g}" y="{y:g}">{tick.words}</text>'
        yield "\n"
    yield "</g>\n"


def _band(band: Band) -> str:
    return (
        f'<rect class="band {band.colour}" data-international="{escape(band.international)}"'
        f' data-id="{escape(band.body)}" x="{band.x:g}" y="{band.y:g}" width="{band.width:g}"'
        f' height="{band.height:g}" fill="{band.fill}"><title>{escape(band.words)}</title></rect>\n'
    )


def _ends(line: Line) -> str:
    return f'data-from="{escape(line.source)}" data-to="{escape(line.target)}"'


def _path(line: Line) -> str:
    states = f' data-states="{line.states}"' if line.states else ""
    dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
    return (
        f'<path class="{line.classes}" {_ends(line)}{states} d="{line.d}"{dashes}>'
        f"<title>{escape(line.title)}</title></path>\n"
    )


def _sign(line: Line) -> str:
    if line.is_tick:
        cut = f'<path class="cut" d="{line.cut}" stroke="{PAPER}" stroke-width="{line.cut_width}"/>'
        return (cut if line.cut else "") + _path(line)
    at = f'{_ends(line)} cx="{line.sign_x:g}" cy="{line.sign_y:g}"'
    if line.sign == "split":
        return f'<circle class="sign split" {at} r="2.6" fill="{PAPER}"/>\n'
    if line.sign == "merger":
        return f'<circle class="sign merger" {at} r="3.2" fill="{SOFT}" stroke="{PAPER}"/>\n'
    if line.arrow:
        sign = f'<path class="sign joins" {_ends(line)} d="{line.arrow}"'
        return f'{sign} fill="{SOFT}" stroke="none"/>\n'
    return ""


def _bar(mark: Mark, name: str, solid: bool) -> str:
    tag, link = ("a", f' href="{escape(mark.url)}"') if mark.url else ("g", "")
    x, y, width, height = mark.hit
    if mark.undated:
        look = f'fill="none" stroke="{mark.fill}" stroke-dasharray="3 3"'
    else:
        focus = f'stroke="{ACCENT}" stroke-width="1.5" ' if mark.is_focus else ""
        look = f'{focus}fill="{mark.fill}"'
    text = (
        f'<{tag} class="organisation"{link} data-id="{escape(mark.id)}"'
        f' data-kind="{escape(mark.kind)}" data-countries="{escape(mark.countries)}"'
        f' data-start="{mark.start}" data-end="{mark.end}">'
        f'<title>{escape(mark.title)}</title><g class="{mark.classes}">'
        f'<rect class="hit" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
        f' fill="none" pointer-events="all"/>'
        f'<rect class="bar" x="{mark.x:g}" y="{mark.y:g}" width="{mark.width:g}"'
        f' height="{mark.height:g}" rx="1.5" {look}/>'
    )
    for veil in mark.veils:
        if veil.way == "gap":
            text += (
                f'<rect class="gap" x="{veil.x:g}" y="{veil.y:g}" width="{veil.width:g}"'
                f' height="{veil.height:g}" fill="{PAPER}"/>'
            )
            continue
        way = f"{veil.way}-{mark.colour}" if solid else veil.way
        text += (
            f'<rect class="fade" x="{veil.x:g}" y="{veil.y:g}" width="{veil.width:g}"'
            f' height="{veil.height:g}" fill="url(#{name}-fade-{way})"/>'
        )
    if mark.arrow:
        text += f'<path class="arrow" d="{mark.arrow}" fill="{mark.fill}"/>'
    if mark.claim:
        text += f'<path class="claim" d="{mark.claim}" fill="{PAPER}"/>'
    for label in mark.labels:
        weight = 700 if mark.is_focus else 500
        text += (
            f'<text class="label" x="{label.x:g}" y="{label.y:g}" stroke="{PAPER}"'
            f' stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
        )
        if label.head:
            text += f'<tspan class="head" font-weight="{weight}">{escape(label.head)}</tspan>'
        apart = ' dx="4"' if label.head else ""
        if label.tail:
            text += f'<tspan class="tail"{apart} fill="{SOFT}">{escape(label.tail)}</tspan>'
        if label.code:
            text += (
                f'<tspan class="code"{apart} font-size="9.5" fill="{SOFT}">'
                f"{escape(label.code)}</tspan>"
            )
        text += "</text>"
    text += f"</g></{tag}>\n"
    for more in mark.more:
        text += (
            f'<a class="more {more.side}" href="{escape(more.url)}" data-id="{escape(mark.id)}">'
            f'<title>{escape(more.words)}</title><circle cx="{more.x:g}" cy="{more.y:g}" r="11"'
            f' fill="none" pointer-events="all"/><path class="more-sign" d="{more.d}"'
            f' stroke="{ACCENT}" stroke-width="1.75" fill="none"/></a>\n'
        )
    return text


def entry(one: Entry, veil: str) -> str:
    """A line of the legend; ``veil`` begins the ids of what its signs fade by."""
    return (
        f'<g class="entry {one.colour}" transform="translate({one.x:g} {one.y:g})">'
        f'{_swatch(one, veil)}<text x="30" y="4">{escape(one.words)}</text></g>\n'
    )


def _swatch(entry: Entry, veil: str) -> str:  # noqa: C901
    """The sign that a line of the legend explains, as it looks in the drawing."""

    def bar(height: float, width: int = 22) -> str:
        return (
            f'<rect class="bar" y="{-height / 2:g}" width="{width}" height="{height:g}" rx="1.5"'
            f' fill="{entry.fill}"/>'
        )

    def line(d: str, more: str = "") -> str:
        return f'<path class="line" d="{d}" fill="none" stroke="{LINE}"{more}/>'

    match entry.mark:
        case "bar" | "thick" | "thin" | "size0" | "size1" | "size2" | "size3":
            return bar(entry.height)
        case "lines":
            return "".join(
                f'<rect class="bar" x="{6 * i}" y="-3" width="5" height="6" rx="1"'
                f' fill="{COLOURS[name]}"/>'
                for i, name in enumerate(("c1", "c2", "c3", "c4"))
            )
        case "living":
            return (
                f'{bar(6, 15)}<path class="arrow" d="M15 -4.5l7 4.5l-7 4.5z" fill="{entry.fill}"/>'
            )
        case "open" | "vague":
            x, way = ("2", "end") if entry.mark == "open" else ("10", "vague")
            return (
                f'{bar(6)}<rect class="fade" x="{x}" y="-3" width="21" height="6"'
                f' fill="url(#{veil}-{way})"/>'
            )
        case "undated":
            return (
                '<rect class="bar undated" y="-3" width="22" height="6" rx="1.5" fill="none"'
                f' stroke="{entry.fill}" stroke-dasharray="3 3"/>'
            )
        case "gap":
            return bar(6) + f'<rect class="gap" x="7" y="-2" width="8" height="4" fill="{PAPER}"/>'
        case "claim":
            return (
                f'{bar(6)}<path class="claim" d="M9 -2.5l2.5 2.5l-2.5 2.5l-2.5 -2.5z"'
                f' fill="{PAPER}"/>'
            )
        case "split":
            return line("M4 0H15Q20 0 20 7") + (
                f'<circle class="sign split" cx="8" cy="0" r="2.6" fill="{PAPER}" stroke="{SOFT}"/>'
            )
        case "leaves":
            return (
                line("M1 5.5H21M11 5.5V-4")
                + f'<circle class="sign split" cx="11" cy="-4" r="2.6" fill="{PAPER}"'
                f' stroke="{SOFT}"/>'
            )
        case "merger":
            return line("M3 -7Q3 0 8 0H20") + (
                f'<circle class="sign merger" cx="14" cy="0" r="3.2" fill="{SOFT}"'
                f' stroke="{PAPER}"/>'
            )
        case "joins":
            return (
                line("M11 -8V-2")
                + f'<path class="sign joins" d="M11 2l-3.5 -6h7z" fill="{SOFT}"/>'
                + line("M1 3.5H21")
            )
        case "rename" | "continuation":
            strokes = "M10 -6V6" + ("M12.5 -6V6" if entry.mark == "continuation" else "")
            return (
                '<rect class="pale" y="-3" width="22" height="6" rx="1.5" fill="#d6d1c4"/>'
                f'<path class="line" d="{strokes}" fill="none" stroke="{SOFT}"/>'
            )
        case "disputed":
            return line("M0 0H22", ' stroke-dasharray="4 3"')
        case "more":
            return (
                f'<path class="more-sign" d="M6 0H16M11 -5V5" stroke="{ACCENT}"'
                ' stroke-width="1.75" fill="none"/>'
            )
        case "tint":
            return (
                f'<rect class="band" y="-8" width="22" height="16" fill="{entry.fill}"'
                f' fill-opacity=".34"/>{bar(5.5)}'
            )
        case "band":
            return (
                f'<rect class="band" y="-8" width="22" height="16" rx="2" fill="{entry.fill}"'
                ' fill-opacity=".16"/>'
            )
    return ""
