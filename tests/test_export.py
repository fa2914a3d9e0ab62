"""Exporting the record: its keys and order, what readers don't see, and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lineage import dates
from lineage.exchange.document import import_document
from lineage.exchange.export import Export, dump
from lineage.exchange.schema import SCHEMA
from lineage.models import (
    Account,
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
from tests.test_import import WHOLE, changed, exported, undone

MOMENT = datetime(2026, 11, 22, 10, tzinfo=UTC)
CITATION_KEYS = ["statement", "source", "locator", "note", "value"]
ACCOUNT_KEYS = ["claimant", "organisation", "text", "citations"]
DOCUMENT_KEYS = [
    "format",
    "version",
    "title",
    "licence",
    "exported",
    "organisations",
    "events",
    "affiliations",
    "sources",
]
ORGANISATION_KEYS = [
    "id",
    "name",
    "kind",
    "countries",
    "founded",
    "dissolved",
    "parent",
    "summary",
    "names",
    "identifiers",
    "links",
    "facts",
    "citations",
    "accounts",
    "active",
    "unnamed",
    "country_periods",
]
# Every object of the format by the path to it, with its keys in the contract's order.
KEYS = {
    "": DOCUMENT_KEYS,
    "organisations": ORGANISATION_KEYS,
    "organisations.names": ["text", "language", "kind", "from", "to", "citations"],
    "organisations.names.citations": CITATION_KEYS,
    "organisations.identifiers": ["scheme", "value"],
    "organisations.links": ["url", "title"],
    "organisations.facts": ["kind", "text", "number", "from", "to", "citations"],
    "organisations.facts.citations": CITATION_KEYS,
    "organisations.citations": CITATION_KEYS,
    "organisations.accounts": ACCOUNT_KEYS,
    "organisations.accounts.citations": CITATION_KEYS,
    "organisations.country_periods": ["country", "from", "to"],
    "events": [
        "id",
        "kind",
        "manner",
        "title",
        "date",
        "summary",
        "complete",
        "successions",
        "accounts",
        "citations",
    ],
    "events.successions": [
        "predecessor",
        "successor",
        "predecessor_continues",
        "successor_existed",
        "principal",
    ],
    "events.accounts": ACCOUNT_KEYS,
    "events.accounts.citations": CITATION_KEYS,
    "events.citations": CITATION_KEYS,
    "affiliations": ["organisation", "body", "role", "from", "to", "citations"],
    "affiliations.citations": CITATION_KEYS,
    "sources": ["id", "title", "authors", "year", "kind", "publisher", "url"],
}
WITH_STATUS = ("organisations", "events", "affiliations")


def empty_the_record() -> None:
    ChangeEvent.objects.all().delete()
    Organisation.objects.all().delete()
    Source.objects.all().delete()


def export(*, drafts: bool = False) -> str:
    return dump(Export(drafts=drafts).document(MOMENT))


def objects(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document, with the path to it: ``events.accounts``."""
    if isinstance(value, list):
        for part in value:
            yield from objects(part, path)
    elif isinstance(value, dict):
        yield path, value
        for key, part in value.items():
            yield from objects(part, f"{path}.{key}".lstrip("."))


# keys and order


def test_every_object_of_an_export_has_its_keys_in_the_order_of_the_contract(db):
    import_document(json.dumps(WHOLE))
    found = {path: list(entry) for path, entry in objects(json.loads(export()))}
    assert found == KEYS


def test_a_draft_says_so_in_a_last_key(db):
    document = changed(WHOLE, "organisations.0.status", "draft")
    document = changed(document, "events.0.status", "in-review")
    document = changed(document, "affiliations.0.status", "draft")
    import_document(json.dumps(document))
    found = exported()
    assert found == document
    assert list(found["organisations"][0]) == [*KEYS["organisations"], "status"]
    assert list(found["events"][0]) == [*KEYS["events"], "status"]
    assert list(found["affiliations"][0]) == [*KEYS["affiliations"], "status"]


def test_the_schema_knows_the_keys_that_are_exported_and_no_others():
    def walk(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, list[str]]]:
        if "items" in schema:
            yield from walk(schema["items"], path)
        if "properties" in schema:
            yield path, list(schema["properties"])
            for key, part in schema["properties"].items():
                yield from walk(part, f"{path}.{key}".lstrip("."))

    with_status = {path: [*KEYS[path], "status"] for path in WITH_STATUS}
    assert dict(walk(SCHEMA)) == {**KEYS, **with_status}


@pytest.mark.django_db
def test_the_schema_that_is_served_is_the_one_that_commands_hold_to(client):
    answer = client.get("/schema/lineage-1.json")
    assert json.loads(answer.content) == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)


def test_lists_come_sorted_by_id_hyphens_before_letters(db):
    slugs = ["b", "a-b", "a1", "ab", "a-a", "aa"]
    in_order = ["a-a", "a-b", "a1", "aa", "ab", "b"]
    bodies = [{"id": slug, "name": slug} for slug in slugs]
    events = [
        {
            "id": f"e{slug}",
            "kind": "split",
            "successions": [
                {"predecessor": "aa", "successor": one} for one in slugs if one != "aa"
            ],
        }
        for slug in slugs
    ]
    affiliations = [
        {"organisation": slug, "body": "a1", "role": role, "from": since}
        for slug in slugs
        if slug != "a1"
        for role, since in (("section", "1950"), ("observer", "1960"), ("observer", None))
    ]
    sources = [{"id": slug} for slug in slugs]
    import_document(
        json.dumps(
            {
                "organisations": bodies,
                "events": events,
                "affiliations": affiliations,
                "sources": sources,
            }
        )
    )
    found = exported()
    assert [entry["id"] for entry in found["organisations"]] == in_order
    assert [entry["id"] for entry in found["events"]] == [f"e{slug}" for slug in in_order]
    assert [entry["id"] for entry in found["sources"]] == in_order
    assert [edge["successor"] for edge in found["events"][0]["successions"]] == [
        slug for slug in in_order if slug != "aa"
    ]
    assert [
        (entry["organisation"], entry["role"], entry["from"]) for entry in found["affiliations"]
    ] == [
        (slug, role, since)
        for slug in in_order
        if slug != "a1"
        for role, since in (("observer", None), ("observer", "1960"), ("section", "1950"))
    ]


def test_a_whole_number_has_no_decimal_point(db):
    body = {"id": "a", "name": "A", "facts": []}
    body["facts"] = [
        {"kind": "members", "text": str(number), "number": number}
        for number in (0, 7, 7.5, 0.0001, 12345678901.1234, 99999999999999)
    ]
    import_document(json.dumps({"organisations": [body]}))
    assert {fact["text"]: fact["number"] for fact in exported()["organisations"][0]["facts"]} == {
        str(number): number for number in (0, 7, 7.5, 0.0001, 12345678901.1234, 99999999999999)
    }
    assert '"number": 7,' in export()


# the way back


def _sorted(entries: list[Any], *names: str) -> list[Any]:
    return sorted(entries, key=lambda entry: tuple(str(entry[name] or "") for name in names))


CHARACTERS = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn"),
    exclude_characters="\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u202c\u2069\ufffe\uffff",
)
LINES = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=12),
    st.sampled_from(["Лига", "社会主義", "Tạ Thu Thâu", "“Ø’ł”", "- a: 'b' #c", "NO", "1938"]),
)
PROSE = st.one_of(st.just(""), LINES, st.just("One.\n\tTwo\\n\r\n"))
DATES = st.sampled_from([None, "1953", "1953-11", "1953-11-16", "195X", "[1966,1968]", "1953%"])
SLUGS = st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,3})?", fullmatch=True)


def _words(path: str) -> list[str]:
    schema: Any = SCHEMA
    for step in path.split("."):
        schema = schema["properties"][step]
        schema = schema.get("items", schema)
    return [word for word in schema["enum"] if word != ""]


def _unique(entries: st.SearchStrategy[Any], *names: str) -> st.SearchStrategy[list[Any]]:
    return st.lists(
        entries, max_size=2, unique_by=lambda entry: tuple(entry[name] or "" for name in names)
    ).map(lambda found: _sorted(found, *names))


def _runs_forward(entry: dict[str, Any]) -> bool:
    """Whether a period does not surely end before it begins, which the record refuses."""
    start, end = (dates.parse(entry[name]) if entry[name] else None for name in ("from", "to"))
    return not (start and end and dates.surely_before(end, start))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document with every key, as an export would write it but for ``parent``."""
    slugs = draw(st.lists(SLUGS, min_size=1, max_size=4, unique=True))
    books = draw(st.lists(SLUGS, min_size=1, max_size=2, unique=True))
    status = st.sampled_from([{}, {}, {"status": "draft"}, {"status": "in-review"}])
    body, book = st.sampled_from(slugs), st.sampled_from(books)
    citations = _unique(
        st.fixed_dictionaries(
            {
                "statement": st.sampled_from(["", "founded", "name"]),
                "source": book,
                "locator": st.one_of(st.just(""), LINES),
                "note": PROSE,
                "value": st.one_of(st.none(), LINES),
            }
        ),
        "statement",
        "source",
        "locator",
        "value",
    ).map(lambda found: _sorted(found, *CITATION_KEYS))
    accounts = _unique(
        st.fixed_dictionaries(
            {
                "claimant": LINES,
                "organisation": st.one_of(st.none(), body),
                "text": LINES,
                "citations": citations,
            }
        ),
        "claimant",
    )
    number = st.one_of(
        st.none(),
        st.integers(-(10**14) + 1, 10**14 - 1),
        st.decimals(-(10**10), 10**10, places=4).map(float),
    )
    period = {"from": DATES, "to": DATES}
    names = _unique(
        st.fixed_dictionaries(
            {
                "text": LINES,
                "language": st.sampled_from([None, "fr", "zh-Hant"]),
                "kind": st.sampled_from(_words("organisations.names.kind")),
                **period,
                "citations": citations,
            }
        ).filter(_runs_forward),
        "from",
        "kind",
        "language",
        "text",
    )
    facts = _unique(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(_words("organisations.facts.kind")),
                "text": st.one_of(st.just(""), LINES),
                "number": number,
                **period,
                "citations": citations,
            }
        ).filter(_runs_forward),
        "from",
        "kind",
        "text",
    )
    codes = st.sampled_from(["FR", "GB", "LK", "NO"])
    organisations = []
    for slug in sorted(slugs):
        sound = st.fixed_dictionaries({"country": codes, **period}).filter(_runs_forward)
        periods = draw(_unique(sound, "country"))
        dated = {entry["country"] for entry in periods}
        organisations.append(
            {
                "id": slug,
                "name": draw(LINES),
                "kind": draw(st.sampled_from(_words("organisations.kind"))),
                "countries": sorted(dated | draw(st.sets(codes, max_size=2))),
                "founded": draw(st.sampled_from([None, "193X~", "../1938", "1938-09-03"])),
                "dissolved": draw(st.sampled_from([None, "1990?", "[1966,1968]", "1990/.."])),
                "parent": None,
                "summary": draw(PROSE),
                "names": draw(names),
                "identifiers": draw(
                    _unique(
                        st.fixed_dictionaries({"scheme": LINES, "value": LINES}), "scheme", "value"
                    )
                ),
                "links": draw(
                    _unique(
                        st.fixed_dictionaries(
                            {
                                "url": st.from_regex(r"https?://[a-z]{1,9}/", fullmatch=True),
                                "title": st.one_of(st.just(""), LINES),
                            }
                        ),
                        "url",
                    )
                ),
                "facts": draw(facts),
                "citations": draw(citations),
                "accounts": draw(accounts),
                "active": draw(DATES),
                "unnamed": draw(st.booleans()),
                "country_periods": [entry for entry in periods if entry["from"] or entry["to"]],
                **draw(status),
            }
        )
    # Edges lead down the list, so that no circle comes about.
    pairs = [(one, other) for place, one in enumerate(slugs) for other in slugs[place + 1 :]]
    events = []
    for slug in sorted(draw(st.sets(SLUGS, max_size=3))) if pairs else []:
        chosen = sorted(draw(st.sets(st.sampled_from(pairs), min_size=1, max_size=3)))
        events.append(
            {
                "id": slug,
                "kind": draw(st.sampled_from(_words("events.kind"))),
                "manner": draw(st.sampled_from(_words("events.manner"))),
                "title": draw(st.one_of(st.just(""), LINES)),
                "date": draw(DATES),
                "summary": draw(PROSE),
                "complete": draw(st.booleans()),
                "successions": [
                    {
                        "predecessor": one,
                        "successor": other,
                        "predecessor_continues": draw(st.booleans()),
                        "successor_existed": draw(st.booleans()),
                        "principal": draw(st.booleans()),
                    }
                    for one, other in chosen
                ],
                "accounts": draw(accounts),
                "citations": draw(citations),
                **draw(status),
            }
        )
    affiliations = draw(
        _unique(
            st.builds(
                lambda pair, own, status: {
                    "organisation": pair[0],
                    "body": pair[1],
                    **own,
                    **status,
                },
                st.sampled_from(pairs or [("", "")]),
                st.fixed_dictionaries(
                    {
                        "role": st.sampled_from(_words("affiliations.role")),
                        **period,
                        "citations": citations,
                    }
                ).filter(_runs_forward),
                status,
            ),
            "organisation",
            "body",
            "role",
            "from",
        )
    )
    sources = [
        {
            "id": slug,
            "title": draw(LINES),
            "authors": draw(st.lists(LINES, max_size=2)),
            "year": draw(DATES),
            "kind": draw(st.one_of(st.just(""), LINES)),
            "publisher": draw(st.one_of(st.just(""), LINES)),
            "url": draw(st.sampled_from(["", "https://example.org/ø"])),
        }
        for slug in sorted(books)
    ]
    return {
        "organisations": organisations,
        "events": events,
        "affiliations": affiliations if pairs else [],
        "sources": sources,
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=documents(), drafts=st.booleans())
def test_what_any_document_holds_is_exported_and_comes_back_without_a_byte_changed(
    db, document, drafts
):
    with undone():
        import_document(json.dumps(document))
        found = exported()
        for entry in found["organisations"]:
            entry["parent"] = None
        assert found == document
        # Read again it finds nothing to do.
        counts = import_document(export(drafts=True)).counts()
        assert (counts["added"], counts["changed"], counts["removed"]) == (0, 0, 0)
        # Into an empty record it comes back, with its drafts or without.
        first = export(drafts=drafts)
        Draft202012Validator(SCHEMA).validate(json.loads(first))
        empty_the_record()
        import_document(first)
        assert export(drafts=drafts) == first


def test_a_country_with_and_without_dates_is_nothing_to_do_either(body):
    one = body("a")
    for since in ("", "1950"):
        CountryPeriod.objects.create(organisation=one, country="LK", since=since)
    counts = import_document(export()).counts()
    assert counts == {"added": 0, "changed": 0, "left": 3, "removed": 0}


# what readers don't see


@pytest.fixture
def partly_hidden(body, event, source, cite, affiliate) -> ChangeEvent:
    """An event of a published body with a draft before and another body after."""
    seen, hidden = body("seen"), body("secret", status="draft")
    body("also-seen")
    made = event(
        "partly",
        "merger",
        [("secret", "seen"), ("also-seen", "seen")],
        title="The secret merger",
        summary="The secret group joined.",
        date="1953",
    )
    Account.objects.create(event=made, claimant="SEEN", organisation=seen, text="of the secret")
    cite(event=made, statement="date", locator="p. 2", note="as the secret says", value="1954")
    cite(event=made, statement="date", locator="p. 2", note="as others say", value="1955")
    affiliate(hidden, seen)
    return made


def test_a_draft_leaves_no_trace_in_an_export(partly_hidden, body, event, affiliate, cite):
    secret, seen = Organisation.objects.get(slug="secret"), Organisation.objects.get(slug="seen")
    only = Source.objects.create(slug="secret-book", title="The secret book")
    # Everything that can hang on a draft, or point from what is seen to a draft.
    parts = {
        "name": Name.objects.create(organisation=secret, text="secret name"),
        "fact": Fact.objects.create(organisation=secret, kind="other", text="secret fact"),
        "account": Account.objects.create(
            subject=seen, claimant="The secret one", organisation=secret, text="secret claim"
        ),
        "event": event("secret-event", "split", [("seen", "also-seen")], status="draft"),
        "affiliation": affiliate(
            seen, Organisation.objects.get(slug="also-seen"), status="draft", since="1901"
        ),
        "organisation": secret,
    }
    Link.objects.create(organisation=secret, url="https://secret.org/")
    Identifier.objects.create(organisation=secret, scheme="secret", value="Q2")
    for target, row in parts.items():
        Citation.objects.create(source=only, **{target: row})
    affiliate(seen, secret, since="1902")
    event("secret-birth", "split", [("secret", "also-seen")], date="1901")
    with_drafts, text = export(drafts=True), export()
    assert with_drafts.count("secret") > 20
    assert "secret" not in text
    assert "1901" not in text
    assert "1902" not in text
    document = json.loads(text)
    assert [entry["id"] for entry in document["organisations"]] == ["also-seen", "seen"]
    assert [entry["parent"] for entry in document["organisations"]] == [None, "also-seen"]
    assert [entry["id"] for entry in document["events"]] == ["partly"]
    assert document["affiliations"] == []
    assert document["sources"] == []


def test_an_event_seen_in_part_keeps_its_words_to_itself(partly_hidden):
    assert exported(drafts=False)["events"] == [
        {
            "id": "partly",
            "kind": "merger",
            "manner": None,
            "title": "",
            "date": "1953",
            "summary": "",
            "complete": False,
            "successions": [
                {
                    "predecessor": "also-seen",
                    "successor": "seen",
                    "predecessor_continues": False,
                    "successor_existed": False,
                    "principal": False,
                }
            ],
            "accounts": [],
            "citations": [],
        }
    ]


def test_an_event_seen_in_whole_tells_its_words(partly_hidden):
    Organisation.objects.filter(slug="secret").update(status="published")
    found = exported(drafts=False)["events"][0]
    assert (found["title"], found["summary"]) == ("The secret merger", "The secret group joined.")
    assert [(entry["note"], entry["value"]) for entry in found["citations"]] == [
        ("as others say", "1955"),
        ("as the secret says", "1954"),
    ]
    assert [entry["text"] for entry in found["accounts"]] == ["of the secret"]


def test_what_readers_see_of_an_event_can_be_imported(partly_hidden):
    first = export()
    empty_the_record()
    import_document(first)
    assert export() == first


def test_a_source_that_nothing_cites_is_exported(source):
    assert [entry["id"] for entry in exported(drafts=False)["sources"]] == ["alexander"]


def test_drafts_come_back_as_drafts(partly_hidden):
    first = export(drafts=True)
    empty_the_record()
    import_document(first)
    assert export(drafts=True) == first
    assert Organisation.objects.get(slug="secret").status == "draft"
