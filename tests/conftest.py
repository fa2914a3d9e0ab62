"""The cast and the props that every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from threading import Condition
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.test import Client
from hypothesis import HealthCheck, settings

from lineage.models import (
    Affiliation,
    ChangeEvent,
    Citation,
    Organisation,
    Source,
    Status,
    Succession,
)
from tests.desk import member

pytest_plugins = ["tests.browsing"]

# A busy machine fails no test: time is measured in benchmarks. In CI the examples are the same
# each time; at a desk they are new ones.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=bool(os.environ.get("REQUIRE_ALL_TESTS")),
)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only the tests that ask the database, for a run on a second one",
    )


def pytest_configure(config: pytest.Config) -> None:
    """A password is hashed so slowly that it can't be guessed; here nobody guesses."""
    site.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def uses_database(item: pytest.Item) -> bool:
    """Whether a test may ask the database; one without these is kept from it by pytest-django."""
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


def turn(item: pytest.Item) -> int:
    """The whole record first: it is loaded into a database that no test has emptied yet.

    Last what opens the browser, which stays open: its event loop is no concern of other tests.
    """
    if item.get_closest_marker("whole"):
        return 0
    return 2 if "chromium" in getattr(item, "fixturenames", ()) else 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=turn)
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[one for one in items if not uses_database(one)])
        items[:] = [one for one in items if uses_database(one)]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Each test asks a server that has not been asked before."""
    cache.clear()


def _at_desk(name: str, group: str = "") -> Client:
    client = Client()
    client.force_login(member(name, group))
    return client


@pytest.fixture
def ed(db: None) -> Client:
    """Ed edits, and publishes nothing."""
    return _at_desk("ed", "Editor")


@pytest.fixture
def ada(db: None) -> Client:
    """Ada publishes."""
    return _at_desk("ada", "Publisher")


@pytest.fixture
def rea(db: None) -> Client:
    """Rea has an account, and no part in the desk."""
    return _at_desk("rea")


@pytest.fixture
def body(db: None) -> Callable[..., Organisation]:
    """Make an organisation, published unless said otherwise: ``body("imt", founded="2006")``."""

    def make(slug: str, **fields: Any) -> Organisation:
        fields.setdefault("status", Status.PUBLISHED)
        return Organisation.objects.create(slug=slug, **{"name": slug.upper(), **fields})

    return make


@pytest.fixture
def event(db: None) -> Callable[..., ChangeEvent]:
    """Make an event with its edges.

    ``event("s", "split", [("a", "b")], date="1953")``; an edge's third part sets its flags.
    """

    def make(slug: str, kind: str, edges: list[tuple[Any, ...]], **fields: Any) -> ChangeEvent:
        fields.setdefault("status", Status.PUBLISHED)
        made = ChangeEvent.objects.create(slug=slug, kind=kind, **fields)
        for before, after, *flags in edges:
            Succession.objects.create(
                event=made,
                predecessor=_organisation(before),
                successor=_organisation(after),
                **{"predecessor_continues": kind == "split", **(flags[0] if flags else {})},
            )
        return made

    return make


class UnderWay:
    """Counts the requests that a served site is answering, whoever still waits for the answers."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = Condition()

    def started(self, **kwargs: Any) -> None:
        self._add(1)

    def finished(self, **kwargs: Any) -> None:
        self._add(-1)

    def _add(self, one: int) -> None:
        with self.changed:
            self.count += one
            self.changed.notify_all()

    def wait_for_none(self, seconds: float = 60) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.count == 0, seconds), "a request never ended"


@pytest.fixture
def served(live_server: Any) -> Iterator[Any]:
    """The site on loopback, left with nothing under way.

    A browser that closes a tab does not wait for what the page has asked for, and the database
    can't be emptied while the server still reads it.
    """
    requests = UnderWay()
    request_started.connect(requests.started)
    request_finished.connect(requests.finished)
    yield live_server
    # What was asked before this is taken up before it.
    with urlopen(f"{live_server.url}/static/lineage/chart.js") as last:  # noqa: S310
        last.read()
    requests.wait_for_none()
    request_started.disconnect(requests.started)
    request_finished.disconnect(requests.finished)


@pytest.fixture
def source(db: None) -> Source:
    """A book to cite."""
    return Source.objects.create(
        slug="alexander", title="International Trotskyism", authors=["Robert J. Alexander"]
    )


@pytest.fixture
def cite(source: Source) -> Callable[..., Citation]:
    """Cite the book for a statement: ``cite(organisation=imt, statement="founded")``."""

    def make(**fields: Any) -> Citation:
        return Citation.objects.create(**{"source": source, "locator": "p. 1", **fields})

    return make


@pytest.fixture
def affiliate(db: None) -> Callable[..., Affiliation]:
    """Make one body a member of another, published unless said otherwise."""

    def make(organisation: Organisation, to: Organisation, **fields: Any) -> Affiliation:
        fields.setdefault("status", Status.PUBLISHED)
        return Affiliation.objects.create(organisation=organisation, body=to, **fields)

    return make


def _organisation(one: Organisation | str) -> Organisation:
    return one if isinstance(one, Organisation) else Organisation.objects.get(slug=one)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed one: everything that tests want is installed there.

    But for those that want PostgreSQL, which have a run of their own.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("REQUIRE_ALL_TESTS") or reporter is None:
        return
    skipped = [
        report.nodeid
        for report in reporter.stats.get("skipped", [])
        if "postgresql" not in getattr(report, "keywords", {})
    ]
    if skipped:
        reporter.write_line(f"REQUIRE_ALL_TESTS is set, and these were skipped: {skipped}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
