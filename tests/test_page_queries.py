"""How many questions a page puts to the database: the same at 10 bodies and at 40."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Succession,
)
from lineage.models.derivation import together
from tests.test_answers import ELSEWHERE, FORMS, ROUTES, address

pytestmark = pytest.mark.django_db

EDITION = 1  # each address asks first which edition of the record stands
# How many queries each address takes beside that, whatever the record holds. The first search of
# an edition makes its index, in six.
QUERIES = {
    "home": 17,
    "home-json": 4,
    "organisations": 9,
    "organisations-json": 8,
    "organisation": 29,
    "organisation-json": 12,
    "organisation-tree": 18,
    "organisation-tree-svg": 9,
    "organisation-tree-png": 9,
    "organisation-tree-pdf": 9,
    "organisation-tree-json": 9,
    "organisation-tree-names-json": 8,
    "organisation-tree-drawing": 9,
    "organisation-card": 15,
    "tree": 17,
    "tree-drawing": 9,
    "tree-svg": 9,
    "tree-png": 9,
    "tree-pdf": 9,
    "tree-poster-svg": 9,
    "tree-json": 9,
    "tree-names-json": 8,
    "day": 4,
    "day-json": 4,
    "events": 6,
    "events-json": 5,
    "event": 15,
    "event-json": 5,
    "search": 14,
    "search-json": 7,
    "related": 17,
    "related-json": 7,
    "on": 12,
    "on-json": 10,
    "changes": 9,
    "changes-json": 9,
    "country": 12,
    "country-json": 9,
    "sections": 16,
    "sections-json": 11,
    "tellers": 4,
    "tellers-json": 1,
    "teller": 5,
    "teller-json": 3,
    "sources": 2,
    "sources-json": 2,
    "source": 5,
    "source-json": 2,
    "completeness": 9,
    "completeness-json": 9,
    "embed": 9,
    "oembed": 1,
    "organisation-bib": 2,
    "organisation-csl": 2,
    "event-bib": 5,
    "event-csl": 5,
    "feed": 22,
    "country-feed": 23,
    "organisation-feed": 23,
    "sitemap": 10,
    "robots": 0,
    "export": 20,
    "export-csv": 20,
    "export-graphml": 20,
    "export-dot": 20,
    "export-jsonld": 20,
    "schema": 0,
}


@together()
def grow(size: int) -> None:
    """A record of so many bodies around "fi", with all that a page can show of each."""
    source = Source.objects.create(slug="alexander", title="Book")
    published = {"status": "published"}
    bodies = []
    for number in range(size):
        body = Organisation.objects.create(
            slug="fi" if not number else f"b{number:02}",
            name=f"Body {number // 2}",  # two of each name
            kind="international",
            founded=str(1930 + number),
            **published,
        )
        bodies.append(body)
        name = Name.objects.create(organisation=body, text=f"B{number}", kind="abbreviation")
        fact = Fact.objects.create(organisation=bodies[0], kind="leader", text=f"L{number}")
        CountryPeriod.objects.create(organisation=body, country="LK")
        CountryPeriod.objects.create(organisation=body, country="IN")
        Identifier.objects.create(organisation=bodies[0], scheme="s", value=str(number))
        Link.objects.create(organisation=bodies[0], url=f"https://example.org/{number}")
        Name.objects.create(organisation=bodies[0], text=f"N{number}")
        account = Account.objects.create(
            subject=bodies[0], claimant=f"C{number}", organisation=body, text="So."
        )
        for cited in ({"organisation": body}, {"name": name}, {"fact": fact},
                      {"account": account}):  # fmt: skip
            Citation.objects.create(source=source, locator=str(number), **cited)
    hub = bodies[0]
    split = ChangeEvent.objects.create(slug="split", kind="split", **published)
    for number, body in enumerate(bodies[1:], start=1):
        event = ChangeEvent.objects.create(
            slug=f"e{number:02}", kind="split", date=str(1930 + number), **published
        )
        Succession.objects.create(
            event=event, predecessor=hub, successor=body, predecessor_continues=True
        )
        back = ChangeEvent.objects.create(
            slug=f"r{number:02}", kind="merger", date=str(1980 + number), **published
        )
        Succession.objects.create(
            event=back, predecessor=body, successor=hub, successor_existed=True
        )
        Succession.objects.create(event=split, predecessor=hub, successor=body)
        account = Account.objects.create(
            event=split, claimant=f"C{number}", organisation=body, text="So."
        )
        ties = [
            Affiliation.objects.create(organisation=body, body=hub, **published),
            Affiliation.objects.create(organisation=hub, body=body, **published),
        ]
        for cited in ({"event": event}, {"event": split}, {"account": account},
                      {"affiliation": ties[0]}, {"affiliation": ties[1]}):  # fmt: skip
            Citation.objects.create(source=source, locator=f"p. {number}", **cited)


def here(name: str) -> str:
    """The address of that name in this record."""
    path = address(name).replace("icfi", "b01").replace("q=sw", "q=body")
    return path.replace("1953/1963", "1930/1990")


def queries(client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured]


def test_every_address_has_its_number():
    assert list(QUERIES) == [name for name in ROUTES if name not in (*ELSEWHERE, *FORMS)]


@pytest.mark.parametrize("size", [10, 40])
def test_an_address_takes_its_number_of_queries(client, size):
    grow(size)
    asked = {name: queries(client, here(name)) for name in QUERIES}
    wrong = {name: found for name, found in asked.items() if len(found) != EDITION + QUERIES[name]}
    assert wrong == {}
    query = "?q=body&country=LK&kind=international&page=1"
    searched = queries(client, reverse("organisations") + query)
    assert len(searched) == EDITION + QUERIES["organisations"], "\n".join(searched)
