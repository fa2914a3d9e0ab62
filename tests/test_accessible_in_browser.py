"""Rea can't see the screen, or can't hold a mouse, or pays for every kilobyte: axe looks at every
kind of page, the Tab key goes through them, and what a first visit transfers is weighed.
"""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from lineage.views import trees
from tests.browsing import KINDS, MISTAKEN, Axe, bar, in_browser, send_nothing

pytestmark = in_browser

# Enabled here beside all that axe enables by itself: WCAG 2.2's size of targets.
RULES = {"rules": {"target-size": {"enabled": True}}}
LIGHTEST = 100_000  # bytes of a first visit, fonts apart


def faults(tab: Any, options: dict[str, Any]) -> list[str]:
    """What axe finds, a line for each element."""
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in Axe().run(tab, options=options).response["violations"]
        for node in one["nodes"]
    ]


audited = pytest.mark.skipif(Axe is None, reason="axe-playwright-python is not installed")


@audited
def test_axe_finds_nothing_on_any_kind_of_page_on_a_desk_in_the_light(visit, crowded):
    desk = visit()
    crowded(12)
    found = {}
    for kind, path in KINDS.items():
        desk.goto(path)
        found[kind] = faults(desk, RULES)
    assert {kind: what for kind, what in found.items() if what} == {}


@audited
def test_axe_finds_nothing_on_any_kind_of_page_on_a_telephone_in_the_dark(telephone, crowded):
    crowded(12)
    telephone.emulate_media(color_scheme="dark")
    found = {}
    for kind, path in {**KINDS, **MISTAKEN}.items():
        telephone.goto(path)
        found[kind] = faults(telephone, RULES)
    send_nothing(telephone)
    found["an empty correction"] = faults(telephone, RULES)
    assert {kind: what for kind, what in found.items() if what} == {}


def test_no_page_is_wider_than_a_telephone_whatever_its_names_and_dates(telephone, crowded):
    crowded(0)
    wide = {}
    for kind, path in {**KINDS, **MISTAKEN}.items():
        telephone.goto(path)
        wide[kind] = telephone.evaluate("document.documentElement.scrollWidth")
    assert {kind: width for kind, width in wide.items() if width != 390} == {}


# --- the keyboard ---------------------------------------------------------------------------------


def stops(tab: Any, number: int) -> list[tuple[str, bool]]:
    """Where the Tab key leads: what has the focus, and whether one sees that it has."""
    told = []
    for _ in range(number):
        tab.keyboard.press("Tab")
        told.append(
            tuple(
                tab.evaluate(
                    """(e => [e.dataset.id || e.id || e.dataset.does || e.className.baseVal
                    || e.className || e.innerText, getComputedStyle(e).outlineStyle === "solid"])
                    (document.activeElement)"""
                )
            )
        )
    return told


def test_the_tab_key_goes_through_a_tree_in_order_and_the_chart_is_one_stop(visit):
    tab = visit()
    tab.goto("/organisations/fourth-international/tree/")
    tab.locator("#chart-find").focus()
    told = stops(tab, 11)
    assert [name for name, _ in told] == [
        "Find",
        "Filters",
        "chart-years",
        "play",
        "chart-scroll",
        "fourth-international",
        "out",
        "one",
        "in",
        "fit",
        "the same as lists",
    ]
    assert [seen for _, seen in told] == [True] * 11


def test_without_scripts_the_chart_is_passed_by_in_one(visit):
    tab = visit(scripts=False)
    tab.goto("/tree/")
    tab.locator(".refine summary").focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.innerText") == "Past the chart"
    assert tab.locator(".past").bounding_box()["width"] > 100
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.innerText") == "the same as lists"


def test_a_card_closes_behind_who_goes_on(visit):
    tab = visit()
    tab.goto("/organisations/fourth-international/tree/")
    bar(tab, "usfi").focus()
    tab.keyboard.press("c")
    card = tab.get_by_role("dialog")
    card.wait_for()
    for _ in range(20):
        tab.keyboard.press("Tab")
        if not tab.evaluate("Boolean(document.activeElement.closest('.chart-card'))"):
            break
    assert not card.is_visible()


def test_suggestions_are_gone_through_and_closed_with_keys(visit):
    tab = visit()
    tab.goto("/related/")
    field = tab.locator("#from")
    field.focus()
    tab.keyboard.type("fourth inter")
    options = tab.locator("#from-suggestions [role=option]")
    options.first.wait_for()
    tab.keyboard.press("ArrowUp")
    last = field.get_attribute("aria-activedescendant")
    assert last == options.last.get_attribute("id")
    tab.keyboard.press("Escape")
    assert not options.first.is_visible()
    assert field.input_value() == "fourth inter"
    tab.keyboard.press("ArrowDown")
    options.first.wait_for()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    assert tab.locator("input[type=hidden][name=from]").count() == 1
    assert not options.first.is_visible()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "to"


# --- a large drawing ------------------------------------------------------------------------------


def drawn(tab: Any) -> list[list[str]]:
    """The bars and lines of a chart: what they are and where they stand."""
    return tab.evaluate(
        """[...document.querySelectorAll("svg.lineage-chart :is(.bar, path, circle, text)")]
        .map(e => [e.tagName, e.textContent, e.getAttribute("d") || e.getAttribute("x") || "",
          e.closest("a")?.getAttribute("href") || ""])"""
    )


def test_a_large_drawing_comes_after_its_page_and_is_the_same(visit, monkeypatch):
    tab = visit()
    tab.goto("/tree/")
    whole = drawn(tab)
    monkeypatch.setattr(trees, "AT_ONCE", 5)
    tab.goto("/tree/?lit=usfi")
    assert tab.request.get("/tree/?lit=usfi").text().count("<svg") == 0
    tab.locator(".axis-strip").wait_for(state="attached")
    assert [one for one in drawn(tab) if not one[3].endswith("lit=usfi")] == whole
    assert len(whole) > 100
    tabbed = tab.locator(".lineage-chart a[tabindex='0']")
    assert tabbed.count() == 1
    bar(tab, "usfi").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/organisations/usfi/")


WATCHING = """
  window.came = [];
  new MutationObserver(changes => {
    const drawn = changes.flatMap(change => [...change.addedNodes])
      .filter(one => one.matches && one.matches(".organisation, .succession"));
    came.push(...drawn.map(one => [one.matches(".organisation"), one.getBoundingClientRect().top]));
  }).observe(document, { childList: true, subtree: true });
"""


def test_of_a_large_drawing_what_is_in_sight_comes_first(visit, crowded, event):
    """Bars too, which stand behind all the lines of a drawing."""
    crowded(trees.AT_ONCE)
    for number in range(60):
        event(f"e{number}", "split", [(f"body-{number}", f"body-{number + 90}")])
    tab = visit()
    tab.add_init_script(WATCHING)
    tab.goto("/tree/")
    tab.locator(".axis-strip").wait_for(state="attached")
    frame = tab.locator(".chart-scroll").bounding_box()
    bottom = frame["y"] + frame["height"]
    came = tab.evaluate("window.came")
    beyond = next(place for place, (_, top) in enumerate(came) if top > bottom)
    in_sight = {top for is_bar, top in came if is_bar and top < bottom - 30}
    assert {top for is_bar, top in came[:beyond] if is_bar} >= in_sight > set()
    assert [is_bar for is_bar, top in came[beyond:] if top > bottom].count(False) > 30


def test_a_large_drawing_stands_in_a_frame_without_scripts(visit, monkeypatch):
    monkeypatch.setattr(trees, "AT_ONCE", 5)
    tab = visit(scripts=False)
    tab.goto("/tree/")
    assert not tab.locator(".awaited").is_visible()
    frame = tab.frame_locator(".chart-scroll iframe")
    place = frame.locator(".organisation[data-id='usfi']")
    assert place.bounding_box()["width"] > 10
    place.click()
    tab.wait_for_url("**/organisations/usfi/")
    assert tab.locator("h1").is_visible()


def test_the_links_of_a_tree_in_a_frame_lead_out_of_it(visit):
    """A page's base is heeded by links of HTML, and not by those of a drawing."""
    tab = visit(scripts=False)
    tab.goto("/embed/organisations/usfi/")
    links = tab.locator(".lineage-chart a")
    assert {one.get_attribute("target") for one in links.all()} == {"_top"}


# --- what a first visit weighs --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["home", "an organisation", "results", "a country", "large"])
def test_a_first_visit_weighs_less_than_a_hundred_kilobytes(visit, crowded, kind):
    """Fonts apart. What lies ready to be sent is compressed where a site is installed, not here."""
    path = {**KINDS, "a country": "/countries/BE/", "large": "/tree/?country=BE"}[kind]
    tab = visit()
    crowded(trees.AT_ONCE if kind in ("a country", "large") else 0)
    weights = {}

    def weigh(answer: Any) -> None:
        if answer.request.resource_type == "font":
            return
        if "/static/" in answer.url:
            weights[answer.url] = len(gzip.compress(answer.body()))
        else:
            weights[answer.url] = answer.request.sizes()["responseBodySize"]

    answers: list[Any] = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.goto(path, wait_until="networkidle")
    for answer in answers:
        weigh(answer)
    assert len(weights) > 4
    assert all(weights.values())
    assert sum(weights.values()) < LIGHTEST, weights
