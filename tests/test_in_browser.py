"""Rea opens the site in a browser: follows a line with the pointer, opens a source, and gets by
without scripts, in the dark, and on a telephone.
"""

from __future__ import annotations

import pytest

from tests.browsing import AUDITED, PAGES, Axe, bar, in_browser

pytestmark = in_browser

WIDTHS = {"a desk": 1280, "a telephone": 390}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_follows_a_line_by_clicking_bars_and_opens_a_source(visit, scripts):
    tab = visit(scripts=scripts)
    tab.goto("/")
    assert tab.title() == "Lineage: who split from whom, who merged with whom, and how we know"
    bar(tab, "fourth-international").click()
    tab.wait_for_url("**/organisations/fourth-international/")
    tab.get_by_role("link", name="Open the tree").click()
    tab.wait_for_url("**/organisations/fourth-international/tree/")
    assert tab.locator("h1").inner_text().startswith("Fourth International and its family")
    bar(tab, "usfi").click()
    tab.wait_for_url("**/organisations/usfi/")
    assert (
        tab.locator("section[aria-labelledby=from] li")
        .inner_text()
        .startswith(
            "Formed in 1963 by the merger of part of the International Committee of the Fourth "
            "International and the International Secretariat of the Fourth International."
        )
    )
    mark = tab.locator("section[aria-labelledby=from] details.cite").first
    note = mark.locator(".note")
    assert not note.is_visible()
    mark.locator("summary").click()
    assert note.is_visible()
    assert note.inner_text().startswith("Trotskyism")
    note.locator("a").click()
    assert tab.url.endswith("/organisations/usfi/#source-1")
    assert tab.locator("#source-1").is_visible()


def test_a_reader_finds_a_body_by_its_old_name_with_the_keyboard_alone(visit):
    tab = visit()
    tab.goto("/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the content"
    tab.locator("#find").focus()
    tab.keyboard.type("committee marxist international")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search/?q=committee+marxist+international")
    assert tab.locator("#found").inner_text() == (
        "1 organisation for “committee marxist international”"
    )
    tab.locator(".results h3 a").focus()
    ring = tab.evaluate(
        "(e => [e.outlineStyle, parseFloat(e.outlineWidth)])"
        "(getComputedStyle(document.activeElement))"
    )
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/organisations/cmi/")
    assert tab.locator("h1").inner_text().startswith("Committee for a Marxist International")
    assert (ring[0], ring[1] >= 2) == ("solid", True)


@pytest.mark.skipif(Axe is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize(
    ("scheme", "width"),
    [("dark", WIDTHS["a desk"]), ("light", WIDTHS["a telephone"])],
    ids=["dark, a desk", "light, a telephone"],
)
def test_axe_finds_nothing(visit, scheme, width):
    """As no other test looks at them: every kind of page is seen in the light on a desk, and on a
    telephone in the dark.
    """
    tab = visit(width=width, scheme=scheme)
    for name in AUDITED:
        tab.goto(PAGES[name])
        found = Axe().run(tab)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_no_page_is_wider_than_a_telephone(visit, scripts):
    tab = visit(width=390, scripts=scripts)
    wide = {}
    for name, path in PAGES.items():
        tab.goto(path)
        wide[name] = tab.evaluate("document.documentElement.scrollWidth")
    assert wide == dict.fromkeys(PAGES, 390)


def test_the_drawing_scrolls_within_its_frame_on_a_telephone(visit):
    tab = visit(width=390)
    tab.goto("/tree/")
    frame = tab.locator(".chart-scroll")
    inner, outer = frame.evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert outer == 390
    assert inner > 1000
    frame.evaluate("e => e.scrollTo(400, 0)")
    assert frame.evaluate("e => e.scrollLeft") == 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_complains_in_the_console(visit, scheme):
    tab = visit(scheme=scheme)
    for path in PAGES.values():
        tab.goto(path)
        assert tab.locator("h1").count() == 1


def test_targets_are_large_enough_for_a_finger(visit):
    tab = visit(width=390)
    tab.goto("/organisations/")
    small = tab.evaluate(
        """[...document.querySelectorAll("header.site a, input, select, button")]
        .filter(e => e.type !== "radio" && e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML)"""
    )
    assert small == []


def test_print_keeps_the_text_and_drops_what_cannot_be_clicked(visit):
    tab = visit()
    tab.goto("/organisations/usfi/")
    tab.emulate_media(media="print")
    for dropped in ("header.site nav", "header.site form", "figcaption ul", ".more"):
        assert not tab.locator(dropped).first.is_visible()
    address = tab.locator("#source-1 a").first.evaluate(
        "e => getComputedStyle(e, '::after').content"
    )
    assert "https://" in address
    assert tab.locator("h1").is_visible()


def test_a_tab_that_closes_amid_an_answer_keeps_no_one_from_emptying_the_database(visit):
    """What is proved comes after it: the database is emptied, and the server reads it no more."""
    tab = visit()
    tab.goto("/organisations/")
    tab.evaluate("for (let year = 1930; year < 1950; year++) void fetch(`/tree/?year=${year}`)")
    tab.wait_for_timeout(100)
