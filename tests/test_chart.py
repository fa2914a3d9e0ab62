"""The chart as it is read: moments in time, labels, signs, and the SVG of it."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from lineage.chart import Body, Membership, draw, write
from lineage.chart.drawing import DOWN
from lineage.chart.lettering import shorten, text_width
from lineage.graph import Edge

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"


def year(number, last=None):
    return date(number, 1, 1), date(last or number, 12, 31)


def day(number, month=1, of=1):
    return date(number, month, of), date(number, month, of)


def chart(bodies, edges=(), **options):
    return draw(bodies, edges, today=TODAY, **options)


def edge(kind, before, after, when=(None, None), **more):
    return Edge(more.pop("event", f"{before}>{after}"), before, after, kind, *when, **more)


def bar_of(drawn, name):
    return next(bar for bar in drawn.geometry.bars if bar.id == name)


def mark_of(drawn, name):
    return next(mark for mark in drawn.bars if mark.id == name)


def svg_of(drawn):
    return write(drawn)


def label_of(mark):
    """The one label of a bar, or None."""
    return mark.labels[0] if mark.labels else None


@pytest.fixture
def fourth():
    """1953 and 1963: two public factions, a reunification with part of one, and a dispute."""
    bodies = [
        Body("fi", "Fourth International", "FI", "international", founded=day(1938, 9, 3)),
        Body(
            "icfi",
            "International Committee of the Fourth International",
            "ICFI",
            "international",
            living=True,
            claims=True,
            years="since 1953",
            url="/organisations/icfi/",
        ),
        Body("isfi", "International Secretariat", "ISFI", "international"),
        Body("usfi", "Reunified Fourth International", "USFI", "international", living=True),
        Body("swp", "Socialist Workers Party", "SWP", countries=("US",), living=True),
        Body("rt", "Revolutionary Tendency", "RT", "tendency", ("US",)),
        Body("lost", "Somebody & <Sons>", countries=("GB",)),
    ]
    edges = [
        edge("split", "fi", "icfi", day(1953, 11, 16), event="1953", disputed=True),
        edge("split", "fi", "isfi", day(1953, 11, 16), event="1953"),
        edge("merger", "isfi", "usfi", year(1963), event="1963"),
        edge("merger", "icfi", "usfi", year(1963), event="1963", predecessor_continues=True),
        edge("split", "swp", "rt", year(1961), predecessor_continues=True),
        edge("merger", "rt", "swp", year(1964), successor_existed=True),
        edge("split", "icfi", "swp", year(1953), predecessor_continues=True),
    ]
    return bodies, edges


# ---- Moments ----


@pytest.mark.parametrize(
    ("founded", "start", "is_open"),
    [
        (day(1953, 7, 2), 1953.4986, False),
        (year(1953), 1953.0, False),
        ((date(1953, 11, 1), date(1953, 11, 30)), 1953.8726, False),
        (year(1950, 1959), 1954.9986, True),
        ((None, date(1940, 1, 1)), 1940.0, True),
        ((date(1990, 1, 1), None), 1990.0, True),
        ((date(1953, 12, 31), date(1953, 1, 1)), 1953.0, False),
    ],
)
def test_a_bar_begins_where_its_date_allows(founded, start, is_open):
    bar = bar_of(chart([Body("a", "A", founded=founded, living=True)]), "a")
    assert (bar.start, bar.open_start) == (start, is_open)


@pytest.mark.parametrize(
    ("facts", "end", "open_end", "vague_end"),
    [
        ({"dissolved": year(1963)}, 1963.0, False, False),
        ({"dissolved": day(1963, 7, 2)}, 1963.4986, False, False),
        ({"dissolved": year(1960, 1969)}, 1964.9986, False, True),
        ({"dissolved": (date(1990, 1, 1), None)}, 1990.0, True, True),
        ({"living": True}, 2027.0, False, False),
        ({}, 1953.0, True, False),
        ({"last_known": date(1980, 1, 1)}, 1983.0, True, False),
        ({"dissolved": year(1950)}, 1950.35, False, False),
    ],
)
def test_a_bar_ends_where_its_date_allows_and_never_runs_on_unknown(
    facts, end, open_end, vague_end
):
    bar = bar_of(chart([Body("a", "A", founded=year(1950), **facts)]), "a")
    assert (bar.end, bar.open_end, bar.vague_end) == (end, open_end, vague_end)
    assert bar.living == facts.get("living", False)


def test_an_unknown_founding_is_taken_from_the_event_that_founded_it():
    bodies = [Body("a", "A", founded=year(1950), living=True), Body("b", "B", living=True)]
    born = edge("split", "a", "b", day(1960, 7, 1), predecessor_continues=True)
    joined = edge("merger", "a", "b", year(1955), successor_existed=True)
    bar = bar_of(chart(bodies, [born]), "b")
    assert (bar.start, bar.open_start) == (1960.4973, False)
    bar = bar_of(chart(bodies, [joined]), "b")
    assert (bar.start, bar.open_start) == (1952.0, True)


def test_the_better_of_two_dates_places_an_event():
    """A year in one place and a day in another are the same moment when they agree."""
    bodies = [
        Body("a", "A", founded=year(1950), dissolved=year(1962)),
        Body("b", "B", founded=day(1962, 3, 4), living=True),
    ]
    drawn = chart(bodies, [edge("rename", "a", "b", year(1962))])
    assert bar_of(drawn, "a").end == bar_of(drawn, "b").start == 1962.1699
    assert [one.at for one in drawn.geometry.connectors] == [1962.1699]
    assert drawn.geometry.lanes == 1


@pytest.mark.parametrize(
    ("facts", "end", "sure"),
    [
        ({"dissolved": day(2011)}, 2011.0, 2011.0),
        ({"dissolved": day(2011), "first_known": date(1995, 1, 1)}, 2011.0, 1995.0),
        ({"living": True, "last_known": date(2024, 1, 1)}, 2027.0, 2024.0),
        ({}, 1991.0, 1991.0),
    ],
    ids=["ended", "spoken of", "living", "nothing"],
)
def test_a_bar_that_began_at_some_time_after_a_year_is_faint_until_it_surely_was_there(
    facts, end, sure
):
    bodies = [Body("a", "A", founded=year(1950), living=True), Body("b", "B", **facts)]
    later = date(1988, 1, 1), None
    drawn = chart(bodies, [edge("split", "a", "b", later, predecessor_continues=True)])
    bar = bar_of(drawn, "b")
    assert (bar.start, bar.open_start, bar.end, bar.sure) == (1988.0, True, end, sure)
    veil = mark_of(drawn, "b").veils[0]
    assert veil.way == "start"
    assert veil.width - 1 == pytest.approx((sure - 1988.0) * drawn.per_year, abs=0.2)


def test_a_change_that_a_body_took_part_in_proves_that_it_was_there():
    bodies = [Body("a", "A", founded=year(1950), living=True),
              Body("b", "B", founded=(date(1960, 1, 1), None), dissolved=year(1990))]  # fmt: skip
    drawn = chart(bodies, [edge("merger", "b", "a", day(1970), predecessor_continues=True,
                                successor_existed=True)])  # fmt: skip
    assert bar_of(drawn, "b").sure == 1970.0


@pytest.mark.parametrize("founded", [year(1953), year(1950, 1959), (None, date(1953, 1, 1))])
def test_a_bar_whose_beginning_has_a_latest_day_is_not_in_doubt_for_longer(founded):
    bar = bar_of(chart([Body("a", "A", founded=founded, dissolved=year(1990))]), "a")
    assert bar.sure is None


def test_a_body_without_any_date_is_drawn_as_undated_beside_its_neighbour():
    bodies = [Body("a", "A", founded=year(1950), living=True), Body("b", "B"), Body("c", "C")]
    drawn = chart(bodies, [edge("split", "a", "b", predecessor_continues=True)])
    assert [bar_of(drawn, name).dated for name in "abc"] == [True, False, False]
    assert bar_of(drawn, "b").start == 1953.0
    assert "no date is known" in mark_of(drawn, "c").title


def test_a_body_renamed_within_the_year_it_was_founded_is_still_seen():
    bodies = [Body(name, name.upper(), founded=year(1974)) for name in "ab"]
    drawn = chart(bodies, [edge("rename", "a", "b", year(1974))])
    assert (bar_of(drawn, "a").start, bar_of(drawn, "a").end) == (1974.0, 1974.35)
    assert bar_of(drawn, "b").start == 1974.35
    assert drawn.geometry.lanes == 1


def test_a_return_joins_its_bar_half_way(fourth):
    drawn = chart(*fourth)
    back = next(one for one in drawn.geometry.connectors if one.joins)
    host = bar_of(drawn, "swp")
    assert (back.source, back.target, back.at) == ("rt", "swp", 1964.0)
    assert host.start < back.at < host.end
    assert bar_of(drawn, "rt").end == 1964.0


def test_a_faction_that_becomes_independent_leaves_and_joins_nobody():
    bodies = [
        Body("lo", "LO", founded=year(1968), living=True),
        Body("faction", "Faction", kind="faction", founded=year(1996), living=True),
    ]
    split = edge(
        "split", "lo", "faction", year(2008), predecessor_continues=True, successor_existed=True
    )
    drawn = chart(bodies, [split])
    [line] = drawn.connectors
    assert (line.sign, line.arrow, line.states) == ("split", "", "leaves")
    assert line.title == "split: LO → Faction, which existed already"
    legend = [entry.words for entry in drawn.legend]
    assert legend[-1:] == ["a body that existed leaves"]
    assert not {"split", "joins a body that existed"} & set(legend)
    assert svg_of(drawn).count('class="sign split"') == 2  # one of them in the legend
    # It is met in the middle of its bar: the line ends there and has no bend into it.
    assert line.d.split("V")[-1].replace(".", "").replace("-", "").isdigit()


def test_a_body_merged_in_part_goes_on(fourth):
    drawn = chart(*fourth)
    assert bar_of(drawn, "icfi").end == 2027.0
    assert bar_of(drawn, "isfi").end == bar_of(drawn, "usfi").start == 1963.0


# ---- The contract ----


def test_the_geometry_has_the_keys_that_were_agreed_in_their_order(fourth):
    geometry = chart(*fourth).geometry.as_dict()
    assert list(geometry) == ["lanes", "from", "to", "bars", "connectors", "crossings", "length"]
    for bar in geometry["bars"]:
        assert list(bar)[:6] == ["id", "lane", "start", "end", "open_start", "open_end"]
    for connector in geometry["connectors"]:
        assert list(connector)[:6] == ["kind", "from", "to", "from_lane", "to_lane", "at"]
    assert (geometry["from"], geometry["to"]) == (1938.0, 2027.0)
    assert len(geometry["bars"]) == 7
    assert len(geometry["connectors"]) == 7


def test_edges_to_strangers_are_left_out():
    drawn = chart([Body("a", "A", founded=year(1950))], [edge("split", "a", "x", year(1960))])
    assert drawn.geometry.connectors == ()


# ---- Labels ----


def test_a_label_says_as_much_as_there_is_room_for():
    bodies = [
        Body("a", "Workers Socialist League", "WSL", founded=year(1950), living=True),
        Body("b", "Revolutionary Socialist League", "RSL", founded=year(2016), living=True),
        Body("c", "Revolutionary Workers Discussion Group in Exile", founded=year(2019)),
    ]
    drawn = chart(bodies)
    labels = {mark.id: label_of(mark) for mark in drawn.bars}
    assert (labels["a"].head, labels["a"].tail) == ("WSL", "Workers Socialist League")
    assert (labels["b"].head, labels["b"].tail) == ("RSL", "")
    assert labels["c"].head.endswith("…")
    assert "Revolutionary Workers Discussion Group in Exile" in mark_of(drawn, "c").title


def test_a_name_of_one_year_in_a_chain_hangs_under_its_bar():
    bodies = [
        Body("a", "League", "LSSP", founded=year(1950)),
        Body("b", "Movement for the Fourth International", "MFIXYZ"),
        Body("c", "Party", "PARTY", living=True),
    ]
    edges = [edge("rename", "a", "b", year(1980)), edge("rename", "b", "c", year(1981))]
    drawn = chart(bodies, edges)
    a, b, c = (label_of(mark_of(drawn, name)) for name in "abc")
    assert a.y == c.y < b.y
    assert b.head == "MFIXYZ"


def test_a_label_steps_aside_for_a_short_lived_name_before_it():
    bodies = [
        Body("a", "League of a long name", "WSLX", founded=year(1940)),
        Body("b", "Organiser of a long name", "SOA", living=True),
    ]
    for length, moves in ((2, True), (20, False)):
        a, b = (
            mark_of(chart(bodies, [edge("rename", "a", "b", year(1940 + length))]), name)
            for name in "ab"
        )
        assert a.labels[0].head == "WSLX"
        assert (b.labels[0].x > b.x + 2) is moves
        assert a.labels[0].x + a.labels[0].width < b.labels[0].x


def test_a_name_does_not_hang_on_the_label_below_it():
    bodies = [
        Body("a", "League", "LSSP", founded=year(1950)),
        Body("b", "Movement for the Fourth International", "MFIXYZ"),
        Body("c", "Party", "PARTY", living=True),
        Body("d", "Below", founded=year(1980)),
    ]
    edges = [edge("rename", "a", "b", year(1980)), edge("rename", "b", "c", year(1981))]
    drawn = chart(bodies, edges)
    assert bar_of(drawn, "d").lane == bar_of(drawn, "b").lane + 1
    label = label_of(mark_of(drawn, "b"))
    assert label is None or label.y == label_of(mark_of(drawn, "a")).y


def test_countries_are_told_only_where_they_differ():
    british = [Body(name, name, countries=("GB",), founded=year(1950)) for name in "ab"]
    assert [mark.labels[0].code for mark in chart(british).bars] == ["", ""]
    french = Body("c", "c", countries=("FR",), founded=year(1950))
    drawn = chart([*british, french])
    assert [mark.labels[0].code for mark in drawn.bars] == ["GB", "GB", "FR"]
    assert len({mark.colour for mark in drawn.bars}) == 2


def test_no_more_than_seven_countries_have_a_colour_and_internationals_are_ink():
    bodies = [
        Body(f"b{i}", "B", countries=(f"{chr(65 + i)}X",), founded=year(1950)) for i in range(9)
    ]
    bodies.append(Body("i", "I", kind="international", countries=("AX",), founded=year(1950)))
    colours = {mark.id: mark.colour for mark in chart(bodies).bars}
    assert colours == {
        **{f"b{i}": f"c{i + 1}" for i in range(7)},
        "b7": "c8",
        "b8": "c8",
        "i": "ink",
    }


def test_text_is_shortened_to_the_room_there_is():
    assert shorten("Militant", 12, 100) == "Militant"
    cut = shorten("Militant tendency", 12, 60)
    assert cut.endswith("…")
    assert text_width(cut, 12) <= 60
    assert shorten("Militant", 12, 5) == ""


# ---- The SVG ----


def test_the_svg_draws_each_bar_and_each_connector_once(fourth):
    drawn = chart(*fourth)
    root = ET.fromstring(svg_of(drawn))  # noqa: S314
    bars = [e for e in root.iter() if "organisation" in e.get("class", "").split()]
    assert sorted(e.get("data-id") for e in bars) == sorted(body.id for body in fourth[0])
    links = {e.get("data-id"): e.get("href") for e in bars if e.tag == f"{SVG}a"}
    assert links == {"icfi": "/organisations/icfi/"}
    for element in bars:
        assert element.get("class") == "organisation"
        assert element.find(f"{SVG}title") is not None
        assert element.find(f".//{SVG}text") is not None
    paths = [e for e in root.iter() if "succession" in e.get("class", "").split()]
    assert {e.tag for e in paths} == {f"{SVG}path"}
    drawn_edges = sorted(
        (e.get("class").split()[1], e.get("data-from"), e.get("data-to")) for e in paths
    )
    assert drawn_edges == sorted((e.kind, e.predecessor, e.successor) for e in fourth[1])


def test_the_svg_stands_alone_and_keeps_a_strict_policy(fourth):
    text = svg_of(chart(*fourth, prefix="family"))
    root = ET.fromstring(text)  # noqa: S314
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", text)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("family") for name in ids)
    for reference in re.findall(r"url\(#([^)]+)\)", text):
        assert reference in ids
    for name in root.get("aria-labelledby").split():
        assert name in ids


def test_names_are_escaped_and_what_xml_can_not_hold_is_dropped():
    body = Body("a", 'Sons & <b>"Daughters"\x00\x1f\ufffe', url="/o/?a=1&b=2", founded=year(1950))
    root = ET.fromstring(svg_of(chart([body])))  # noqa: S314
    label = next(e for e in root.iter(f"{SVG}tspan") if e.get("class") == "head")
    assert label.text == 'Sons & <b>"Daughters"'
    assert next(root.iter(f"{SVG}a")).get("href") == "/o/?a=1&b=2"


def test_an_empty_chart_says_so():
    root = ET.fromstring(svg_of(chart([])))  # noqa: S314
    assert "There is nothing to draw." in [e.text for e in root.iter(f"{SVG}text")]


def test_the_body_in_question_stands_out(fourth):
    drawn = chart(*fourth, focus="usfi")
    assert [mark.id for mark in drawn.bars if "focus" in mark.classes.split()] == ["usfi"]
    assert drawn.title == "Reunified Fourth International in its family tree"
    assert 'font-weight="700"' in svg_of(drawn)
    ET.fromstring(svg_of(chart([Body("a", "A")], focus="a")))  # noqa: S314


def test_marks_say_what_is_not_known_and_what_is_disputed(fourth):
    drawn = chart(*fourth)
    assert mark_of(drawn, "icfi").arrow
    assert mark_of(drawn, "icfi").claim
    assert not mark_of(drawn, "fi").arrow
    assert mark_of(drawn, "lost").undated
    disputed = [line for line in drawn.connectors if line.dashes]
    assert [(line.source, line.target) for line in disputed] == [("fi", "icfi")]
    signs = {(line.source, line.target): line.sign or bool(line.arrow) for line in drawn.connectors}
    assert signs[("fi", "isfi")] == "split"
    assert signs[("isfi", "usfi")] == "merger"
    assert signs[("rt", "swp")] is True


def test_the_legend_explains_what_is_there_and_nothing_else(fourth):
    drawn = chart(*fourth, country_names={"US": "United States"})
    words = [entry.words for entry in drawn.legend]
    assert words == [
        "United States",
        "GB",
        "international",
        "faction, wing or committee",
        "still exists",
        "beginning or end not known",
        "no date known",
        "claims to continue an earlier body",
        "split",
        "merger",
        "joins a body that existed",
        "disputed",
    ]
    assert [entry.words for entry in chart([]).legend] == []
    foot = max(entry.y for entry in drawn.legend)
    assert foot < drawn.height


def test_numbers_are_printed_for_machines_in_every_language(fourth, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    with translation.override("de"):
        text = svg_of(chart(*fourth))
    assert not re.search(r'\s(?:x|y|width|height|cx|cy|data-start)="[^"]*,', text)
    assert 'data-start="1953.874"' in text


# ---- Time down the page, bands, sizes, gaps, colours by line, what is hidden ----


def test_time_runs_down_with_names_beside_their_bars(fourth):
    across, down = chart(*fourth), chart(*fourth, time="down")
    assert (across.time, down.time) == ("across", "down")
    assert {bar.id for bar in across.bars} == {bar.id for bar in down.bars}
    for mark in down.bars:
        bar = bar_of(down, mark.id)
        assert mark.height == pytest.approx((bar.end - bar.start) * down.per_year, abs=0.2)
        assert mark.y == pytest.approx(
            down.origin + (bar.start - down.geometry.start) * down.per_year, abs=0.1
        )
        for label in mark.labels:
            assert mark.x + mark.width < label.x
            beyond = mark.x + mark.width / 2 + DOWN.lane  # the middle of the next lane's bars
            assert label.x + label.width <= beyond - 10
            assert label.y > mark.y
    root = ET.fromstring(svg_of(down))  # noqa: S314
    assert root.get("data-time") == "down"
    assert "Time runs down" in root.find(f"{SVG}desc").text


def test_an_international_is_a_band_behind_its_sections_for_as_long_as_they_were_in_it():
    bodies = [Body("a", "A", founded=year(1950), dissolved=year(1980)),
              Body("b", "B", founded=year(1950), living=True)]  # fmt: skip
    told = [
        Membership("a", "fi", "Fourth International", year(1960), year(1970)),
        Membership("a", "fi", "Fourth International", year(1965), year(1975)),  # told twice
        Membership("b", "fi", "Fourth International", year(1990), None),
        Membership("b", "cwi", "CWI", None, year(1985)),
        Membership("b", "x", "After its end", year(2100), None),
        Membership("z", "fi", "Fourth International"),
    ]
    drawn = chart(bodies, memberships=told)
    years = {
        (band.body, band.international): tuple(
            round(drawn.geometry.start + (x - drawn.origin) / drawn.per_year)
            for x in (band.x, band.x + band.width)
        )
        for band in drawn.bands
    }
    assert years == {
        ("a", "fi"): (1960, 1970),
        ("b", "fi"): (1990, 2027),
        ("b", "cwi"): (1950, 1985),
    }
    assert len(drawn.bands) == 3
    words = [entry.words for entry in drawn.legend if entry.mark == "band"]
    assert words == ["Fourth International", "CWI"]
    assert {band.colour for band in drawn.bands if band.international == "fi"} == {"b1"}
    root = ET.fromstring(svg_of(drawn))  # noqa: S314
    found = [one.get("data-international") for one in root.iter() if one.get("class") == "band b1"]
    assert found == ["fi", "fi"]
    assert chart(bodies).bands == ()


@pytest.mark.parametrize(
    ("members", "height", "words"),
    [
        (99, 3.0, "fewer than 100 members"),
        (100, 4.5, "100 to 999 members"),
        (9999, 7.0, "1,000 to 9,999 members"),
        (10_000, 10.0, "10,000 members or more"),
        (None, 5.5, None),
    ],
)
def test_a_bar_is_as_thick_as_its_body_was_large(members, height, words):
    drawn = chart([Body("a", "A", founded=year(1950), living=True, members=members)])
    assert drawn.bars[0].height == height
    sizes = [entry.words for entry in drawn.legend if entry.mark.startswith("size")]
    assert sizes == ([words] if words else [])
    big = Body("a", "A", kind="international", founded=year(1950), members=members)
    assert chart([big]).bars[0].height == 8.0


def test_a_time_without_activity_is_seen_in_the_bar():
    gaps = ((year(1960), year(1965)), (year(1940), year(1945)), (year(1975), None))
    drawn = chart([Body("a", "A", founded=year(1950), dissolved=year(1980), gaps=gaps)])
    found = [
        tuple(
            round(drawn.geometry.start + (x - drawn.origin) / drawn.per_year)
            for x in (veil.x, veil.x + veil.width)
        )
        for veil in drawn.bars[0].veils
    ]
    assert found == [(1960, 1965), (1975, 1980)]
    assert [entry.words for entry in drawn.legend if entry.mark == "gap"] == ["not active"]
    assert svg_of(drawn).count('class="gap"') == 3


def test_colours_by_line_part_the_tree_where_its_greatest_branches_leave():
    bodies = [Body("r", "Root", founded=year(1900), living=True)]
    edges = []
    for branch, size in (("a", 9), ("b", 5), ("c", 1)):
        for number in range(size):
            name = f"{branch}{number}"
            bodies.append(Body(name, name.upper(), founded=year(1910 + number), living=True))
            parent = "r" if not number else f"{branch}{number - 1}"
            edges.append(edge("split", parent, name, year(1910 + number)))
    bodies.append(Body("lone", "Lone", founded=year(1950)))
    drawn = chart(bodies, edges, colour="family")
    colours = {mark.id: mark.colour for mark in drawn.bars}
    lines = defaultdict(set)
    for name, colour in colours.items():
        lines[colour].add(name)
    assert set().union(*lines.values()) == {body.id for body in bodies}
    assert lines["c8"] == {"lone"}
    for members in lines.values():  # each line is one piece of the tree
        heads = [n for n in members if not any(e.successor == n and e.predecessor in members
                                               for e in edges)]  # fmt: skip
        assert len(heads) == 1
    assert 3 <= len(lines) <= 8
    assert all(e.words.startswith(("line of ", "other lines")) for e in drawn.legend
               if e.mark == "bar")  # fmt: skip
    by_country = chart(bodies, edges)
    assert {mark.colour for mark in by_country.bars} == {"c8"}


def test_a_plus_stands_where_kin_are_hidden_and_leads_to_them():
    body = Body(
        "a", "A", founded=year(1950), dissolved=year(1960),
        more_before=1, more_after=3, more_url="/tree/?open=a",
    )  # fmt: skip
    drawn = chart([body])
    (mark,) = drawn.bars
    assert [(more.side, more.url, more.words) for more in mark.more] == [
        ("before", "/tree/?open=a", "1 more predecessor of A: show"),
        ("after", "/tree/?open=a", "3 more successors of A: show"),
    ]
    before, after = mark.more
    assert before.x < mark.x < mark.x + mark.width < after.x
    assert "more of its kin, not drawn here" in [entry.words for entry in drawn.legend]
    assert svg_of(drawn).count('<a class="more ') == 2
    assert chart([Body("a", "A", founded=year(1950))]).bars[0].more == ()


def test_a_drawing_says_when_it_was_made(fourth):
    assert chart(*fourth).drawn == "Drawn 22 November 2026"
    assert "Drawn 22 November 2026</text>" in svg_of(chart(*fourth))


def test_a_chart_is_no_wider_than_it_may_be_until_its_years_are_short():
    """Names that follow each other after five years want long ones."""
    bodies = [
        Body(f"b{i}", f"The Organisation Number {i}", founded=year(1930 + 5 * i)) for i in range(18)
    ]
    edges = [edge("rename", f"b{i}", f"b{i + 1}", year(1935 + 5 * i)) for i in range(17)]
    free = chart(bodies, edges)
    fitted = chart(bodies, edges, within=1240)
    assert (free.per_year, free.width > 1500) == (16.0, True)
    assert 9 < fitted.per_year < 16
    assert 1200 < fitted.width <= 1240
    assert chart(bodies, edges, within=300).per_year == 9
    assert chart(bodies, edges, within=5000).width == free.width
    down = chart(bodies, edges, time="down", within=100)
    assert down.per_year == chart(bodies, edges, time="down").per_year
