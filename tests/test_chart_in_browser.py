"""Rea explores a chart in a browser: lights a line, opens cards, finds, sets a year, uses keys."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from lineage.graph import Lineage
from lineage.models import Name, Organisation, Succession
from lineage.models.derivation import edges_of
from tests.browsing import AUDITED, PAGES, Axe, bar, in_browser

pytestmark = in_browser

WIDTH = "document.querySelector('svg.lineage-chart').width.baseVal.value"
TREE = "/organisations/fourth-international/tree/"


def lit(tab) -> set[str]:
    """The bodies that stand out: those lit, all others being dimmed."""
    shown = tab.evaluate(
        """[...document.querySelectorAll(".lineage-chart .organisation")].map(e =>
        [e.dataset.id, e.classList.contains("is-lit"), e.classList.contains("is-dimmed")])"""
    )
    assert [one for one, is_lit, is_dimmed in shown if is_lit == is_dimmed] == []
    return {one for one, is_lit, _ in shown if is_lit}


def dimmed(tab) -> set[str]:
    return set(
        tab.evaluate(
            "[...document.querySelectorAll('.organisation.is-dimmed')].map(e => e.dataset.id)"
        )
    )


def wait_until_lit(tab) -> None:
    tab.locator(".lineage-chart .organisation.is-lit").first.wait_for(state="attached")


def until(tab, expression: str) -> None:
    """Wait until an expression holds. The page's policy forbids the way that the library waits."""
    for _ in range(100):
        if tab.evaluate(f"Boolean({expression})"):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"It never came about that {expression}")


def query(tab) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.url).query)


def focused(tab) -> str | None:
    return tab.evaluate("document.activeElement.dataset.id")


def line_of(slug: str) -> set[str]:
    """A body's line through time, as the server walks it."""
    lineage = Lineage(edges_of(Succession.objects.published().order_by()))
    return {slug} | {one.id for one in lineage.relatives(slug)}


@pytest.fixture
def returned(body, event):
    """A faction leaves a party in 1950 and returns in 1960; the party had split already in 1930."""
    for slug in ("party", "early", "faction", "late"):
        body(slug, founded="1920" if slug == "party" else "")
    event("e", "split", [("party", "early")], date="1930")
    event("f", "split", [("party", "faction")], date="1950")
    event("r", "merger", [("faction", "party", {"successor_existed": True})], date="1960")
    event("l", "split", [("party", "late")], date="1970")


@pytest.mark.parametrize("slug", ["usfi", "icfi", "isfi", "fourth-international"])
def test_hover_lights_the_line_of_a_body_and_no_other(visit, slug):
    tab = visit()
    tab.goto(TREE)
    bar(tab, slug).locator(".hit").hover(position={"x": 4, "y": 12})
    wait_until_lit(tab)
    there = set(Organisation.objects.filter(family=family()).values_list("slug", flat=True))
    assert lit(tab) == line_of(slug) & there
    tab.mouse.move(5, 5)
    until(tab, "!document.querySelector('.organisation.is-dimmed')")
    assert "lit" not in query(tab)


def family() -> int:
    return Organisation.objects.get(slug="fourth-international").family


def test_a_line_follows_time_where_a_faction_returns(visit, returned):
    tab = visit()
    tab.goto("/organisations/party/tree/")
    for slug in ("faction", "early", "late"):
        bar(tab, slug).focus()
        until(
            tab,
            f"document.querySelector('[data-id={slug}].is-lit')"
            " && document.querySelector('[data-id].is-dimmed, [data-id].is-lit')",
        )
        assert lit(tab) == line_of(slug)
    assert line_of("faction") == {"party", "faction", "late"}


def test_focus_lights_a_line_too(visit):
    tab = visit()
    tab.goto(TREE)
    bar(tab, "usfi").focus()
    wait_until_lit(tab)
    assert lit(tab) == line_of("usfi")
    lines = tab.locator(".succession.is-lit").evaluate_all("all => all.map(e => e.dataset.to)")
    assert "usfi" in lines
    assert tab.locator(".succession.is-lit.is-dimmed").count() == 0


def test_a_tap_opens_the_card_and_the_second_one_the_page(visit):
    tab = visit(width=390)
    tab.goto(TREE)
    bar(tab, "usfi").scroll_into_view_if_needed()
    bar(tab, "usfi").locator(".hit").tap(position={"x": 4, "y": 12})
    card = tab.get_by_role("dialog")
    card.wait_for()
    assert urlsplit(tab.url).path == TREE
    assert query(tab)["lit"] == ["usfi"]
    wait_until_lit(tab)
    assert lit(tab) == line_of("usfi")
    name = Organisation.objects.get(slug="usfi").name
    assert card.get_by_role("heading").inner_text() == name
    box = card.bounding_box()
    assert (box["x"] >= 0, box["x"] + box["width"] <= 390, box["y"] + box["height"] <= 900) == (
        True, True, True,
    )  # fmt: skip
    at = bar(tab, "usfi").locator(".bar").bounding_box()
    assert at["y"] + at["height"] <= box["y"]
    bar(tab, "usfi").locator(".hit").tap(position={"x": 4, "y": 12})
    tab.wait_for_url("**/organisations/usfi/")


def test_a_pointer_that_rests_on_a_bar_opens_its_card_and_leaving_closes_it(visit):
    tab = visit()
    tab.goto(TREE)
    bar(tab, "usfi").locator(".hit").hover(position={"x": 4, "y": 12})
    card = tab.get_by_role("dialog")
    card.wait_for()
    assert (
        card.locator("li")
        .first.inner_text()
        .startswith("Formed in 1963 by the merger of part of the International Committee")
    )
    card.hover()
    tab.wait_for_timeout(500)
    assert card.is_visible()
    tab.mouse.move(5, 5)
    card.wait_for(state="hidden")


def test_a_card_opens_by_key_and_gives_the_focus_back(visit):
    tab = visit()
    tab.goto(TREE)
    bar(tab, "usfi").focus()
    tab.keyboard.press("c")
    card = tab.get_by_role("dialog")
    card.wait_for()
    until(tab, "document.activeElement.getAttribute('role') === 'dialog'")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "/organisations/usfi/"
    tab.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert focused(tab) == "usfi"
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/organisations/usfi/")


def test_a_line_that_is_kept_lit_stands_in_the_address(visit):
    tab = visit()
    tab.goto(TREE)
    bar(tab, "usfi").focus()
    tab.keyboard.press("l")
    until(tab, "location.search === '?lit=usfi'")
    tab.evaluate("document.activeElement.blur()")
    wait_until_lit(tab)
    assert lit(tab) == line_of("usfi")
    tab.reload()
    wait_until_lit(tab)
    assert lit(tab) == line_of("usfi")
    bar(tab, "usfi").focus()
    tab.keyboard.press("l")
    until(tab, "location.search === ''")


def test_a_body_is_found_by_an_old_name_as_one_types(visit):
    tab = visit()
    tab.goto("/tree/")
    imt = Organisation.objects.get(slug="usfi")
    Name.objects.create(organisation=imt, text="Società Ámphora", kind="nickname")
    field = tab.get_by_role("combobox", name="Find in this chart by any name")
    field.fill("AMPHORA soc")
    option = tab.locator("#chart-found [role=option]")
    option.first.wait_for()
    assert option.count() == 1
    assert "Società Ámphora" in option.inner_text()
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.getAttribute('aria-activedescendant')") == (
        "chart-found-0"
    )
    tab.keyboard.press("Enter")
    until(tab, "document.activeElement.dataset.id === 'usfi'")
    assert query(tab)["lit"] == ["usfi"]
    wait_until_lit(tab)
    assert lit(tab) == line_of("usfi")
    tab.wait_for_timeout(600)
    seen = bar(tab, "usfi").locator(".bar").bounding_box()
    frame = tab.locator(".chart-scroll").bounding_box()
    assert frame["x"] <= seen["x"] <= frame["x"] + frame["width"]
    assert frame["y"] <= seen["y"] <= frame["y"] + frame["height"]


def test_what_a_scroll_brings_under_a_resting_pointer_is_not_lit(visit):
    tab = visit()
    tab.goto(TREE)
    assert line_of("usfi") != line_of("icfi")
    bar(tab, "usfi").focus()
    tab.keyboard.press("l")
    box = bar(tab, "icfi").locator(".bar").bounding_box()
    tab.mouse.move(box["x"] + 20, box["y"] + 2 - 40)
    tab.wait_for_timeout(300)
    tab.evaluate("scrollBy({top: 40, behavior: 'instant'})")
    until(tab, "document.querySelector('[data-id=icfi]').matches(':hover')")
    tab.wait_for_timeout(300)
    assert lit(tab) == line_of("usfi")
    tab.mouse.move(box["x"] + 24, box["y"] + 2 - 40)
    tab.wait_for_timeout(300)
    assert lit(tab) == line_of("icfi")


def test_a_name_that_is_not_there_is_asked_of_the_server(visit):
    tab = visit()
    tab.goto(TREE)
    field = tab.locator("#chart-find")
    field.fill("nothing of the sort")
    until(
        tab,
        "document.querySelector('figure [role=status]').textContent"
        " === 'Nothing in this chart bears that name.'",
    )
    field.press("Enter")
    tab.wait_for_url(re.compile("find=nothing"))
    assert "Nothing in this chart bears a name with" in tab.locator(".found").inner_text()


def test_a_year_dims_what_did_not_exist_and_stands_in_the_address(visit):
    tab = visit()
    tab.goto(TREE)
    tab.locator("#chart-years").fill("1955")
    assert query(tab) == {"year": ["1955"]}
    shown = tab.evaluate(
        """[...document.querySelectorAll(".organisation")]
        .filter(e => Number(e.dataset.start) < 1956 && Number(e.dataset.end) >= 1955
            && !e.querySelector(".undated"))
        .map(e => e.dataset.id)"""
    )
    everybody = set(
        tab.evaluate("[...document.querySelectorAll('.organisation')].map(e => e.dataset.id)")
    )
    assert {"icfi", "isfi"} <= set(shown)
    assert "usfi" not in shown
    assert dimmed(tab) == everybody - set(shown)
    assert tab.locator(".chart-tools output").inner_text() == f"1955: {len(shown)} existed"
    rule = tab.locator(".year-rule").bounding_box()
    left, right = (bar(tab, slug).locator(".bar").bounding_box()["x"] for slug in ("icfi", "usfi"))
    assert left < rule["x"] < right  # 1953 < 1955 < 1963
    tab.reload()
    assert dimmed(tab) == everybody - set(shown)
    assert f"In 1955, {len(shown)} of them existed." in tab.locator("header.masthead").inner_text()
    tab.get_by_role("button", name="All", exact=True).click()
    assert (dimmed(tab), query(tab), tab.locator(".year-rule").count()) == (set(), {}, 0)


def test_arrows_follow_predecessors_and_successors(visit):
    tab = visit()
    tab.goto(TREE)
    stops = tab.locator(".lineage-chart a[tabindex='0']")
    assert stops.evaluate_all("all => all.map(e => e.dataset.id)") == ["fourth-international"]
    bar(tab, "fourth-international").focus()
    tab.keyboard.press("ArrowRight")
    after = focused(tab)
    edges = set(Succession.objects.published().values_list("predecessor__slug", "successor__slug"))
    assert ("fourth-international", after) in edges
    assert stops.evaluate_all("all => all.map(e => e.dataset.id)") == [after]
    tab.keyboard.press("ArrowLeft")
    assert (focused(tab), after) in edges
    bar(tab, "usfi").focus()
    tab.keyboard.press("ArrowLeft")
    assert (focused(tab), "usfi") in edges
    places = tab.evaluate(
        """[...document.querySelectorAll(".organisation")]
        .map(e => [e.querySelector(".bar").getBBox().y, e.dataset.id])
        .sort((a, b) => a[0] - b[0])"""
    )
    middle = places[len(places) // 2][1]
    for key, sign in (("ArrowDown", 1), ("ArrowUp", -1)):
        bar(tab, middle).focus()
        start = tab.evaluate("document.activeElement.querySelector('.bar').getBBox().y")
        tab.keyboard.press(key)
        there = tab.evaluate("document.activeElement.querySelector('.bar').getBBox().y")
        assert (there - start) * sign > 0
    ring = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"


def test_size_and_place_stand_in_the_address_and_come_back(visit):
    tab = visit()
    tab.goto(TREE)
    svg = tab.locator("svg.lineage-chart")
    width = float(svg.get_attribute("width"))
    tab.get_by_role("button", name="Larger").click()
    until(tab, f"document.querySelector('svg.lineage-chart').width.baseVal.value > {width}")
    tab.wait_for_timeout(100)
    tab.get_by_role("button", name="Larger").click()
    until(tab, "location.search.startsWith('?view=')")
    tab.wait_for_timeout(500)
    x, y, scale = map(float, query(tab)["view"][0].split(","))
    assert scale == pytest.approx(1.25**2, abs=0.01)
    assert float(svg.get_attribute("width")) == pytest.approx(width * scale, rel=0.01)
    assert tab.locator("[data-does=one] span").first.inner_text() == "156%"
    frame = tab.locator(".chart-scroll")
    place = frame.evaluate("e => [e.scrollLeft, e.scrollTop]")
    assert (x * scale, y * scale) == pytest.approx(place, abs=3)
    tab.reload()
    until(tab, f"{WIDTH} > {width * 1.5}")
    tab.wait_for_timeout(300)
    assert frame.evaluate("e => [e.scrollLeft, e.scrollTop]") == pytest.approx(place, abs=3)
    tab.get_by_role("button", name="Fit").click()
    until(tab, "(e => e.scrollWidth <= e.clientWidth + 1)(document.querySelector('.chart-scroll'))")


def test_dragging_moves_the_drawing_and_follows_no_link(visit):
    tab = visit(width=800)
    tab.goto("/tree/")
    frame = tab.locator(".chart-scroll")
    frame.evaluate("e => e.scrollTo(200, 0)")
    box = bar(tab, "usfi").locator(".bar").bounding_box()
    x, y = box["x"] + 20, box["y"] + 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x - 40, y, steps=4)
    tab.mouse.move(x - 80, y, steps=4)
    tab.wait_for_timeout(100)
    tab.mouse.up()
    assert frame.evaluate("e => e.scrollLeft") == pytest.approx(280, abs=12)
    assert urlsplit(tab.url).path == "/tree/"


def test_the_wheel_scrolls_and_with_ctrl_changes_the_size(visit):
    tab = visit()
    tab.goto(TREE)
    svg = tab.locator("svg.lineage-chart")
    width = float(svg.get_attribute("width"))
    tab.locator(".chart-scroll").hover(position={"x": 300, "y": 60})
    before = tab.evaluate("scrollY + document.querySelector('.chart-scroll').scrollTop")
    tab.mouse.wheel(0, 120)
    until(tab, f"scrollY + document.querySelector('.chart-scroll').scrollTop > {before}")
    assert float(svg.get_attribute("width")) == width
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -120)
    tab.keyboard.up("Control")
    until(tab, f"document.querySelector('svg.lineage-chart').width.baseVal.value > {width}")


def test_two_fingers_change_the_size(visit):
    tab = visit(width=390)
    tab.goto(TREE)
    tab.locator(".chart-frame").scroll_into_view_if_needed()
    width = float(tab.locator("svg.lineage-chart").get_attribute("width"))
    box = tab.locator(".chart-scroll").bounding_box()
    x, y = box["x"] + 150, box["y"] + 100
    client = tab.context.new_cdp_session(tab)

    def touch(kind: str, apart: int) -> None:
        points = [] if kind == "touchEnd" else [
            {"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}
        ]  # fmt: skip
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 30)
    for apart in (40, 60, 80, 100, 120):
        touch("touchMove", apart)
        tab.wait_for_timeout(60)
    touch("touchEnd", 0)
    assert float(tab.locator("svg.lineage-chart").get_attribute("width")) > width * 1.2
    assert tab.evaluate("visualViewport.scale") == 1


def test_marks_of_what_is_hidden_are_opened_by_links_that_keep_all_else(visit):
    tab = visit(scripts=False)
    tab.goto(f"{TREE}?direction=descendants&depth=1")
    link = tab.locator(".hidden-kin").first
    link.click()
    assert query(tab).keys() == {"direction", "depth", "open", "lit"}
    assert tab.locator("p.shown").first.inner_text().count("what is next to 1 body opened") == 1


def test_without_scripts_the_form_chooses_and_no_tool_stands_idle(visit):
    tab = visit(scripts=False)
    tab.goto("/tree/")
    assert not tab.locator(".chart-tools").is_visible()
    assert not tab.locator(".chart-zoom").is_visible()
    tab.locator(".refine summary").click()
    tab.get_by_label("Sri Lanka").check()
    tab.locator("#year").fill("1953")
    tab.get_by_role("button", name="Show").click()
    tab.wait_for_url(re.compile("country=LK"))
    said = tab.locator("p.shown").all_inner_texts()
    assert re.match(r"\d+ of \d+ bodies: in Sri Lanka\.", said[0])
    assert re.match(r"In 1953, \d+ of them existed\.", said[1])


def test_on_a_telephone_a_page_shows_its_own_body_in_the_chart_and_the_years(telephone):
    seen = {}
    for slug in ("usfi", "blpi"):
        telephone.goto(f"/organisations/{slug}/")
        box = bar(telephone, slug).locator(".bar").first.bounding_box()
        seen[slug] = 0 <= box["x"] <= 270
    assert seen == {"usfi": True, "blpi": True}
    years = telephone.locator(".axis-strip svg")  # of the last one, which is wider than the window
    assert years.is_visible()
    assert years.bounding_box()["x"] == 0


def test_on_a_telephone_the_chart_begins_on_the_first_screen_and_tools_fit_fingers(visit):
    tab = visit(width=390)
    for path in ("/tree/", TREE, f"{TREE}?depth=1&year=1955"):
        tab.goto(path)
        assert tab.locator(".chart-scroll").bounding_box()["y"] < 700
        tab.locator(".refine summary").click()
        small = tab.evaluate(
            """[...document.querySelectorAll(
            ".chart-controls input, .chart-controls select, .chart-controls button, "
            + ".refine summary, .chart-tools input, .chart-zoom button, .offers label")]
            .filter(e => e.type !== "checkbox" && e.type !== "hidden" && e.offsetParent)
            .filter(e => e.getBoundingClientRect().height < 44
              || e.getBoundingClientRect().right > 390)
            .map(e => e.outerHTML)"""
        )
        assert small == []


def test_the_axis_stays_in_sight(visit):
    tab = visit()
    tab.set_viewport_size({"width": 900, "height": 420})
    tab.goto("/tree/")
    frame = tab.locator(".chart-scroll")
    assert frame.evaluate("e => { e.scrollTo(100, 80); return e.scrollTop; }") == 80
    strip, box = tab.locator(".axis-strip svg").bounding_box(), frame.bounding_box()
    assert strip["y"] == pytest.approx(box["y"], abs=2)
    shifts = tab.evaluate(
        """[...document.querySelectorAll(".axis-strip text")].map(text => {
          const own = [...document.querySelectorAll(".lineage-chart .axis text")]
            .find(other => other.textContent === text.textContent);
          return Math.abs(own.getBoundingClientRect().x - text.getBoundingClientRect().x);
        })"""
    )
    assert len(shifts) > 3
    assert max(shifts) < 3


@pytest.mark.skipif(Axe is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_chart_in_use(visit, scheme, width):
    assert PAGES["a tree"] == TREE
    assert "a tree" in AUDITED
    tab = visit(width=width, scheme=scheme)
    tab.goto(f"{TREE}?depth=2&find=fourth")
    tab.locator(".refine summary").click()
    assert Axe().run(tab).violations_count == 0, "filters: " + Axe().run(tab).generate_report()
    tab.locator(".refine summary").click()
    bar(tab, "usfi").focus()
    tab.keyboard.press("c")
    tab.get_by_role("dialog").wait_for()
    found = Axe().run(tab, options={"rules": {"color-contrast": {"enabled": False}}})
    assert found.violations_count == 0, "card: " + found.generate_report()
    tab.goto("/organisations/usfi/card/")
    found = Axe().run(tab)
    assert found.violations_count == 0, "the card alone: " + found.generate_report()


# --- where a chart begins -------------------------------------------------------------------------


def begins(tab, path: str) -> list[float]:
    """How far a chart is scrolled, from the left and from the top, once it has come to rest."""
    tab.goto(path)
    tab.locator(".axis-strip").wait_for(state="attached")
    tab.wait_for_timeout(300)
    return tab.locator(".chart-scroll").evaluate("e => [e.scrollLeft, e.scrollTop]")


def test_a_chart_begins_at_its_first_year_or_past_a_lone_forerunner(visit, telephone, body):
    desk = visit()
    assert begins(desk, "/tree/?country=LK") == [0, 0]
    assert begins(telephone, "/tree/?country=LK")[1] == 0
    body("forerunner", founded="1848").country_periods.create(country="LK")
    assert begins(desk, "/tree/?country=LK")[0] > 300
    assert begins(telephone, "/tree/?country=LK")[1] > 500


def test_on_a_telephone_a_chart_begins_at_the_lane_of_who_came_first(telephone, body, event):
    for name in ("a", "b", "c", "d", "e", "f"):
        body(f"late-{name}", founded="1990").country_periods.create(country="BE")
        if name > "a":
            event(name, "split", [("late-a", f"late-{name}")], date="1990")
    body("early", founded="1930", dissolved="1996").country_periods.create(country="BE")
    body("early-too", founded="1930", dissolved="1995").country_periods.create(country="BE")
    begins(telephone, "/tree/?country=BE")
    frame = telephone.locator(".chart-scroll").bounding_box()
    seen = [bar(telephone, name).bounding_box() for name in ("early", "early-too")]
    assert any(0 < one["x"] < 300 and one["y"] < frame["y"] + 200 for one in seen)
