"""Importing a document: what may be left out, what stands already, and what a dry run shows."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from lineage.exchange.export import Export
from lineage.models import Affiliation, ChangeEvent, Edition, Organisation, Source, Succession

CITED = [{"statement": "founded", "source": "book", "locator": "p. 1", "note": "N.", "value": "1"}]

# Every key of the format, in the order of an export, with values that are not the defaults.
WHOLE: dict[str, Any] = {
    "organisations": [
        {
            "id": "new",
            "name": "Liga Ąęó 社会主義",
            "kind": "league",
            "countries": ["GB", "LK"],
            "founded": "1953~",
            "dissolved": "1990/..",
            "parent": "old",
            "summary": "Two\nlines.",
            "names": [
                {
                    "text": "LÃ",
                    "language": "pt",
                    "kind": "abbreviation",
                    "from": "1953",
                    "to": "1960",
                    "citations": CITED,
                }
            ],
            "identifiers": [{"scheme": "wikidata", "value": "Q1"}],
            "links": [{"url": "https://example.org/", "title": "Site"}],
            "facts": [
                {
                    "kind": "members",
                    "text": "claimed",
                    "number": 12.5,
                    "from": "1954",
                    "to": "1955",
                    "citations": CITED,
                }
            ],
            "citations": CITED,
            "accounts": [
                {
                    "claimant": "OLD",
                    "organisation": "old",
                    "text": "It is we.",
                    "citations": CITED,
                }
            ],
            "active": "1989",
            "unnamed": True,
            "country_periods": [{"country": "LK", "from": "1953", "to": "1960"}],
        },
        {
            "id": "old",
            "name": "Old",
            "kind": "international",
            "countries": [],
            "founded": None,
            "dissolved": None,
            "parent": None,
            "summary": "",
            "names": [],
            "identifiers": [],
            "links": [],
            "facts": [],
            "citations": [],
            "accounts": [],
            "active": None,
            "unnamed": False,
            "country_periods": [],
        },
    ],
    "events": [
        {
            "id": "division",
            "kind": "split",
            "manner": "disputed",
            "title": "The division",
            "date": "1953-11-16",
            "summary": "It divided.",
            "complete": False,
            "successions": [
                {
                    "predecessor": "old",
                    "successor": "new",
                    "predecessor_continues": True,
                    "successor_existed": False,
                    "principal": True,
                }
            ],
            "accounts": [
                {"claimant": "NEW", "organisation": None, "text": "We left.", "citations": CITED}
            ],
            "citations": CITED,
        }
    ],
    "affiliations": [
        {
            "organisation": "new",
            "body": "old",
            "role": "observer",
            "from": "1953",
            "to": "1960",
            "citations": CITED,
        }
    ],
    "sources": [
        {
            "id": "book",
            "title": "A book",
            "authors": ["Émile Ø.", "B"],
            "year": "1991",
            "kind": "book",
            "publisher": "P",
            "url": "https://example.org/book",
        }
    ],
}
TWO = {"organisations": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]}


def run(command: str, *arguments: str) -> tuple[int, str, str]:
    """A command's exit code and what it wrote to standard output and standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return 1, out.getvalue(), f"CommandError: {error}\n"
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, history and users included; not the mark of the edition, which
    PostgreSQL changes with a statement that changes no row, too."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model is not Edition
    }


def exported(*, drafts: bool = True) -> dict[str, Any]:
    """The record as a document, without what tells of the export itself."""
    document = Export(drafts=drafts).document(timezone.now())
    return {name: document[name] for name in ("organisations", "events", "affiliations", "sources")}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def load(db: None, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Import a document by the command: ``load(TWO, "--update")``."""

    def load(document: Any, *arguments: str) -> tuple[int, str, str]:
        path = tmp_path / "document.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return run("import_lineage", str(path), *arguments)

    return load


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value: ``changed(WHOLE, "events.0.date", "1954")``."""
    document = copy.deepcopy(document)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    part = document
    for step in steps:
        part = part[step]
    part[last] = value
    return document


# what may be left out


def test_of_a_body_its_id_and_name_are_enough(load):
    assert load({"organisations": [{"id": "a", "name": "A"}]})[0] == 0
    assert exported(drafts=False)["organisations"] == [
        {
            "id": "a",
            "name": "A",
            "kind": "party",
            "countries": [],
            "founded": None,
            "dissolved": None,
            "parent": None,
            "summary": "",
            "names": [],
            "identifiers": [],
            "links": [],
            "facts": [],
            "citations": [],
            "accounts": [],
            "active": None,
            "unnamed": False,
            "country_periods": [],
        }
    ]


@pytest.mark.parametrize(
    ("kind", "continues"),
    [("split", True), ("merger", False), ("rename", False), ("continuation", False)],
)
def test_of_an_event_its_id_kind_and_bodies_are_enough(load, kind, continues):
    edge = {"predecessor": "a", "successor": "b"}
    assert load({**TWO, "events": [{"id": "e", "kind": kind, "successions": [edge]}]})[0] == 0
    assert exported(drafts=False)["events"] == [
        {
            "id": "e",
            "kind": kind,
            "manner": None,
            "title": "",
            "date": None,
            "summary": "",
            "complete": True,
            "successions": [
                {
                    "predecessor": "a",
                    "successor": "b",
                    "predecessor_continues": continues,
                    "successor_existed": False,
                    "principal": False,
                }
            ],
            "accounts": [],
            "citations": [],
        }
    ]


def test_of_an_affiliation_and_a_source_the_ids_are_enough(load):
    document = {
        **TWO,
        "affiliations": [{"organisation": "a", "body": "b"}],
        "sources": [{"id": "s"}],
    }
    assert load(document)[0] == 0
    found = exported(drafts=False)
    assert found["affiliations"] == [
        {
            "organisation": "a",
            "body": "b",
            "role": "section",
            "from": None,
            "to": None,
            "citations": [],
        }
    ]
    assert found["sources"] == [
        {
            "id": "s",
            "title": "s",
            "authors": [],
            "year": None,
            "kind": "",
            "publisher": "",
            "url": "",
        }
    ]


def test_an_empty_document_adds_nothing(load):
    assert load({}) == (
        0,
        "added: nothing\nchanged: nothing\nremoved: nothing\nleft: nothing\n",
        "",
    )


def test_every_key_arrives_in_the_record(load):
    assert load(WHOLE)[0] == 0
    assert exported() == WHOLE


def test_a_parent_that_the_document_names_is_ignored(load):
    assert load(changed(TWO, "organisations.0.parent", "b"))[0] == 0
    assert [entry["parent"] for entry in exported()["organisations"]] == [None, None]


def test_what_holds_no_status_is_published_and_a_draft_says_so(load):
    assert load(changed(TWO, "organisations.0.status", "draft"))[0] == 0
    found = Organisation.objects.order_by("slug").values_list("slug", "status")
    assert list(found) == [("a", "draft"), ("b", "published")]
    assert [entry["id"] for entry in exported(drafts=False)["organisations"]] == ["b"]


# what stands already


def test_a_document_that_says_what_stands_changes_nothing(load):
    load(WHOLE)
    before = everything()
    code, out, err = load(WHOLE)
    assert (code, err) == (0, "")
    assert out == (
        "added: nothing\n"
        "changed: nothing\n"
        "removed: nothing\n"
        "left: 1 sources, 2 organisations, 2 countries, 1 identifiers, 1 links, 1 names, "
        "1 facts, 1 events, 1 successions, 1 affiliations, 2 accounts, 7 citations\n"
    )
    assert everything() == before


def test_a_change_without_update_is_refused_with_every_difference(load):
    load(WHOLE)
    before = everything()
    document = changed(WHOLE, "organisations.0.name", "Other")
    document = changed(document, "organisations.0.founded", "1954")
    document = changed(document, "organisations.0.links", [{"url": "https://example.com/"}])
    document = changed(document, "events.0.successions.0.principal", False)
    remedy = "Load with --update to change the record, or take it out of the document."
    assert load(document) == (
        1,
        "",
        (
            f"organisations[0] (new): It is in the record already and differs in founded, name. "
            f"{remedy}\n"
            f"events[0] (division/old/new): It is in the record already and differs in principal. "
            f"{remedy}\n"
            f"the record (new/https://example.org/): This link is in the record, and not in the "
            f"document. Load with --update to remove it.\n"
            f"3 faults; nothing was written.\n"
        ),
    )
    assert everything() == before


def test_an_update_changes_values_replaces_lists_and_keeps_the_history(load):
    load(WHOLE)
    document = changed(WHOLE, "organisations.0.name", "Other")
    document = changed(document, "organisations.0.links", [{"url": "https://a.org/", "title": ""}])
    document = changed(document, "organisations.0.names", [])
    document = changed(document, "events.0.date", "1954")
    assert load(document, "--update") == (
        0,
        (
            "added: 1 links\n"
            "changed: 1 organisations, 1 events\n"
            "removed: 1 links, 1 names\n"
            "left: 1 sources, 1 organisations, 2 countries, 1 identifiers, 1 facts, 1 successions, "
            "1 affiliations, 2 accounts, 6 citations\n"
        ),
        "",
    )
    assert exported() == document
    assert [
        (row.history_type, row.name)
        for row in Organisation.objects.get(slug="new").history.order_by("history_id")
    ] == [("+", "Liga Ąęó 社会主義"), ("~", "Other")]
    assert [
        (row.history_type, row.date)
        for row in ChangeEvent.objects.get(slug="division").history.order_by("history_id")
    ] == [("+", "1953-11-16"), ("~", "1954")]
    gone = apps.get_model("lineage", "HistoricalLink").objects.values_list("history_type", "url")
    assert sorted(gone) == [
        ("+", "https://a.org/"),
        ("+", "https://example.org/"),
        ("-", "https://example.org/"),
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"organisations": [{"id": "new", "name": "Liga Ąęó 社会主義"}]},
        {"organisations": [{"id": "new", "name": "Liga Ąęó 社会主義", "countries": ["GB", "LK"]}]},
        {
            "organisations": [
                {
                    "id": "new",
                    "name": "Liga Ąęó 社会主義",
                    "country_periods": [{"country": "LK", "from": "1953", "to": "1960"}],
                }
            ]
        },
        {
            "events": [
                {"id": "division", "kind": "split", "successions": [{**edge, "principal": True}]}
                for edge in [{"predecessor": "old", "successor": "new"}]
            ]
        },
        {
            "affiliations": [
                {"organisation": "new", "body": "old", "role": "observer", "from": "1953"}
            ]
        },
        {"sources": [{"id": "book"}]},
    ],
)
def test_a_key_left_out_leaves_its_value_alone(load, part):
    load(WHOLE)
    code, _out, err = load(part, "--update")
    assert (code, err) == (0, "")
    assert exported() == WHOLE


def test_a_null_takes_a_value_away(load):
    load(WHOLE)
    assert load(changed(WHOLE, "organisations.0.founded", None), "--update")[0] == 0
    assert exported() == changed(WHOLE, "organisations.0.founded", None)


def test_an_end_taken_from_an_affiliation_is_a_change_of_it(load):
    load(WHOLE)
    load(changed(WHOLE, "affiliations.0.to", None), "--update")
    assert list(Affiliation.objects.values_list("since", "until")) == [("1953", "")]


def test_the_countries_of_a_body_are_replaced_and_those_that_stay_keep_their_dates(load):
    load(WHOLE)
    body = {"id": "new", "name": "Liga Ąęó 社会主義", "countries": ["FR", "LK"]}
    assert load({"organisations": [body]}, "--update")[0] == 0
    found = exported()["organisations"][0]
    assert found["countries"] == ["FR", "LK"]
    assert found["country_periods"] == [{"country": "LK", "from": "1953", "to": "1960"}]


def test_an_edge_left_out_of_its_event_goes_and_the_parent_with_it(load):
    three = {"organisations": [*TWO["organisations"], {"id": "c", "name": "C"}]}
    edges = [{"predecessor": "a", "successor": "c"}, {"predecessor": "b", "successor": "c"}]
    load({**three, "events": [{"id": "e", "kind": "merger", "successions": edges}]})
    assert Organisation.objects.get(slug="c").parent.slug == "a"
    left = {"events": [{"id": "e", "kind": "merger", "successions": edges[1:]}]}
    assert load(left, "--update")[0] == 0
    assert [str(edge) for edge in Succession.objects.all()] == ["B → C"]
    assert Organisation.objects.get(slug="c").parent.slug == "b"
    assert Organisation.objects.get(slug="a").family != Organisation.objects.get(slug="c").family


def test_a_source_known_by_another_title_keeps_it_where_the_document_gives_none(load):
    load({"sources": [{"id": "s", "title": "The title"}]})
    load({"sources": [{"id": "s", "kind": "book"}]}, "--update")
    assert list(Source.objects.values_list("title", "kind")) == [("The title", "book")]


def test_an_error_that_stood_before_does_not_keep_a_document_out(load, body):
    body("odd", founded="1950", dissolved="1940")
    assert load(TWO)[0] == 0
    assert [entry["id"] for entry in exported()["organisations"]] == ["a", "b", "odd"]


def test_an_error_that_stood_before_is_not_told_with_those_of_a_document(load, body):
    body("odd", founded="1950", dissolved="1940")
    code, _out, err = load(changed(TWO, "organisations.0.kind", "club"))
    assert (code, err.count("\n"), err[:21]) == (1, 2, "organisations[0] (a):")


# a dry run


def test_a_dry_run_shows_what_would_be_done_and_writes_nothing(load):
    load(TWO)
    before = everything()
    document = {
        "organisations": [
            {"id": "a", "name": "A", "founded": "1950", "links": [{"url": "https://a.org/"}]},
            {"id": "b", "name": "B"},
            {"id": "c", "name": "C"},
        ],
        "events": [
            {
                "id": "e",
                "kind": "rename",
                "successions": [{"predecessor": "a", "successor": "c"}],
            }
        ],
    }
    assert load(document, "--update", "--dry-run") == (
        0,
        (
            "would be added: 1 organisations, 1 links, 1 events, 1 successions\n"
            "  organisations: c\n"
            "  links: a/https://a.org/\n"
            "  events: e\n"
            "  successions: e/a/c\n"
            "would be changed: 1 organisations\n"
            "  organisations: a\n"
            "would be removed: nothing\n"
            "left: 1 organisations\n"
        ),
        "",
    )
    assert everything() == before


def test_a_dry_run_cuts_a_long_list_short(load):
    bodies = [{"id": f"b{number:02}", "name": "B"} for number in range(23)]
    code, out, _err = load({"organisations": bodies}, "--dry-run")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, 25)
    assert lines[0] == "would be added: 23 organisations"
    assert lines[20:22] == ["  organisations: b19", "  organisations: and 3 more"]
    assert not Organisation.objects.exists()


def test_a_dry_run_over_an_error_that_stood_before_writes_nothing(load, body):
    body("odd", founded="1950", dissolved="1940")
    before = everything()
    assert load(TWO, "--dry-run")[0] == 0
    assert everything() == before


def test_a_dry_run_of_a_faulty_document_is_refused_like_the_load(load):
    faulty = changed(TWO, "organisations.0.founded", "soon")
    assert load(faulty, "--dry-run") == load(faulty)
