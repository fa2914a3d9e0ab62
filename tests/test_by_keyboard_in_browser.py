"""Rea has no mouse: the Tab key takes her through every kind of page in reading order, she sees
where she is, comes out at the end, and Escape closes what she opened.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browsing import KINDS, MISTAKEN, in_browser, send_nothing

pytestmark = in_browser

# What can be clicked or typed into, in the order of the page; of a group of radio buttons the one
# that is chosen, of a chart the one bar at which it is entered.
REACHED = """() => {
  const all = 'a[href], button, input, select, textarea, summary, iframe, [tabindex="0"]';
  const shown = one => one.checkVisibility({ visibilityProperty: true })
    && !one.disabled && one.type !== 'hidden' && !(one.type === 'radio' && !one.checked)
    && !(one.tabIndex < 0 && one.closest('.lineage-chart'));
  window.stops = [...document.querySelectorAll(all)].filter(shown);
  return window.stops.map(told);
  function told(one) {
    const words = one.id || one.dataset.id || one.textContent.trim() || one.name;
    return `${one.localName} ${words.slice(0, 50)}`;
  }
}"""
# At each stop: which one it is, whether its ring is seen, and whether anything lies over it. Looked
# at when the next key is pressed: by then the page has come to rest.
WATCHED = """() => {
  const ground = getComputedStyle(document.body).backgroundColor;
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
      .map(n => (n / 255 <= .04045 ? n / 255 / 12.92 : ((n / 255 + .055) / 1.055) ** 2.4));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const apart = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  };
  const ringed = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    && apart(style.outlineColor, ground) >= 3;
  const within = (least, most, share) => Math.max(least, 0) * (1 - share) + most * share;
  const uncovered = one => [...one.getClientRects()].some(({ left, top, right, bottom }) =>
    [.1, .5, .9].some(x => [.2, .5, .8].some(y => {
      const there = document.elementFromPoint(
        within(left, Math.min(right, innerWidth), x),
        within(top, Math.min(bottom, innerHeight), y));
      return there && (one.contains(there) || there.contains(one));
    })));
  window.walked = [];
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Tab') return;
    const one = document.activeElement;
    const at = window.stops.indexOf(one);
    window.walked.push([at, ringed(getComputedStyle(one)), at < 0 || uncovered(one)]);
  }, true);
}"""


def walk(tab: Any, key: str, number: int) -> list[tuple[int, bool, bool]]:
    """Where so many presses of a key begin: the stop, whether its ring is seen, and all of it."""
    tab.evaluate("window.walked.length = 0")
    for _ in range(number):
        tab.keyboard.press(key)
    return [tuple(one) for one in tab.evaluate("window.walked")]


def faults_on(tab: Any) -> dict[str, Any]:
    """What is wrong on the page for one who has the Tab key alone."""
    names = tab.evaluate(REACHED)
    tab.evaluate(WATCHED)
    there = walk(tab, "Tab", len(names) + 1)[1:]
    end = tab.evaluate("window.stops.indexOf(document.activeElement)")
    tab.evaluate("window.stops.at(-1).focus()")
    back = walk(tab, "Shift+Tab", len(names))
    order = [stop for stop, _, _ in there]
    found = {
        "not reached": [names[stop] for stop in sorted(set(range(len(names))) - set(order))],
        "out of order": [] if order == sorted(order) else [names[stop] for stop in order],
        "no ring": [names[stop] for stop, ringed, _ in there if not ringed],
        "covered": [names[stop] for stop, _, seen in there if not seen],
        "a trap": end not in (-1, 0),
        "another way back": [stop for stop, _, _ in back] != order[::-1],
    }
    return {what: where for what, where in found.items() if where}


@pytest.fixture
def desk(visit, chromium, served) -> Any:
    """A tab whose console may complain: of a page that is not there it does."""
    context = chromium.new_context(base_url=served.url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_the_tab_key_goes_once_through_every_kind_of_page_and_is_seen(desk, crowded):
    crowded(12)
    found = {}
    for kind, path in {**KINDS, **MISTAKEN}.items():
        desk.goto(path)
        found[kind] = faults_on(desk)
    send_nothing(desk)
    found["an empty correction"] = faults_on(desk)
    desk.goto("/organisations/lssp/")
    desk.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found["all of its notes"] = faults_on(desk)
    assert {kind: what for kind, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        ("no ring", "document.styleSheets[0].insertRule('a:focus { outline: 0 !important }')"),
        ("no ring", "document.styleSheets[0].insertRule(':root { --focus: #eee !important }')"),
        ("not reached", "document.querySelector('main a').tabIndex = -1"),
        ("out of order", "document.querySelector('footer a').tabIndex = 1"),
        ("covered", "document.querySelector('.site').style.cssText = 'position: fixed; inset: 0'"),
        (
            "a trap",
            """document.querySelector('main a').addEventListener('keydown', event => {
            if (event.key === 'Tab' && !event.shiftKey) event.preventDefault(); })""",
        ),
        (
            "another way back",
            """document.querySelector('main a').addEventListener('keydown', event => {
            if (event.key === 'Tab' && event.shiftKey) event.preventDefault(); })""",
        ),
    ],
)
def test_the_walk_finds_what_is_wrong(desk, fault, made):
    desk.goto("/nothing/")
    assert faults_on(desk) == {}
    desk.goto("/nothing/")
    desk.evaluate(f"() => {{ {made}; }}")
    assert fault in faults_on(desk)


@pytest.mark.parametrize(
    ("path", "summary", "inside"),
    [
        ("/organisations/lssp/", ".cite > summary", "a"),
        ("/tree/", ".refine > summary", "select"),
        ("/tree/", ".keys > summary", ""),
        ("/completeness/", ".fold > summary", "a"),
        ("/tree/?find=international", ".found summary", "a"),
    ],
)
def test_escape_closes_what_was_unfolded_and_gives_the_focus_back(visit, path, summary, inside):
    tab = visit()
    tab.goto(path)
    opener = tab.locator(summary).first
    fold = opener.locator("..")
    opener.focus()
    if fold.get_attribute("open") is None:
        tab.keyboard.press("Enter")
    assert fold.get_attribute("open") is not None
    if inside:
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.localName") == inside
    tab.keyboard.press("Escape")
    assert fold.get_attribute("open") is None
    assert opener.evaluate("one => one === document.activeElement")


@pytest.mark.parametrize("path", ["/", "/organisations/lssp/", "/search/?q=fourth", "/tree/"])
def test_the_head_of_a_page_is_skipped_in_two_keys(visit, path):
    tab = visit()
    tab.goto(path)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("Boolean(document.activeElement.closest('main'))")
