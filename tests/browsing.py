"""A real browser for the tests, the record that it opens, and who sits before it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from lineage.exchange.document import import_document
from lineage.models import Account, Affiliation, ChangeEvent, Fact, Organisation

try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    expect = sync_playwright = None
try:
    from axe_playwright_python.sync_playwright import Axe
except ImportError:
    Axe = None


CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# The internationals and Sri Lanka's family as an article tells of them: real, small and settled.
SAMPLE = Path(__file__).with_name("sample.json")

PHONE = (
    "Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)

in_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(sync_playwright is None, reason="playwright is not installed"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def of_browser(test: Callable[..., Any]) -> Callable[..., Any]:
    """Mark one test of a module as one that opens a browser."""
    for mark in in_browser:
        test = mark(test)
    return test


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
KINDS = {
    "home": "/",
    "organisations": "/organisations/",
    "an organisation": "/organisations/usfi/",
    "its tree": "/organisations/usfi/tree/?lit=usfi&year=1990&find=fourth",
    "its card": "/organisations/usfi/card/",
    "its drawing": "/organisations/usfi/tree/drawing/",
    "its tree in a frame": "/embed/organisations/usfi/",
    "the whole tree": "/tree/",
    "a day": "/days/09-03/",
    "events": "/events/",
    "an event": "/events/cwi-cmi-split/",
    "search": "/search/",
    "results": "/search/?q=fourth",
    "no result": "/search/?q=zzz",
    "relations": "/related/",
    "a relation": "/related/?from=usfi&to=cmi",
    "which of them": "/related/?from=fourth&to=cmi",
    "a year": "/on/1953/",
    "changes": "/changes/1953/1963/",
    "a country": "/countries/LK/",
    "sections": "/internationals/usfi/sections/",
    "tellers": "/accounts/",
    "a teller": "/accounts/icfi/",
    "sources": "/sources/",
    "a source": "/sources/wikipedia-trotskyism/",
    "completeness": "/completeness/",
    "a correction": "/corrections/?about=/organisations/usfi/",
}
MISTAKEN = {  # the console says so, too
    "nothing": "/nothing/",
    "a bad parameter": "/tree/?depth=x",
    "no such body": "/related/?from=zzz&to=cmi",
}


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Any]:
    """One browser for all tests; Django sees its event loop, and is told not to mind.

    Under it Django has another connection, which is told what the database held at first.
    """
    contents = connection._test_serialized_contents  # type: ignore[attr-defined]
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        connection._test_serialized_contents = contents  # type: ignore[attr-defined]
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
        tab.on("console", lambda said: keep_complaint(complaints, said))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    assert complaints == []


def keep_complaint(complaints: list[str], said: Any) -> None:
    # A page that is not there says so in the console, too.
    expected = "/nothing/" in str(said.location.get("url", "")) and "404" in said.text
    if said.type in ("error", "warning") and not expected:
        complaints.append(said.text)


@pytest.fixture
def desk(chromium, served, settings):
    """Opens the desk as one of the cast; whatever the console says against a page is collected."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    contexts = []

    def enter(name: str) -> Any:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        tab = context.new_page()
        tab.complaints = []
        tab.on("console", lambda said: keep_complaint(tab.complaints, said))
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.goto(served.url + reverse("admin:index"))
        tab.fill("#id_username", name)
        tab.fill("#id_password", "a long walk")
        tab.click("input[type=submit]")
        return tab

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def telephone(visit, chromium, served) -> Any:
    """A tab as a telephone has it, as wide as a page makes it."""
    context = chromium.new_context(
        base_url=served.url,
        viewport={"width": 390, "height": 844},
        user_agent=PHONE,
        is_mobile=True,
        has_touch=True,
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def crowded(db: None) -> Callable[[int], None]:
    """Add to the sample what stretches a page: long names and dates, two accounts of one day, a
    deep line, and so many bodies of one country.
    """

    def crowd(number: int) -> None:
        usfi = Organisation.objects.get(slug="usfi")
        for slug in ("long", "longer"):  # of one name: each with its dates wherever it is named
            long = Organisation.objects.create(
                slug=slug,
                name="Liga Internationalistisch-Kommunistischer Arbeiterselbstverwaltungsräte",
                founded="1964-09/1965",
                dissolved="1967-09/1968",
                status="published",
            )
            Affiliation.objects.create(
                organisation=long, body=usfi, role="section", since="1964-09/1965"
            )
        icfi = Organisation.objects.get(slug="icfi")
        split = ChangeEvent.objects.get(slug="cwi-cmi-split")
        Account.objects.create(event=split, claimant="ICFI", organisation=icfi, text="So it was.")
        for who in ("ICFI", "The ICFI later"):
            Account.objects.create(subject=usfi, claimant=who, organisation=icfi, text="Not so.")
        for i in range(number):
            one = Organisation.objects.create(
                slug=f"body-{i}",
                name=f"Revolutionary Communist League number {i}",
                founded=str(1930 + i % 90),
                status="published",
            )
            one.country_periods.create(country="BE")
            Fact.objects.create(organisation=one, kind="other", text="A congress was held.")

    return crowd


def bar(tab: Any, name: str) -> Any:
    return tab.locator(f".lineage-chart .organisation[data-id='{name}']")


def send_nothing(tab: Any) -> None:
    """A correction sent without a word in it."""
    tab.goto(KINDS["a correction"])
    tab.evaluate("document.querySelector('main form').noValidate = true")
    tab.locator("main form button").click()
    tab.locator(".error-summary").wait_for()
