"""The chart room: organisations and their changes, laid out on a time axis.

``draw`` places every body in time (``times``), makes chains of renames one thread (``threads``),
orders the threads from top to bottom (``order``), packs them into lanes (``lanes``), measures the
result (``geometry``) and puts it into pixels (``drawing``). ``write`` makes SVG of what it returns.
``draw_poster`` sets all of it in columns on one sheet, ``write_poster`` makes SVG of that.
No Django here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import inf

from lineage.chart.bodies import Body, Membership, tidy
from lineage.chart.drawing import LAYOUTS, Wishes, choose_scale, draw_chart, keep_free
from lineage.chart.geometry import Geometry, measure
from lineage.chart.lanes import pack
from lineage.chart.order import Remembered, arrange_again, families, remember
from lineage.chart.poster import Poster, Words, draw_poster
from lineage.chart.poster_svg import write_poster
from lineage.chart.sheet import Chart
from lineage.chart.svg import write
from lineage.chart.threads import weave
from lineage.chart.times import timeline
from lineage.graph import Edge

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

__all__ = [
    "Body",
    "Chart",
    "Geometry",
    "Membership",
    "Poster",
    "Words",
    "draw",
    "draw_poster",
    "drawn_on",
    "write",
    "write_poster",
]


def draw(
    bodies: Iterable[Body],
    edges: Iterable[Edge],
    *,
    today: date,
    focus: str | None = None,
    title: str = "",
    prefix: str = "chart",
    country_names: Mapping[str, str] | None = None,
    colour: str = "country",
    time: str = "across",
    memberships: Sequence[Membership] = (),
    before: Remembered = (),
    within: float = inf,
) -> Chart:
    """The chart of ``bodies`` and of those ``edges`` that join two of them, as of ``today``.

    ``focus`` is the id of the body in question, which is drawn so. ``country_names`` gives the
    legend words for country codes; ``prefix`` begins every id in the SVG. ``colour`` is "country"
    or "family", ``time`` is "across" or "down". ``memberships`` are drawn as bands behind bars.
    Across a page the chart is no wider than ``within``, in pixels, where its years can be so short.

    ``before`` is the ``order`` of an earlier chart of the same bodies: only what has changed since
    is put elsewhere. Without it, the drawing follows from the data alone.
    """
    known, changes = tidy(bodies, edges)
    line = timeline(known, changes, today)
    threads = weave(changes, line)
    scale = choose_scale(known, threads, line, LAYOUTS[time], within)
    kin = families(threads)
    places = {body: (place, sign) for place, (body, sign) in enumerate(before)}
    orders = [arrange_again(family, places) for family in kin]
    lanes = pack(kin, orders, keep_free(known, threads, line, scale))
    geometry = measure({name: lanes[i] for name, i in threads.of.items()}, changes, line)
    wishes = Wishes(focus, prefix, title, country_names or {}, colour, memberships, drawn_on(today))
    chart = draw_chart(known, threads, geometry, scale, wishes)
    chart.order = remember(threads, kin, orders)
    return chart


def drawn_on(today: date) -> str:
    """When the drawing was made, for who finds it on paper."""
    return f"Drawn {today.day} {MONTHS[today.month - 1]} {today.year}"
