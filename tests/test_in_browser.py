"""Rea opens the site in a browser: follows a line with the pointer, opens a source, and gets by
without scripts, in the dark, and on a telephone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lineage.exchange.document import import_document

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None
try:
    from axe_playwright_python.sync_playwright import Axe
except ImportError:
    Axe = None

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# The internationals and Sri Lanka's family as an article tells of them: real, small and settled.
SAMPLE = Path(__file__).with_name("sample.json")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(sync_playwright is None, reason="playwright is not installed"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

PAGES = {
    "home": "/",
    "organisations": "/organisations/",
    "a search without a result": "/organisations/?q=zzz&country=LK",
    "an organisation": "/organisations/lssp/",
    "an international": "/organisations/usfi/",
    "events": "/events/",
    "an event": "/events/cwi-cmi-split/",
    "a tree": "/organisations/fourth-international/tree/",
    "the whole tree": "/tree/",
    "an error page": "/nothing/",
}
AUDITED = ("home", "organisations", "an organisation", "an event", "a tree", "an error page")
WIDTHS = {"a desk": 1280, "a telephone": 390}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all that follows; Django sees its event loop, and is told not to mind."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def visit(chromium, served, settings):
    """Open tabs onto the record: ``visit(width=390)``. What the console complains of fails."""
    import_document(SAMPLE.read_bytes())
    complaints: list[str] = []
    contexts = []

    def open_tab(*, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Any:
        context = chromium.new_context(
            base_url=served.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            has_touch=width < 500,
        )
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda said: _keep(complaints, said))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    assert complaints == []


def _keep(complaints: list[str], said: Any) -> None:
    # A page that is not there says so in the console, too.
    expected = "/nothing/" in str(said.location.get("url", "")) and "404" in said.text
    if said.type in ("error", "warning") and not expected:
        complaints.append(said.text)


def bar(tab: Any, name: str) -> Any:
    return tab.locator(f".lineage-chart .organisation[data-id='{name}']")


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
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, scheme, width):
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
