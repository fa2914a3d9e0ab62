"""The poster: which sheet, which sections, and that everything is on it once and can be read."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations, pairwise
from math import sqrt
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.chart import Body, Membership, Poster, Words, draw_poster, write_poster
from lineage.chart.bodies import tidy
from lineage.chart.columns import fill, reach, tallest
from lineage.chart.frame import MARGIN
from lineage.chart.lettering import wrap
from lineage.chart.order import families
from lineage.chart.sections import sections
from lineage.chart.threads import weave
from lineage.chart.times import timeline
from lineage.graph import Edge

TODAY = date(2026, 11, 22)
NAMES = {"FR": "France", "GB": "United Kingdom", "AT": "Austria", "LK": "Sri Lanka"}
SVG = "{http://www.w3.org/2000/svg}"


def year(number, last=None):
    return date(number, 1, 1), date(last or number, 12, 31)


def split(before, after, when, **more):
    return Edge(
        f"{before}>{after}", before, after, "split", *year(when), predecessor_continues=True, **more
    )


def poster(bodies, edges=(), *, title="All", **more):
    words = Words(title, "The record is free.", "Drawn today", NAMES)
    return draw_poster(bodies, edges, today=TODAY, words=words, **more)


def movement(size: int, country: str = "GB", prefix: str = "b") -> tuple[list[Body], list[Edge]]:
    """So many bodies: each fourth begins a family, the others split from the one before."""
    bodies, edges = [], []
    for i in range(size):
        start = 1925 + (i * 7) % 90
        bodies.append(
            Body(
                f"{prefix}{i:03}", f"Revolutionary Workers League number {i}", f"RWL{i}",
                countries=(country,), founded=year(start), living=i % 3 == 0,
                dissolved=None if i % 3 == 0 else year(start + 1 + i % 30),
            )
        )  # fmt: skip
        if i % 4:
            edges.append(split(f"{prefix}{i - 1:03}", f"{prefix}{i:03}", start))
    return bodies, edges


def several(*sizes: int) -> tuple[list[Body], list[Edge]]:
    """A movement in as many countries."""
    bodies, edges = [], []
    for i, size in enumerate(sizes):
        some = movement(size, f"{chr(65 + i)}X", chr(97 + i))
        bodies += some[0]
        edges += some[1]
    return bodies, edges


def faults(made: Poster) -> list[str]:
    """Whatever on the sheet is cut, covered or out of its place."""
    found = []
    blocks = list(made.blocks())
    ends = [*(column.x for column in made.columns[1:]), made.width - MARGIN + 20]
    ends = ends[: len(made.columns)]
    for column, end in zip(made.columns, ends, strict=True):
        for one, other in pairwise(column.blocks):
            if one.y + one.height > other.y:
                found.append(f"{one.section.heading} runs into {other.section.heading}")
        for block in column.blocks:
            if block.y < column.near or block.y + block.height > column.far + 0.1:
                found.append(f"{block.section.heading} leaves its column")
            for bar in block.chart.bars:
                right = max([bar.x + bar.width, *(w.x + w.width for w in bar.labels)])
                foot = max([bar.y + bar.height, *(w.y + 3 for w in bar.labels)])
                if column.x + right > end or bar.x < 0:
                    found.append(f"{bar.id} leaves its column")
                if block.inset + foot > block.height:
                    found.append(f"{bar.id} leaves its section")
    for block in blocks:
        found += _collisions(block)
    return found


def _collisions(block) -> list[str]:
    labels = [(bar.id, word) for bar in block.chart.bars for word in bar.labels]
    found = [
        f"the names of {one} and {other} overlap"
        for (one, a), (other, b) in combinations(labels, 2)
        if abs(a.y - b.y) < 10 and a.x < b.x + b.width and b.x < a.x + a.width
    ]
    if block.inset < 20:  # the heading stands beside the first bars
        width = 9.5 * len(block.section.heading)
        found += [
            f"{one} covers its heading" for one, word in labels if word.y < 24 and word.x < width
        ]
    rows = defaultdict(list)
    for bar in block.chart.bars:
        rows[round(bar.y + bar.height / 2)].append((bar.x, bar.x + bar.width, bar.id))
    return found + [
        f"{one[2]} and {other[2]} overlap"
        for row in rows.values()
        for one, other in pairwise(sorted(row))
        if one[1] > other[0] + 1
    ]


# --- columns --------------------------------------------------------------------------------------


def test_columns_are_filled_in_order_and_the_tallest_is_as_low_as_can_be():
    assert fill([3, 1, 2, 2, 4], 2, 0) == [[0, 1, 2], [3, 4]]
    assert fill([5], 3, 1) == [[0]]
    assert fill([], 3, 1) == []
    assert fill([1, 1, 1], 1, 2) == [[0, 1, 2]]
    assert reach([1, 1, 1], [0, 1, 2], 2) == 7
    assert tallest([], [], 2) == 0.0


@given(st.lists(st.integers(1, 60), min_size=1, max_size=9), st.integers(1, 4), st.integers(0, 9))
def test_no_other_way_to_fill_columns_is_lower(heights, columns, gap):
    found = fill(heights, columns, gap)
    assert [i for column in found for i in column] == list(range(len(heights)))
    assert all(found)
    assert len(found) <= columns
    ways = (
        [list(range(a, b)) for a, b in pairwise((0, *cuts, len(heights)))]
        for number in range(columns)
        for cuts in combinations(range(1, len(heights)), number)
    )
    best = min(tallest(heights, way, gap) for way in ways)
    assert tallest(heights, found, gap) == pytest.approx(best, abs=0.5)


def test_a_text_is_broken_between_words():
    assert wrap("a bc def", 10, 1000) == ["a bc def"]
    assert wrap("a bc def", 10, 1) == ["a", "bc", "def"]
    assert wrap("", 10, 100) == []


# --- sections -------------------------------------------------------------------------------------


def sections_of(bodies, edges=()):
    known, changes = tidy(bodies, edges)
    whole = weave(changes, timeline(known, changes, TODAY))
    found = sections(known, whole, families(whole), NAMES)
    return [(one.code, one.heading, sorted(one.bodies)) for one in found]


def test_internationals_come_first_then_countries_by_name_and_what_has_none_at_the_end():
    bodies = [
        Body("uk", "UK", countries=("GB",), founded=year(1950)),
        Body("at", "AT", countries=("AT",), founded=year(1950)),
        Body("zz", "ZZ", countries=("ZZ",), founded=year(1950)),
        Body("no", "No", founded=year(1950)),
        Body("in", "In", kind="international", countries=("FR",), founded=year(1950)),
    ]
    assert sections_of(bodies) == [
        ("", "Internationals", ["in"]),
        ("AT", "Austria", ["at"]),
        ("GB", "United Kingdom", ["uk"]),
        ("ZZ", "ZZ", ["zz"]),
        ("", "Without a country", ["no"]),
    ]


@pytest.mark.parametrize(
    ("others", "heading"),
    [
        ([("GB", "party")], "France"),  # as many of each: the first code
        ([("GB", "party"), ("GB", "party")], "United Kingdom"),
        ([("GB", "international")], "Internationals"),
        ([("GB", "international"), ("FR", "party")], "France"),
        ([("", "party")], "France"),
        ([("", "party"), ("", "party")], "Without a country"),
    ],
)
def test_a_family_goes_whole_with_the_country_of_most_of_its_bodies(others, heading):
    bodies = [Body("a", "A", countries=("FR",), founded=year(1950), living=True)]
    edges = []
    for i, (code, kind) in enumerate(others):
        codes = (code,) if code else ()
        bodies.append(Body(f"b{i}", "B", kind=kind, countries=codes, founded=year(1960)))
        edges.append(split("a", f"b{i}", 1960))
    (one,) = sections_of(bodies, edges)
    assert (one[1], len(one[2])) == (heading, len(bodies))


# --- the sheet ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(), (1,), (3, 1), (40,), (60, 30, 20, 10, 5, 2, 1), (150,)])
def test_a_poster_has_the_ratio_of_an_iso_sheet_and_nothing_on_it_is_cut(sizes):
    bodies, edges = several(*sizes)
    made = poster(bodies, edges)
    assert made.width / made.height == pytest.approx(sqrt(2), rel=0.003)
    assert faults(made) == []
    drawn = Counter(bar.id for block in made.blocks() for bar in block.chart.bars)
    assert drawn == Counter(body.id for body in bodies)
    lines = Counter(
        (line.source, line.target) for block in made.blocks() for line in block.chart.connectors
    )
    assert lines == Counter((edge.predecessor, edge.successor) for edge in edges)


def test_what_is_wrong_on_a_sheet_would_be_found():
    def spoilt(spoil):
        made = poster(*several(30, 20, 10))
        spoil(made, made.columns[0].blocks[0])
        return faults(made)

    def labels(block):
        return [bar.labels[0] for bar in block.chart.bars if bar.labels]

    def lay_on_one_another(made, block):
        one, other, *_ = labels(block)
        one.x, one.y = other.x, other.y

    def push(made, block):
        block.chart.bars[0].x += made.width

    def over_heading(made, block):
        labels(block)[0].x, labels(block)[0].y = 2, 12

    def sink(made, block):
        block.y = made.height

    def cross(made, block):
        one, other, *_ = block.chart.bars
        one.x, one.y, one.height = other.x, other.y, other.height

    found = [" ".join(spoilt(one)) for one in (lay_on_one_another, push, over_heading, sink, cross)]
    for said, words in zip(
        found,
        ["overlap", "leaves its column", "covers its heading", "leaves its column", "overlap"],
        strict=True,
    ):
        assert words in said


def test_a_great_movement_stands_in_columns_and_a_small_one_in_one():
    assert len(poster(*movement(20)).columns) == 1
    many = poster(*several(*[40] * 20))
    assert len(many.columns) > 3
    heights = [sum(block.height for block in column.blocks) for column in many.columns]
    assert min(heights) > 0.6 * max(heights)


def test_a_country_of_one_body_does_not_take_a_column():
    """Two columns would be a little smaller, one of them empty."""
    bodies, edges = movement(120)
    bodies.append(Body("lone", "Lone", countries=("AT",), founded=year(1950)))
    assert len(poster(bodies, edges).columns) == 1


def test_all_columns_have_the_same_years_at_the_same_scale():
    made = poster(*several(*[40] * 20))
    root = ET.fromstring(write_poster(made))  # noqa: S314
    axes = [one for one in root.iter(f"{SVG}g") if one.get("class") == "axis"]
    assert len(axes) == len(made.columns)
    told = [tuple((t.get("x"), t.text) for t in axis.iter(f"{SVG}text") if not t.get("font-size"))
            for axis in axes]  # fmt: skip
    assert len(set(told)) == 1
    assert len(told[0]) == 2 * len(made.ticks)  # at the head and at the foot
    for tick in made.ticks:
        assert tick.at == pytest.approx((int(tick.words) - made.start) * made.per_year, abs=0.1)
    for column in made.columns:
        for block in column.blocks:
            assert block.x == column.x
            assert (block.chart.geometry.start, block.chart.geometry.end) == (made.start, made.end)
            bars = {bar.id: bar for bar in block.chart.geometry.bars}
            for mark in block.chart.bars:
                at = (bars[mark.id].start - made.start) * made.per_year
                assert mark.x == pytest.approx(at, abs=0.2)
        assert all(any(block.y == y for block in column.blocks) for y in column.again)


def test_the_same_record_gives_the_same_poster_in_whatever_order():
    bodies, edges = several(30, 20, 10)
    assert write_poster(poster(bodies, edges)) == write_poster(poster(bodies[::-1], edges[::-1]))


def test_a_body_of_another_country_tells_it_where_it_stands_and_others_do_not():
    bodies = [
        Body("a", "Party of France", countries=("FR",), founded=year(1950), living=True),
        Body("b", "Party", countries=("FR",), founded=year(1960), living=True),
        Body("c", "Group", countries=("GB",), founded=year(1970), living=True),
        Body("d", "Both", countries=("FR", "GB"), founded=year(1980), living=True),
    ]
    edges = [split("a", "b", 1960), split("a", "c", 1970), split("a", "d", 1980)]
    (block,) = poster(bodies, edges).blocks()
    codes = {bar.id: bar.labels[0].code for bar in block.chart.bars}
    assert codes == {"a": "", "b": "", "c": "GB", "d": "FR GB"}


# --- colours and legend ---------------------------------------------------------------------------


@pytest.fixture
def belonging():
    """Sections of two internationals in two countries, and one of none."""
    bodies = [
        Body("fi", "Fourth International", "FI", "international", founded=year(1938), living=True),
        Body("ic", "Committee", kind="international", founded=year(1953), living=True),
        Body("l5", "League", kind="international", founded=year(1989), living=True),
        Body("fr", "French section", countries=("FR",), founded=year(1940), living=True),
        Body("uk", "British section", countries=("GB",), founded=year(1940), living=True),
        Body("uk2", "Other", countries=("GB",), founded=year(1950), living=True),
    ]
    told = [
        Membership("fr", "fi", "The Fourth", year(1940)),
        Membership("uk", "fi", "The Fourth", year(1940), year(1953)),
        Membership("uk2", "ic", "The Committee", year(1953)),
        Membership("gone", "l5", "League", year(1990)),
    ]
    return bodies, told


def colours(made: Poster) -> dict[str, str]:
    return {bar.id: bar.colour for block in made.blocks() for bar in block.chart.bars}


def test_a_colour_means_the_same_international_on_all_of_the_sheet(belonging):
    bodies, told = belonging
    made = poster(bodies, memberships=told)
    grounds = {
        (band.body, band.international): band.colour
        for block in made.blocks() for band in block.chart.bands
    }  # fmt: skip
    assert grounds == {("fr", "fi"): "b1", ("uk", "fi"): "b1", ("uk2", "ic"): "b2"}
    assert colours(made) == {
        "fi": "b1", "ic": "b2", "l5": "ink", "fr": "plain", "uk": "plain", "uk2": "plain",
    }  # fmt: skip
    tints = [(entry.words, entry.colour) for entry in made.legend if entry.mark == "tint"]
    assert tints == [("FI Fourth International", "b1"), ("The Committee", "b2")]
    assert "Coloured grounds" in " ".join(made.subtitle)
    assert "Coloured grounds" not in " ".join(poster(bodies).subtitle)


def test_colours_by_country_or_line_are_there_for_who_asks(belonging):
    bodies, told = belonging
    found = colours(poster(bodies, memberships=told, colour="country"))
    assert found == {"fi": "ink", "ic": "ink", "l5": "ink", "fr": "c2", "uk": "c1", "uk2": "c1"}
    made = poster(*movement(40), colour="family")
    assert set(colours(made).values()) > {"c1", "c2"}
    assert made.legend[0].words == "a colour for each great line of a section"


def test_the_legend_explains_what_is_on_the_sheet_and_nothing_else():
    assert poster([]).legend == ()
    bodies = [
        Body("a", "A", countries=("FR",), founded=year(1950), living=True),
        Body("b", "B", countries=("GB",), founded=year(1960)),
        Body("c", "C", countries=("GB",), founded=year(1950), dissolved=year(1955)),
    ]
    made = poster(bodies, [split("a", "b", 1960)])
    words = [entry.words for entry in made.legend]
    assert words == ["still exists", "beginning or end not known", "split"]
    assert made.foot + max(entry.y for entry in made.legend) * 1.6 < made.height - MARGIN


# --- the SVG --------------------------------------------------------------------------------------


def test_the_svg_keeps_the_contract_of_a_drawing(belonging):
    bodies, told = belonging
    bodies[3:4] = [Body("fr", "French & <section>", countries=("FR",), founded=year(1940),
                        dissolved=year(1960, 1979), url="/organisations/fr/")]  # fmt: skip
    edges = [split("fr", "uk", 1940), split("fi", "ic", 1953)]
    text = write_poster(poster(bodies, edges, memberships=told, prefix="p"))
    root = ET.fromstring(text)  # noqa: S314
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    bars = [one for one in root.iter() if one.get("class") == "organisation"]
    assert sorted(one.get("data-id") for one in bars) == sorted(body.id for body in bodies)
    mine = next(one for one in bars if one.get("data-id") == "fr")
    assert dict(mine.attrib) == {
        "class": "organisation", "href": "/organisations/fr/", "data-id": "fr",
        "data-kind": "party", "data-countries": "FR", "data-start": "1940.0",
        "data-end": "1969.9986",
    }  # fmt: skip
    paths = [one for one in root.iter() if one.get("class") == "succession split"]
    ends = {(one.get("data-from"), one.get("data-to")) for one in paths}
    assert ends == {("fr", "uk"), ("fi", "ic")}
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("p") for name in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", text)
    headings = [one.text for one in root.iter() if one.get("class") == "heading"]
    assert headings == ["Internationals", "France", "United Kingdom"]
    for name, words in (("title", "All"), ("licence", "The record is free."),
                        ("drawn", "Drawn today")):  # fmt: skip
        assert [one.text for one in root.iter(f"{SVG}text") if one.get("class") == name] == [words]


def test_no_bar_of_a_poster_fades_through_a_mask():
    """From paper to its own colour: what is transparent is slow to print."""
    made = poster([Body("a", "A", countries=("FR",), founded=year(1950))])
    root = ET.fromstring(write_poster(made))  # noqa: S314
    fade = next(one for one in root.iter() if one.get("class") == "fade")
    gradients = {one.get("id"): one for one in root.iter(f"{SVG}linearGradient")}
    stops = list(gradients[fade.get("fill")[5:-1]])
    assert [dict(stop.attrib) for stop in stops] == [
        {"offset": "0", "stop-color": "#77726a"},
        {"offset": "1", "stop-color": "#fbfaf6"},
    ]


def test_an_empty_poster_says_so_and_a_long_title_fits():
    root = ET.fromstring(write_poster(poster([])))  # noqa: S314
    assert "There is nothing to draw." in [one.text for one in root.iter(f"{SVG}text")]
    long = poster(*movement(3), title="The movement in many countries, one after another " * 4)
    title = next(
        one
        for one in ET.fromstring(write_poster(long)).iter(f"{SVG}text")  # noqa: S314
        if one.get("class") == "title"
    )
    assert float(title.get("font-size")) < 30
