"""What is not published leaves no trace: not in a page, a drawing, a document, nor in a count.

Every address of ``lineage.urls`` is opened. What is hidden has "zq" in each of its words, which no
other record has; and every answer must equal that of a record in which it never was.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

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
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HIDDEN = ("draft", "in-review")

# Queries by the name of an address; those that ask for what only a hidden body has among them.
QUERIES = {
    "organisations": ["", "q=before", "country=AQ", "kind=armed-wing", "state=ended", "q=zweite"],
    "events": ["", "page=1"],
    "tree": ["", "country=AQ", "kind=armed-wing", "international=fi&find=before&year=1901"],
    "organisation-tree": ["", "depth=1", "country=US&open=fi&lit=fi"],
    "tree-names": ["", "international=fi"],
    "search": ["", "q=before", "q=beforf", "q=workers&country=US", "state=ended", "country=AQ"],
    "related": ["from=fi&to=icfi", "from=swp&to=icfi", "from=fourth+international&to=icfi"],
    "oembed": ["url=/organisations/fi/"],
}


# What the other parameters of a route can be, for what is hidden, too.
PARAMETERS = {
    "code": ["US", "AQ"],
    "when": ["1901", "1938-09-03", "2020"],
    "since": ["1900"],
    "until": ["1950"],
    "day": ["09-03", "12-31"],
}


@dataclass(frozen=True)
class Address:
    """An address of the site: its name in the configuration, and itself."""

    name: str
    path: str


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every route of the readers' addresses, with its pattern."""
    for one in (resolver or get_resolver("lineage.urls")).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, prefix + str(one.pattern))
        else:
            assert isinstance(one, URLPattern)
            yield prefix + str(one.pattern), one


def values_of(route: str, name: str) -> list[str]:
    """What a parameter of a route can be in this record; a new kind must be told here."""
    if name == "slug":
        models = {"events": ChangeEvent, "sources": Source}
        model = models.get(route.split("/")[0], Organisation)
        return list(model.objects.order_by("slug").values_list("slug", flat=True))
    if name in PARAMETERS:
        return PARAMETERS[name]
    raise AssertionError(f"Say in values_of() what “{name}” of {route} can be.")


def addresses() -> list[Address]:
    """Every address that the record has, for what is hidden, too."""
    found = []
    for route, pattern in patterns():
        paths = [""]
        for piece in re.split(r"(<[^>]+>)", route):
            name = piece.strip("<>").split(":")[-1]
            choices = values_of(route, name) if piece.startswith("<") else [piece]
            paths = [path + choice for path in paths for choice in choices]
        queries = QUERIES.get(pattern.name.removesuffix("-json"), [""])
        found += [
            Address(pattern.name, f"/{path}{f'?{query}' if query else ''}")
            for path in paths
            for query in queries
        ]
    return found


def answers(client: Any, asked: list[Address]) -> dict[str, tuple[int, str, str]]:
    """What each address says: its status, the address of its JSON, and its body."""
    said = {}
    for one in asked:
        response = client.get(one.path)
        if response.headers.get("Content-Type") in ("image/png", "application/pdf"):
            body = hashlib.sha256(response.content).hexdigest()  # it can't be read, but compared
        elif response.headers.get("Content-Type") == "application/zip":
            packed = zipfile.ZipFile(io.BytesIO(response.content))
            body = "".join(packed.read(name).decode() for name in packed.namelist())
        else:
            body = response.content.decode()
        body = re.sub(r'"(exported|created|dcterms:issued)": "[^"]+"', "", body)
        body = re.sub(r"[Ee]dition\W+[0-9a-f]{8}|\"version\": \"[0-9a-f]{8}\"", "", body)
        body = re.sub(r"<updated>[^<]+</updated>|name=\"csrfmiddlewaretoken\"[^>]+", "", body)
        said[one.path] = (response.status_code, response.headers.get("Link", ""), body)
    return said


@pytest.fixture
def seen(body, event, affiliate, source, cite):
    """What readers see: two internationals, a split between them, and a section."""
    fi = body("fi", name="Fourth International", kind="international", founded="1938")
    icfi = body("icfi", name="Committee", kind="international", founded="1953")
    swp = body("swp", name="Workers Party", founded="1938", dissolved="1990")
    CountryPeriod.objects.create(organisation=swp, country="US")
    event("split", "split", [("fi", "icfi")], date="1953", title="The split, 1953")
    cite(affiliation=affiliate(swp, fi, since="1938"))
    return {"fi": fi, "icfi": icfi, "swp": swp}


@pytest.fixture
def hide(seen, body, event, affiliate, source):
    """Add to the record what hangs together with it but is not published yet."""

    def add(status: str) -> None:
        fi, swp = seen["fi"], seen["swp"]
        secret = Source.objects.create(slug="zq-source", title="Zq source")
        before = body(
            "zq-before", name="Zq before", status=status, summary="Zq summary", founded="1901",
            dissolved="1938", kind="armed-wing",
        )  # fmt: skip
        for model, fields in (
            (Name, {"text": "Zqb"}),
            (Fact, {"kind": "leader", "text": "Zq leader"}),
            (CountryPeriod, {"country": "AQ"}),
            (Identifier, {"scheme": "zq-scheme", "value": "Q1"}),
            (Link, {"url": "https://zq.example.org/"}),
        ):
            model.objects.create(organisation=before, **fields)
        Account.objects.create(subject=before, claimant="Zq chronicler", text="Zq chronicle")
        Citation.objects.create(organisation=before, source=secret, locator="Zq p. 1", note="Zq n")
        # A predecessor, a successor and a companion of those whom readers see.
        for slug, edges in (
            ("zq-into", [("zq-before", "fi")]),
            ("zq-out-of", [("icfi", "zq-after"), ("zq-before", "zq-after")]),
        ):
            if slug == "zq-out-of":
                body("zq-after", name="Zq after", status=status)
            made = event(slug, "split", edges, date="1938", title=f"Title {slug}",
                         summary=f"Summary {slug}")  # fmt: skip
            Citation.objects.create(event=made, source=source, note=f"Note {slug}")
        # A member, and one of whom a body that readers see is a member.
        member = body("zq-member", name="Zq member", status=status)
        CountryPeriod.objects.create(organisation=member, country="US")
        affiliate(member, fi, since="1940")
        affiliate(swp, before, since="1930")
        # What a body that readers don't see claims of one that they see, and of an event.
        claimant = body("zq-claimant", name="Zq claimant", status=status)
        for target in ({"subject": fi}, {"event": ChangeEvent.objects.get(slug="split")}):
            Account.objects.create(
                claimant="Zq voice", organisation=claimant, text="Zq says so", **target
            )
        # A body of the same name as one that readers see.
        body("zq-twin", name="Fourth International", status=status)
        # An event and a membership that are drafts among bodies that are not.
        event("zq-event", "merger", [("swp", "fi")], status=status, date="1939", title="Zq merger")
        tie = affiliate(swp, fi, role="observer", since="1950", status=status)
        Citation.objects.create(affiliation=tie, source=source, note="Zq tie")

    return add


def forget() -> None:
    """Take out of the record all that is not published, and what only that brought."""
    events = ChangeEvent.objects.exclude(slug="split")
    events.delete()
    Account.objects.all().delete()
    Affiliation.objects.exclude(role="section", organisation__slug="swp").delete()
    Affiliation.objects.filter(body__slug="zq-before").delete()
    for row in Organisation.objects.filter(slug__startswith="zq"):
        row.delete()
    Source.objects.filter(slug="zq-source").delete()
    for model in apps.get_app_config("lineage").get_models():
        if hasattr(model, "history"):
            model.history.exclude(id__in=model.objects.values("pk")).delete()


def publish() -> None:
    for model in (Organisation, ChangeEvent, Affiliation):
        model.objects.update(status="published")


# What a reader would see of it, and where: words, and a pattern of the addresses that hold them.
TRACES = {
    "zq-before": r"/organisations/fi/$",
    "Zq before": r"/tree\.svg$",
    "Zqb": r"/organisations/zq-before/$",
    "Zq summary": r"/export/lineage\.json$",
    "Zq leader": r"/organisations/zq-before\.json$",
    "zq-scheme": r"/export/lineage\.json$",
    "https://zq.example.org/": r"/organisations/zq-before/$",
    "Zq chronicle": r"/organisations/zq-before/$",
    "Zq source": r"/export/lineage\.json$",
    "Zq p. 1": r"/organisations/zq-before/$",
    "Title zq-into": r"/events/$",
    "Summary zq-into": r"/events/zq-into/$",
    "Note zq-into": r"/events/zq-into\.json$",
    "Title zq-out-of": r"/events\.json$",
    "Zq after": r"/organisations/icfi/$",
    "Zq member": r"/organisations/fi/$",
    "Zq voice": r"/organisations/fi/$",
    "Zq says so": r"/events/split/$",
    "Zq merger": r"/$",
    "Zq tie": r"/organisations/swp/$",
    "Antarctica": r"/$",
    '"start": 1901.0': r"/tree\.json$",
    "zq-twin": r"/organisations\.json$",
}


ELSEWHERE = ("/on/", "/changes/", "/days/")  # lead on to another address


def test_it_would_be_seen_if_it_were_published(client, hide):
    hide("draft")
    publish()
    said = answers(client, addresses())
    asked_well = {
        path: status
        for path, (status, _link, _body) in said.items()
        if path not in ELSEWHERE and "related.json?from=fourth" not in path  # two bear that name
    }
    assert set(asked_well.values()) == {200}
    unseen = [
        word
        for word, where in TRACES.items()
        if not any(word in body for path, (_, _, body) in said.items() if re.fullmatch(where, path))
    ]
    assert unseen == []


@pytest.mark.parametrize("status", HIDDEN)
def test_every_answer_is_that_of_a_record_in_which_it_never_was(client, hide, status):
    hide(status)
    asked = addresses()
    with_it = answers(client, asked)
    forget()
    without_it = answers(client, asked)
    assert len(asked) > 60
    assert [path for path in with_it if with_it[path] != without_it[path]] == []
    assert [path for path, (_, _, body) in with_it.items() if "zq" in body.lower()] == []


@pytest.mark.parametrize("status", HIDDEN)
def test_the_address_of_what_is_hidden_is_that_of_nothing(client, hide, status):
    hide(status)
    said = answers(client, addresses())
    hidden = {path: answer for path, answer in said.items() if "zq" in path}
    nothing = answers(
        client,
        [Address("", re.sub(r"zq(-[a-z]+)+", "never-was", path)) for path in hidden],
    )
    assert len(hidden) > 30
    assert {status for status, _link, _body in hidden.values()} == {404}
    for path, answer in hidden.items():
        assert answer == nothing[re.sub(r"zq(-[a-z]+)+", "never-was", path)]


@pytest.mark.parametrize("status", HIDDEN)
@pytest.mark.parametrize(
    "path",
    [
        "/related/?from=ID&to=fi",
        "/related.json?from=fi&to=ID",
        "/oembed?url=/organisations/ID/",
        "/corrections/?about=/organisations/ID/",
        "/events/?country=AQ",
        "/search.json?q=ID",
        "/tree/?as=ID",
    ],
)
def test_what_is_hidden_is_asked_for_in_vain(client, hide, status, path):
    hide(status)
    slugs = ("zq-before", "never-was")
    said = [answers(client, [Address("", path.replace("ID", slug))]) for slug in slugs]
    (of_hidden,), (of_nothing,) = (list(one.values()) for one in said)
    assert of_hidden[0] == of_nothing[0]
    assert of_hidden[2].replace("zq-before", "never-was") == of_nothing[2]


@pytest.fixture
def partly(seen, body, event, source):
    """A published event of which readers may see one edge of three."""

    def add(status: str) -> ChangeEvent:
        body("zq-third", name="Zq third", status=status)
        body("zq-also", name="Zq also", status=status)
        made = event(
            "crisis",
            "split",
            [("fi", "swp"), ("fi", "zq-third"), ("zq-also", "swp")],
            date="1940",
            title="Zq third and the Workers Party leave",
            summary="Zq summary of the crisis.",
        )
        Account.objects.create(event=made, claimant="Anyone", text="Zq third was pushed.")
        for slug in ("alexander", "zq-history"):
            row, _ = Source.objects.get_or_create(slug=slug, defaults={"title": "Zq history"})
            Citation.objects.create(
                event=made, source=row, statement="date", locator="Zq p. 4", note="Zq went"
            )  # fmt: skip
        return made

    return add


def test_an_event_would_be_told_whole_if_all_its_bodies_were_published(client, partly):
    partly("draft")
    publish()
    said = answers(client, addresses())
    for word in ("Zq third and the Workers Party leave", "Zq summary of the crisis.",
                 "Zq third was pushed.", "Zq went", "Zq p. 4", "Zq history"):  # fmt: skip
        assert word in said["/events/crisis/"][2]
        assert word in said["/export/lineage.json"][2]


@pytest.mark.parametrize("status", HIDDEN)
def test_an_event_is_told_by_those_of_its_bodies_that_readers_see(client, partly, status):
    partly(status)
    said = answers(client, addresses())
    page = said["/events/crisis/"][2]
    assert "The Workers Party splits from the Fourth International" in page
    assert "2 statements, none cited." in page
    assert "No source is cited yet." in page
    traces = [path for path, (_, _, body) in said.items() if "zq" in body.lower()]
    assert [path for path in traces if path not in DOCUMENTS] == []


DOCUMENTS = ("/events/crisis.json", "/export/lineage.json")


@pytest.mark.parametrize("status", HIDDEN)
def test_the_document_withholds_the_notes_on_what_is_hidden(client, partly, status):
    partly(status)
    said = answers(client, addresses())
    assert [path for path in DOCUMENTS if "zq" in said[path][2].lower()] == []
