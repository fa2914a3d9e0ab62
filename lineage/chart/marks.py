"""Signs and colours: what each looks like in the drawing, and which of them its legend names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lineage.chart.bodies import Body
from lineage.chart.geometry import Bar, Connector
from lineage.chart.lettering import text_width

# Okabe and Ito's colours without their yellow, which paper swallows, and one of Paul Tol's muted.
COLOURS = {
    "c1": "#0072b2",
    "c2": "#d55e00",
    "c3": "#009e73",
    "c4": "#cc79a7",
    "c5": "#56b4e9",
    "c6": "#e69f00",
    "c7": "#882255",
    "c8": "#8a8a84",
    "ink": "#1d1b18",
}
MOST = 7  # countries with a colour of their own
THICK, USUAL, THIN = 8.0, 6.0, 3.5
SMALLER = frozenset({"faction", "tendency", "youth", "armed-wing", "committee"})

LEGEND_SIZE = 11.5
LEGEND_ROW = 22.0
SWATCH = 30.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: the sign ``mark`` at ``x``, ``y`` and what it means."""

    mark: str
    words: str
    x: float
    y: float
    colour: str = "ink"
    fill: str = COLOURS["ink"]

    @property
    def bar_height(self) -> float:
        return {"thick": THICK, "thin": THIN}.get(self.mark, USUAL)

    @property
    def bar_y(self) -> float:
        return -self.bar_height / 2


def thickness(kind: str) -> float:
    if kind == "international":
        return THICK
    return THIN if kind in SMALLER else USUAL


def colours(bodies: Iterable[Body]) -> dict[str, str]:
    """The colour class of each country that has one of its own, the commonest countries first."""
    counts = Counter(
        body.countries[0] for body in bodies if body.countries and body.kind != "international"
    )
    common = sorted(counts, key=lambda country: (-counts[country], country))
    return {country: f"c{i}" for i, country in enumerate(common[:MOST], start=1)}


def colour(body: Body, palette: Mapping[str, str]) -> str:
    if body.kind == "international":
        return "ink"
    return palette.get(body.countries[0], "c8") if body.countries else "c8"


def meanings(
    bodies: Mapping[str, Body],
    bars: Iterable[Bar],
    connectors: Iterable[Connector],
    names: Mapping[str, str],
) -> list[tuple[str, str, str]]:
    """What a legend must explain of this drawing: mark, words and colour of each."""
    bars, connectors, everyone = list(bars), list(connectors), list(bodies.values())
    palette = colours(everyone)
    kinds = {one.kind for one in connectors if not one.joins}
    present = {
        ("thick", "international"): any(body.kind == "international" for body in everyone),
        ("thin", "faction, wing or committee"): any(body.kind in SMALLER for body in everyone),
        ("living", "still exists"): any(bar.living for bar in bars),
        ("open", "beginning or end not known"): any(bar.open_start or bar.open_end for bar in bars),
        ("vague", "end known roughly"): any(bar.vague_end for bar in bars),
        ("undated", "no date known"): any(not bar.dated for bar in bars),
        ("claim", "claims to continue an earlier body"): any(body.claims for body in everyone),
        ("split", "split"): "split" in kinds,
        ("merger", "merger"): "merger" in kinds,
        ("joins", "joins a body that existed"): any(one.joins for one in connectors),
        ("rename", "new name"): "rename" in kinds,
        ("continuation", "carried on as"): "continuation" in kinds,
        ("disputed", "disputed"): any(one.disputed for one in connectors),
    }
    found = [("bar", names.get(country, country), name) for country, name in palette.items()]
    if any(colour(body, palette) == "c8" for body in everyone):
        found.append(("bar", "other or no country" if palette else "no country", "c8"))
    return found + [(*meaning, "ink") for meaning, there in present.items() if there]


def legend(
    found: Iterable[tuple[str, str, str]], left: float, right: float, top: float
) -> tuple[tuple[Entry, ...], float]:
    """The legend set in rows between ``left`` and ``right``, and the height that it takes."""
    entries: list[Entry] = []
    x, y = left, top + LEGEND_ROW / 2
    for mark, words, name in found:
        width = SWATCH + text_width(words, LEGEND_SIZE) + 18
        if x > left and x + width > right:
            x, y = left, y + LEGEND_ROW
        entries.append(Entry(mark, words, round(x, 1), round(y, 1), name, COLOURS[name]))
        x += width
    return tuple(entries), (y + LEGEND_ROW / 2 - top if entries else 0.0)
