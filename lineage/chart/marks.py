"""Signs and colours: what each looks like in the drawing, and which of them its legend names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lineage.chart.bodies import Body
from lineage.chart.geometry import Bar, Connector
from lineage.chart.lettering import shorten, text_width
from lineage.chart.threads import Weave

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
TINTS = {"b1": "#0072b2", "b2": "#d55e00", "b3": "#009e73", "b4": "#882255", "b5": "#e69f00"}
SHEET_TINTS = {**TINTS, "b6": "#cc79a7", "b7": "#999933"}  # a large sheet has more of them
PLAIN = "#77726a"  # a bar without a colour, where colours tell internationals only
FILLS = {**COLOURS, **SHEET_TINTS, "plain": PLAIN}
MOST = 7  # countries or lines with a colour of their own
THICK, USUAL, THIN = 8.0, 5.5, 3.5
SMALLER = frozenset({"faction", "tendency", "youth", "armed-wing", "committee"})
# The most members that a body is known to have had, and how thick that makes its bar.
SIZES = ((100, 3.0, "fewer than 100 members"), (1000, 4.5, "100 to 999 members"),
         (10_000, 7.0, "1,000 to 9,999 members"), (0, 10.0, "10,000 members or more"))  # fmt: skip

LEGEND_SIZE = 11.5
LEGEND_ROW = 22.0
SWATCH = 30.0


HEIGHTS = {"thick": THICK, "thin": THIN, **{f"size{i}": row[1] for i, row in enumerate(SIZES)}}


@dataclass(slots=True)
class Entry:
    """One line of the legend: the sign ``mark`` at ``x``, ``y`` and what it means."""

    mark: str
    words: str
    x: float
    y: float
    colour: str = "ink"
    fill: str = COLOURS["ink"]
    height: float = USUAL


def size_of(body: Body) -> int | None:
    """Which of SIZES a body belongs to, if it is known."""
    if body.members is None:
        return None
    fitting = (i for i, (below, _, _) in enumerate(SIZES) if body.members < below)
    return next(fitting, len(SIZES) - 1)


def thickness(body: Body) -> float:
    """How thick a bar is drawn: by what the body is and, where it is known, by its size."""
    if body.kind == "international":
        return THICK
    size = size_of(body)
    if size is not None:
        return SIZES[size][1]
    return THIN if body.kind in SMALLER else USUAL


@dataclass(frozen=True)
class Palette:
    """Which colour class each body has, and what the classes stand for."""

    classes: Mapping[str, str]
    meanings: tuple[tuple[str, str], ...]  # words, class

    @classmethod
    def by_country(cls, bodies: Mapping[str, Body], names: Mapping[str, str]) -> Palette:
        """A colour for each of the commonest countries; internationals in ink."""
        countries = colours(bodies.values())
        classes = {name: colour(body, countries) for name, body in bodies.items()}
        found = [(names.get(country, country), class_) for country, class_ in countries.items()]
        if "c8" in classes.values():
            found.append(("other or no country" if countries else "no country", "c8"))
        return cls(classes, tuple(found))

    @classmethod
    def by_international(cls, bodies: Mapping[str, Body], tints: Mapping[str, str]) -> Palette:
        """Internationals in the colour of the ground of those who belonged to them, or in ink."""
        classes = {
            name: tints.get(name, "ink" if body.kind == "international" else "plain")
            for name, body in bodies.items()
        }
        return cls(classes, ())

    @classmethod
    def by_family(cls, bodies: Mapping[str, Body], lines: Mapping[str, str]) -> Palette:
        """A colour for each of the greatest lines; ``lines`` gives each body's head of line."""
        counts = Counter(lines.values())
        common = sorted(counts, key=lambda head: (-counts[head], head))
        common = [head for head in common if counts[head] > 1][:MOST]
        of = {head: f"c{i}" for i, head in enumerate(common, start=1)}
        classes = {name: of.get(lines[name], "c8") for name in bodies}
        found = [
            (
                f"line of {shorten(bodies[head].short or bodies[head].name, LEGEND_SIZE, 160)}",
                of[head],
            )
            for head in common
        ]
        if "c8" in classes.values():
            found.append(("other lines", "c8"))
        return cls(classes, tuple(found))


def lines_of(weave: Weave) -> dict[str, str]:
    """For each body the head of the line that it is coloured by.

    The tree of principal descent is cut where its greatest branches leave, until there are as
    many parts as colours; a part is called after the body that it begins with.
    """
    parent: dict[int, int] = {}
    for link in weave.links:
        if link.tree:
            above = link.source
            while above in parent and above != link.target:
                above = parent[above]
            if above != link.target:
                parent[link.target] = link.source
    children: dict[int, list[int]] = defaultdict(list)
    for child, above in parent.items():
        children[above].append(child)
    roots = [thread for thread in range(len(weave.threads)) if thread not in parent]
    ordered: list[int] = []
    waiting = roots[::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting.extend(children[ordered[-1]])
    head = _heads(ordered, parent, set(roots))
    least = max(3, len(ordered) // 25)
    for _ in range(2 * MOST):
        parts = Counter(head.values())
        greatest, whole = min(parts.items(), key=lambda item: (-item[1], item[0]))
        size = dict.fromkeys(ordered, 1)
        for thread in reversed(ordered):
            if thread in parent and head[thread] == head[parent[thread]]:
                size[parent[thread]] += size[thread]
        inside = [one for one in ordered if head[one] == greatest and one != greatest]
        fitting = [one for one in inside if least <= size[one] <= whole - 2]
        if not fitting or sum(part >= least for part in parts.values()) >= MOST:
            break
        cut = min(fitting, key=lambda one: (abs(2 * size[one] - whole), one))
        head = _heads(ordered, parent, {*head.values(), cut})
    return {name: weave.threads[head[i]].bodies[0] for name, i in weave.of.items()}


def _heads(ordered: Sequence[int], parent: Mapping[int, int], heads: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for thread in ordered:
        found[thread] = thread if thread in heads else found[parent[thread]]
    return found


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
    palette: Palette,
    bands: Sequence[tuple[str, str]] = (),
) -> list[tuple[str, str, str]]:
    """What a legend must explain of this drawing: mark, words and colour of each."""
    bars, connectors, everyone = list(bars), list(connectors), list(bodies.values())
    kinds = {one.kind for one in connectors if not one.joins}
    sizes = {size_of(body) for body in everyone if body.kind != "international"}
    present = {
        ("thick", "international"): any(body.kind == "international" for body in everyone),
        **{(f"size{i}", words): i in sizes for i, (_, _, words) in enumerate(SIZES)},
        ("thin", "faction, wing or committee"): any(body.kind in SMALLER for body in everyone),
        ("living", "still exists"): any(bar.living for bar in bars),
        ("open", "beginning or end not known"): any(bar.open_start or bar.open_end for bar in bars),
        ("vague", "end known roughly"): any(bar.vague_end for bar in bars),
        ("gap", "not active"): any(body.gaps for body in everyone),
        ("undated", "no date known"): any(not bar.dated for bar in bars),
        ("claim", "claims to continue an earlier body"): any(body.claims for body in everyone),
        ("split", "split"): "split" in kinds,
        ("leaves", "a body that existed leaves"): any(one.leaves for one in connectors),
        ("merger", "merger"): "merger" in kinds,
        ("joins", "joins a body that existed"): any(
            one.joins and not one.leaves for one in connectors
        ),
        ("rename", "new name"): "rename" in kinds,
        ("continuation", "carried on as"): "continuation" in kinds,
        ("disputed", "disputed"): any(one.disputed for one in connectors),
        ("more", "more of its kin, not drawn here"): any(
            body.more_before or body.more_after for body in everyone
        ),
    }
    found = [("bar", words, name) for words, name in palette.meanings]
    found += [("band", words, name) for words, name in bands]
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
        height = HEIGHTS.get(mark, USUAL)
        entries.append(Entry(mark, words, round(x, 1), round(y, 1), name, FILLS[name], height))
        x += width
    return tuple(entries), (y + LEGEND_ROW / 2 - top if entries else 0.0)
