"""Documents and fixtures that are refused: whole, with every fault, and nothing written."""

# ruff: noqa: E501 - what a command prints stands here a line a line

from __future__ import annotations

import copy
import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage.exchange.document import import_document
from lineage.exchange.fixtures import load_fixtures
from lineage.exchange.rows import Refused
from lineage.models import Organisation
from lineage.text import control_characters
from tests.test_export import documents
from tests.test_import import TWO, WHOLE, changed, everything, run, undone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _standing(body, event):
    """A record that must come to no harm."""
    body("standing", founded="1930")
    body("successor", founded="1940")
    event("change", "rename", [("standing", "successor")], date="1940")


def refusal(*lines: str) -> str:
    count = len(lines)
    return "".join(
        f"{line}\n" for line in (*lines, f"{count} fault{'s' * (count > 1)}; nothing was written.")
    )


def edge(before: str, after: str, **more: Any) -> dict[str, Any]:
    return {"predecessor": before, "successor": after, **more}


def happened(slug: str, *edges: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": slug, "kind": "rename", "successions": list(edges), **more}


def one(**more: Any) -> dict[str, Any]:
    return {"organisations": [{"id": "a", "name": "A", **more}]}


DATE_EXAMPLES = "1953, 1953-11, 1953-11-16, 1953~, 195X, 1967/1968, ../1940 or [1966,1968]"
ORGANISATION_KEYS = (
    "id, name, kind, countries, founded, dissolved, parent, summary, names, identifiers, links, "
    "facts, citations, accounts, active, unnamed, country_periods, status"
)
KINDS = (
    "international, section, party, league, faction, tendency, alliance, youth, armed-wing, "
    "committee, other"
)
CITATION = {"source": "nowhere"}

DOCUMENTS: dict[str, tuple[Any, list[str]]] = {
    "a circle in time": (
        {
            **TWO,
            "events": [
                happened("ab", edge("a", "b"), date="1950"),
                happened("ba", edge("b", "a"), date="1950"),
            ],
        },
        [
            "organisations[0] (a): The changes go round in a circle that no reading of their dates can order: a → b → a. Correct a date, or mark the body after as one that existed already where a body returns."
        ],
    ),
    "a circle with what stands": (
        {"events": [happened("back", edge("successor", "standing"), date="1940")]},
        [
            "the record (organisation:standing): The changes go round in a circle that no reading of their dates can order: standing → successor → standing. Correct a date, or mark the body after as one that existed already where a body returns."
        ],
    ),
    "a self-edge": (
        {**TWO, "events": [happened("e", edge("a", "a"))]},
        [
            "events[0] (e/a/a): predecessor and successor are one and the same body. Choose two bodies."
        ],
    ),
    "a body that is a member of itself": (
        {**TWO, "affiliations": [{"organisation": "a", "body": "a"}]},
        [
            "affiliations[0] (a/a/section): organisation and body are one and the same body. Choose two bodies."
        ],
    ),
    "a nonsense date": (
        one(founded="soon"),
        [f"organisations[0] (a): founded: “soon” is not a date in EDTF. Write {DATE_EXAMPLES}."],
    ),
    "a day that is not in the calendar": (
        one(founded="1938-02-30"),
        [
            "organisations[0] (a): founded: February 1938 has no day 30. Write a day from 1938-02-01 to 1938-02-28."
        ],
    ),
    "a date that hangs the edtf library": (
        one(founded="Y1E999999999"),
        [
            f"organisations[0] (a): founded: “Y1E999999999” is not a date in EDTF. Write {DATE_EXAMPLES}."
        ],
    ),
    "an end before the founding": (
        one(founded="1950", dissolved="1940"),
        [
            "organisations[0] (a): It ended (1940) before it was founded (1950). Correct one of the two. Correct its founding or its end."
        ],
    ),
    "an unknown kind of body": (
        one(kind="club"),
        [f'organisations[0] (a): kind: "club" is unknown. Write one of: {KINDS}.'],
    ),
    "an unknown kind of event": (
        {**TWO, "events": [happened("e", edge("a", "b"), kind="quarrel")]},
        [
            'events[0] (e): kind: "quarrel" is unknown. Write one of: split, merger, rename, continuation.'
        ],
    ),
    "an unknown role": (
        {**TWO, "affiliations": [{"organisation": "a", "body": "b", "role": "friend"}]},
        [
            'affiliations[0] (a/b): role: "friend" is unknown. Write one of: section, sympathising, observer, member, faction, youth-wing, armed-wing, entry.'
        ],
    ),
    "an unknown manner": (
        {**TWO, "events": [happened("e", edge("a", "b"), manner="angry")]},
        [
            'events[0] (e): manner: "angry" is unknown. Write one of: expulsion, secession, mutual, disputed.'
        ],
    ),
    "an unknown status": (
        one(status="secret"),
        [
            'organisations[0] (a): status: "secret" is unknown. Write one of: draft, in-review, published.'
        ],
    ),
    "an unknown country": (
        one(countries=["XX"]),
        [
            "organisations[0] (a/XX): country: “XX” is no country code. Write two capital letters of ISO 3166-1, such as GB."
        ],
    ),
    "a missing body": (
        {**TWO, "events": [happened("e", edge("a", "nobody"))]},
        [
            "events[0] (e/a/nobody): successor: there is no organisation “nobody”, here or in the record. Correct the id, or add the organisation."
        ],
    ),
    "a missing source": (
        one(citations=[CITATION]),
        [
            "organisations[0] (a/nowhere): source: there is no source “nowhere”, here or in the record. Correct the id, or add the source."
        ],
    ),
    "an account of a missing claimant": (
        one(accounts=[{"claimant": "C", "organisation": "nobody", "text": "T"}]),
        [
            "organisations[0] (a/C): organisation: there is no organisation “nobody”, here or in the record. Correct the id, or add the organisation."
        ],
    ),
    "an event without bodies": (
        {"events": [happened("e")]},
        ["events[0] (e): successions: The list is empty. Name one at the least."],
    ),
    "a control character in a name": (
        one(name="A\x07B"),
        [
            "organisations[0] (a): name: The text holds the control character U+0007. Take it out, or type the text anew."
        ],
    ),
    "a right-to-left override in a summary": (
        one(summary="A\u202eB"),
        [
            "organisations[0] (a): summary: The text holds the control character U+202E. Take it out, or type the text anew."
        ],
    ),
    "half a character": (
        one(name="A\ud800"),
        [
            "organisations[0] (a): name: The text holds the control character U+D800. Take it out, or type the text anew."
        ],
    ),
    "a zero character in a language": (
        one(names=[{"text": "N", "language": "e\x00n"}]),
        [
            "organisations[0] (a/official/e\\x00n/N): language: The text holds the control character U+0000. Take it out, or type the text anew."
        ],
    ),
    "two records with one id": (
        {"organisations": [{"id": "a", "name": "A"}, {"id": "a", "name": "A"}]},
        [
            "organisations[1] (a): There are two organisation records with this id; the other is at organisations[0]. Give one of them another id, or delete it."
        ],
    ),
    "one name twice": (
        one(names=[{"text": "N"}, {"text": "N"}]),
        [
            "organisations[0] (a/official/N): There are two name records with this id; the other is at organisations[0]. Give one of them another id, or delete it."
        ],
    ),
    "an unknown key": (
        one(foundd="1950"),
        [
            f"organisations[0] (a): The key “foundd” is no part of it. Take it out; the keys are {ORGANISATION_KEYS}."
        ],
    ),
    "users": (
        {"users": [{"username": "root", "is_superuser": True}]},
        [
            "the document: The key “users” is no part of it. Take it out; the keys are format, version, title, licence, exported, organisations, events, affiliations, sources."
        ],
    ),
    "a missing name": (
        {"organisations": [{"id": "a"}]},
        ["organisations[0] (a): It has no “name”. Add it."],
    ),
    "a missing kind and missing bodies": (
        {"events": [{"id": "e"}]},
        ["events[0] (e): It has no “kind”, “successions”. Add it."],
    ),
    "an empty name": (one(name=""), ["organisations[0] (a): name: It is empty. Write a text."]),
    "a number for a date": (
        one(founded=1938),
        [
            "organisations[0] (a): founded: 1938 is of another type. Write a value of type string or null."
        ],
    ),
    "a text for a number": (
        one(facts=[{"kind": "members", "number": "many"}]),
        [
            'organisations[0] (a): facts[0].number: "many" is of another type. Write a value of type number or null.'
        ],
    ),
    "a number with too many digits": (
        one(facts=[{"kind": "members", "number": 1234567890123456}]),
        [
            "organisations[0] (a/members): number: “1234567890123456” has more than 15 digits. Round it."
        ],
    ),
    "a number beyond all bounds": (
        '{"organisations": [{"id": "a", "name": "A", "facts": [{"kind": "members", "number": 1e400}]}]}',
        ["organisations[0] (a/members): number: “inf” is no finite number. Write digits."],
    ),
    "an id with capitals": (
        {"organisations": [{"id": "A_B", "name": "A"}]},
        [
            'organisations[0] (A_B): id: "A_B" does not match ^[a-z0-9]+(-[a-z0-9]+)*$. Write it in that form.'
        ],
    ),
    "an id with a line break": (
        {"organisations": [{"id": "a\n", "name": "A"}]},
        [
            "organisations[0] (a\\n): slug: The text holds the control character U+000A. Take it out, or type the text anew."
        ],
    ),
    "a script for an id": (
        {"organisations": [{"id": "<script>", "name": "A"}]},
        [
            'organisations[0] (<script>): id: "<script>" does not match ^[a-z0-9]+(-[a-z0-9]+)*$. Write it in that form.'
        ],
    ),
    "an address that runs a script": (
        one(links=[{"url": "javascript:alert(1)"}]),
        [
            "organisations[0] (a/javascript:alert(1)): url: “javascript:alert(1)” is no web address. It must begin with https:// or http://."
        ],
    ),
    "a name of ten megabytes": (
        one(name="x" * 10_000_000),
        [
            f"organisations[0] (a): name: “{'x' * 39}…” has 10000000 characters. Write 250 at the most."
        ],
    ),
    "a list": (
        [],
        ["the document: [] is of another type. Write a value of type object."],
    ),
    "a list of lists for a list of objects": (
        {"organisations": [[]]},
        ["organisations[0]: [] is of another type. Write a value of type object."],
    ),
    "an object for a list": (
        {"organisations": {}},
        ["organisations: {} is of another type. Write a value of type list."],
    ),
    "another format": (
        {"format": "gedcom", "version": "5.5"},
        [
            'format: "gedcom" is another format. Write "lineage".',
            'version: "5.5" does not match ^1\\.[0-9]+$. Write it in that form.',
        ],
    ),
    "not a number": (
        '{"organisations": [{"id": "a", "name": "A", "facts": [{"kind": "members", "number": NaN}]}]}',
        ["the document: NaN is no JSON number. Write null."],
    ),
    "a key given twice": (
        '{"organisations": [{"id": "a", "name": "A", "name": "B"}]}',
        ["the document (a): The key “name” stands twice in one object. Delete one of the two."],
    ),
    "broken JSON": (
        '{"organisations": [\n',
        ["the document: It is no JSON: Expecting value (line 2, column 1). Correct it there."],
    ),
    "an empty file": (
        "",
        ["the document: It is no JSON: Expecting value (line 1, column 1). Correct it there."],
    ),
    "text that is not UTF-8": (
        '{"title": "é"}'.encode("latin-1"),
        ["the document: It is not UTF-8 text (byte 11). Save it as UTF-8."],
    ),
    "lists as deep as Python goes": (
        "[" * 100_000,
        [
            "the document: Its lists and objects stand in each other more than 20 deep. Write it flatter."
        ],
    ),
    "lists deeper than any record": (
        '{"title": ' + "[" * 300 + "]" * 300 + "}",
        [
            "the document: Its lists and objects stand in each other more than 20 deep. Write it flatter."
        ],
    ),
    "a number of five thousand digits": (
        "1" * 5000,
        [
            "the document: It holds a number that can’t be read: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits; use sys.set_int_max_str_digits() to increase the limit. Shorten it."
        ],
    ),
}


@pytest.mark.parametrize(("document", "lines"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
@pytest.mark.parametrize("flags", [(), ("--update",), ("--dry-run",)], ids=["", "update", "dry"])
def test_a_faulty_document_is_refused_with_its_faults(tmp_path, document, lines, flags):
    path = tmp_path / "document.json"
    text = document if isinstance(document, (str, bytes)) else json.dumps(document)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = everything()
    assert run("import_lineage", str(path), *flags) == (1, "", refusal(*lines))
    assert everything() == before


def test_every_fault_of_a_document_is_listed_at_once(tmp_path):
    document = {
        "organisations": [
            # Faults of the form, of a field and of the whole, in one record and in many.
            {"id": "a", "name": "A", "colour": "red", "founded": "soon", "kind": "club"},
            {"id": "b", "name": "B", "founded": "1950", "dissolved": "1940"},
            {"id": "c", "names": [{"text": "C"}]},
            {"id": "d", "name": "D"},
            {"id": "e", "name": "E"},
            {"id": "standing", "name": "Other"},
        ],
        "events": [
            happened("da", edge("d", "a"), edge("d", "nobody"), edge("d", "d"), edge("d", "c")),
            happened("de", edge("d", "e"), date="1950-01-01"),
            happened("ed", edge("e", "d"), date="1950-01-01"),
        ],
        "affiliations": [{"organisation": "d", "body": "e", "from": "then", "role": 7}],
    }
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document))
    before = everything()
    code, out, err = run("import_lineage", str(path))
    assert (code, out) == (1, "")
    assert err == refusal(
        "affiliations[0] (d/e): role: 7 is unknown. Write one of: section, sympathising, observer, member, faction, youth-wing, armed-wing, entry.",
        f"organisations[0] (a): The key “colour” is no part of it. Take it out; the keys are {ORGANISATION_KEYS}.",
        f'organisations[0] (a): kind: "club" is unknown. Write one of: {KINDS}.',
        "organisations[2] (c): It has no “name”. Add it.",
        f"organisations[0] (a): founded: “soon” is not a date in EDTF. Write {DATE_EXAMPLES}.",
        "organisations[5] (standing): It is in the record already and differs in name. Load with --update to change the record, or take it out of the document.",
        "events[0] (da/d/nobody): successor: there is no organisation “nobody”, here or in the record. Correct the id, or add the organisation.",
        "events[0] (da/d/d): predecessor and successor are one and the same body. Choose two bodies.",
        f"affiliations[0] (d/e/section/then): since: “then” is not a date in EDTF. Write {DATE_EXAMPLES}.",
        "organisations[3] (d): The changes go round in a circle that no reading of their dates can order: d → e → d. Correct a date, or mark the body after as one that existed already where a body returns.",
        "organisations[1] (b): It ended (1940) before it was founded (1950). Correct one of the two. Correct its founding or its end.",
    )
    assert everything() == before


def test_a_nonsense_date_for_a_body_that_stands_is_refused_like_that_of_a_new_one(tmp_path):
    path = tmp_path / "document.json"
    path.write_text(
        json.dumps({"organisations": [{"id": "standing", "name": "STANDING", "active": "soon"}]})
    )
    before = everything()
    assert run("import_lineage", str(path), "--update") == (
        1,
        "",
        refusal(
            f"organisations[0] (standing): active: “soon” is not a date in EDTF. Write {DATE_EXAMPLES}."
        ),
    )
    assert everything() == before


def test_a_fault_stays_on_its_line_and_hides_no_commands_to_the_terminal(tmp_path):
    path = tmp_path / "document.json"
    path.write_text(json.dumps(one(**{"k\x1b[2Jey\nall is well": 1})))
    _code, _out, err = run("import_lineage", str(path))
    assert err == refusal(
        f"organisations[0] (a): The key “k\\x1b[2Jey\\nall is well” is no part of it. Take it out; the keys are {ORGANISATION_KEYS}."
    )


@pytest.mark.parametrize("command", ["import_lineage", "load_record"])
def test_what_is_not_there_is_named(tmp_path, command):
    told = {
        "import_lineage": "can’t be read (No such file or directory). Name a readable file.",
        "load_record": "is no folder. Name the folder of the fixtures.",
    }[command]
    path = tmp_path / "nowhere"
    assert run(command, str(path)) == (1, "", f"CommandError: {path} {told}\n")


def test_a_folder_is_no_document(tmp_path):
    assert run("import_lineage", str(tmp_path)) == (
        1,
        "",
        f"CommandError: {tmp_path} can’t be read (Is a directory). Name a readable file.\n",
    )


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(value, (dict, list)):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            found.extend(_places(part, (*path, key)))
    return found


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(), max_size=8),
        st.sampled_from(["", "a", "new", "old", "book", "1953", "\x00", "\ud800", "split", "GB"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(max_size=4), st.sampled_from(["id", "name", "kind", "source"])),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
fuzz = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@fuzz
@given(data=st.data(), update=st.booleans())
def test_whatever_stands_anywhere_in_a_document_is_loaded_or_refused(data, update):
    document: Any = copy.deepcopy(data.draw(st.one_of(st.just(WHOLE), documents())))
    for _ in range(data.draw(st.integers(1, 3))):
        *steps, last = data.draw(st.sampled_from(_places(document)[1:] or [("organisations",)]))
        part = document
        for step in steps:
            part = part[step]
        part[last] = data.draw(ANYTHING)
    with undone():
        before = everything()
        try:
            import_document(json.dumps(document), update=update)
        except Refused as refused:
            told = [str(fault) for fault in refused.faults]
            assert told
            assert all(line.isprintable() and len(line) < 2500 for line in told)
            assert everything() == before


@fuzz
@given(text=st.one_of(st.text(st.characters(), max_size=30), st.binary(max_size=30)))
def test_any_text_is_loaded_or_refused(text):
    with undone():
        try:
            import_document(text)
        except Refused as refused:
            told = refused.faults
            assert told


# fixtures

BODY = """\
- model: lineage.organisation
  fields:
    slug: "a"
    name: "A"
    status: "published"
"""
OTHER = BODY.replace('"a"', '"b"').replace('"A"', '"B"')


def with_line(line: str) -> str:
    return f"{BODY}    {line}\n"


def row(model: str, *lines: str) -> str:
    return f"- model: lineage.{model}\n  fields:\n" + "".join(f"    {line}\n" for line in lines)


MODELS = "lineage.account, lineage.affiliation, lineage.changeevent, lineage.citation, lineage.countryperiod, lineage.fact, lineage.identifier, lineage.link, lineage.name, lineage.organisation, lineage.source, lineage.succession, lineage.waiver"
FIRST = "record/a.yaml, record 1"
RENAME = row("changeevent", 'slug: "e"', 'kind: "rename"', 'date: "1950"')
BOTH = BODY + OTHER + RENAME

FIXTURES: dict[str, tuple[str, str | bytes, list[str]]] = {
    "a circle in time": (
        "a.yaml",
        BOTH
        + row("changeevent", 'slug: "f"', 'kind: "rename"', 'date: "1950"')
        + row("succession", "event: [e]", "predecessor: [a]", "successor: [b]")
        + row("succession", "event: [f]", "predecessor: [b]", "successor: [a]"),
        [
            f"{FIRST} (a): The changes go round in a circle that no reading of their dates can order: a → b → a. Correct a date, or mark the body after as one that existed already where a body returns."
        ],
    ),
    "a self-edge": (
        "a.yaml",
        BOTH + row("succession", "event: [e]", "predecessor: [a]", "successor: [a]"),
        [
            "record/a.yaml, record 4 (e/a/a): predecessor and successor are one and the same body. Choose two bodies."
        ],
    ),
    "an edge without a body": (
        "a.yaml",
        BOTH + row("succession", "event: [e]", "predecessor: [a]"),
        ["record/a.yaml, record 4 (e/a): successor: it names none. Name one."],
    ),
    "an event without bodies": (
        "a.yaml",
        RENAME,
        [f"{FIRST} (e): It has no succession. Say who led to whom."],
    ),
    "a nonsense date": (
        "a.yaml",
        with_line('founded: "soon"'),
        [f"{FIRST} (a): founded: “soon” is not a date in EDTF. Write {DATE_EXAMPLES}."],
    ),
    "an end before the founding": (
        "a.yaml",
        with_line('founded: "1950"\n    dissolved: "1940"'),
        [
            f"{FIRST} (a): It ended (1940) before it was founded (1950). Correct one of the two. Correct its founding or its end."
        ],
    ),
    "an unknown kind": (
        "a.yaml",
        with_line('kind: "club"'),
        [f"{FIRST} (a): kind: “club” is no kind that the record knows. Write one of: {KINDS}."],
    ),
    "an unknown role": (
        "a.yaml",
        BODY + OTHER + row("affiliation", "organisation: [a]", "body: [b]", 'role: "friend"'),
        [
            "record/a.yaml, record 3 (a/b/friend): role: “friend” is no role that the record knows. Write one of: section, sympathising, observer, member, faction, youth-wing, armed-wing, entry."
        ],
    ),
    "an unknown manner": (
        "a.yaml",
        BODY
        + OTHER
        + row("changeevent", 'slug: "e"', 'kind: "rename"', 'manner: "angry"')
        + row("succession", "event: [e]", "predecessor: [a]", "successor: [b]"),
        [
            "record/a.yaml, record 3 (e): manner: “angry” is no manner that the record knows. Write one of: expulsion, secession, mutual, disputed."
        ],
    ),
    "a missing body": (
        "a.yaml",
        row("link", "organisation: [nobody]", 'url: "https://a.org/"'),
        [
            f"{FIRST} (nobody/https://a.org/): organisation: there is no organisation “nobody”, here or in the record. Correct the id, or add the organisation."
        ],
    ),
    "a missing source": (
        "a.yaml",
        BODY + row("citation", "source: [nowhere]", "organisation: [a]"),
        [
            "record/a.yaml, record 2 (a/nowhere): source: there is no source “nowhere”, here or in the record. Correct the id, or add the source."
        ],
    ),
    "a citation for two records": (
        "a.yaml",
        BOTH
        + row("succession", "event: [e]", "predecessor: [a]", "successor: [b]")
        + row("source", 'slug: "s"', 'title: "S"')
        + row("citation", "source: [s]", "organisation: [a]", "event: [e]"),
        [
            "record/a.yaml, record 6 (a/e/s): It points to organisation and event. Give it exactly one of organisation, name, event, affiliation, fact, account."
        ],
    ),
    "a citation for none": (
        "a.yaml",
        row("source", 'slug: "s"', 'title: "S"') + row("citation", "source: [s]"),
        [
            "record/a.yaml, record 2 (s): It points to no record. Give it exactly one of organisation, name, event, affiliation, fact, account."
        ],
    ),
    "an account of nothing": (
        "a.yaml",
        row("account", 'claimant: "C"', 'text: "T"'),
        [f"{FIRST} (C): It points to no record. Give it exactly one of event, subject."],
    ),
    "a control character in a name": (
        "a.yaml",
        BODY.replace('"A"', '"A\\a"'),
        [
            f"{FIRST} (a): name: The text holds the control character U+0007. Take it out, or type the text anew."
        ],
    ),
    "two records with one id": (
        "a.yaml",
        BODY + BODY,
        [
            f"record/a.yaml, record 2 (a): There are two organisation records with this id; the other is at {FIRST}. Give one of them another id, or delete it."
        ],
    ),
    "an unknown field": (
        "a.yaml",
        with_line('foundd: "1950"'),
        [
            f"{FIRST} (lineage.organisation): It has no field “foundd”. Take it out, or write one of slug, name, unnamed, kind, founded, dissolved, active, summary, status."
        ],
    ),
    "a derived field": (
        "a.yaml",
        with_line("parent: [standing]"),
        [
            f"{FIRST} (lineage.organisation): It has no field “parent”. Take it out, or write one of slug, name, unnamed, kind, founded, dissolved, active, summary, status."
        ],
    ),
    "an unknown key": (
        "a.yaml",
        BODY + "  1: 2\n  extra: 3\n",
        [
            f"{FIRST} (lineage.organisation): The key “1” is unknown. Take it out.",
            f"{FIRST} (lineage.organisation): The key “extra” is unknown. Take it out.",
        ],
    ),
    "a pk": (
        "a.yaml",
        BODY + "  pk: 1\n",
        [
            f"{FIRST} (lineage.organisation): It has a pk. Take it out: a record is found by its own words."
        ],
    ),
    "a user": (
        "a.yaml",
        "- model: auth.user\n  fields: {username: root, password: x, is_superuser: true}\n",
        [
            f"{FIRST}: “auth.user” is no part of the record. Take it out; a record’s model is one of {MODELS}."
        ],
    ),
    "a row of the history": (
        "a.yaml",
        row("historicalorganisation", 'slug: "a"'),
        [
            f"{FIRST}: “lineage.historicalorganisation” is no part of the record. Take it out; a record’s model is one of {MODELS}."
        ],
    ),
    "an unquoted year": (
        "a.yaml",
        with_line("founded: 1938"),
        [
            f"{FIRST} (lineage.organisation): founded: 1938 is read as a number. Put it in quotes: '1938'."
        ],
    ),
    "an unquoted day": (
        "a.yaml",
        with_line("founded: 1938-09-03"),
        [
            f"{FIRST} (lineage.organisation): founded: 1938-09-03 is read as a date. Put it in quotes: '1938-09-03'."
        ],
    ),
    "an unquoted day that is not in the calendar": (
        "a.yaml",
        with_line("founded: 1938-09-31"),
        [
            "record/a.yaml: It can’t be read as YAML: 1938-09-31 in line 6 (day is out of range for month); put it in quotes. Correct it there."
        ],
    ),
    "an unquoted Norway": (
        "a.yaml",
        BODY + row("countryperiod", "organisation: [a]", "country: NO"),
        [
            "record/a.yaml, record 2 (lineage.countryperiod): country: False is read as true or false. Put it in quotes: 'False'."
        ],
    ),
    "an unquoted number in a key": (
        "a.yaml",
        row("link", "organisation: [1917]", 'url: "https://a.org/"'),
        [
            f"{FIRST} (lineage.link): organisation: [1917] is no natural key. Write the list of its slug, each in quotes."
        ],
    ),
    "a number for a body": (
        "a.yaml",
        row("link", "organisation: 1", 'url: "https://a.org/"'),
        [
            f"{FIRST} (lineage.link): organisation: 1 is no natural key. Write a list, such as [imt]."
        ],
    ),
    "a word for a yes or no": (
        "a.yaml",
        with_line('unnamed: "yes"'),
        [f"{FIRST} (a): unnamed: “yes” is neither true nor false. Write one of the two."],
    ),
    "a word for a number": (
        "a.yaml",
        BODY + row("fact", "organisation: [a]", 'kind: "members"', 'number: "many"'),
        ["record/a.yaml, record 2 (a/members): number: “many” is no number. Write digits."],
    ),
    "authors that are no list": (
        "a.yaml",
        row("source", 'slug: "s"', 'title: "S"', "authors: {name: 1953-01-01}"),
        [f"{FIRST} (s): authors: Value must be valid JSON."],
    ),
    "a key given twice": (
        "a.yaml",
        with_line('name: "B"'),
        [
            "record/a.yaml: The key “name” stands twice, in line 6 again. Delete one of the two.",
        ],
    ),
    "a key given twice in JSON": (
        "a.json",
        '[{"model": "lineage.source", "fields": {"slug": "s", "title": "S", "title": "T"}}]',
        ["record/a.json: The key “title” stands twice in one object. Delete one of the two."],
    ),
    "not a number in JSON": (
        "a.json",
        '[{"model": "lineage.organisation", "fields": {"slug": "a", "name": "A", "x": NaN}}]',
        [
            "record/a.json: NaN is no JSON number. Write null.",
            "record/a.json, record 1 (lineage.organisation): It has no field “x”. Take it out, or write one of slug, name, unnamed, kind, founded, dissolved, active, summary, status.",
        ],
    ),
    "an alias": (
        "a.yaml",
        BODY.replace('"A"', "&x A") + "    summary: *x\n",
        [
            "record/a.yaml: It can’t be read as YAML: an alias (*) in line 6; write the value out. Correct it there."
        ],
    ),
    "a laughing bomb": (
        "a.yaml",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        [
            "record/a.yaml: It can’t be read as YAML: an alias (*) in line 2; write the value out. Correct it there."
        ],
    ),
    "a tag that makes an object": (
        "a.yaml",
        "- !!python/object/apply:os.system [true]\n",
        [
            "record/a.yaml: It can’t be read as YAML: a tag (tag:yaml.org,2002:python/object/apply:os.system) in line 1; take it out. Correct it there."
        ],
    ),
    "a list for a key": (
        "a.yaml",
        "- ? [1]\n  : 2\n",
        [
            "record/a.yaml: It can’t be read as YAML: a key that is no word in line 1; write a word. Correct it there."
        ],
    ),
    "broken YAML": (
        "a.yaml",
        '- model: "lineage\n',
        [
            "record/a.yaml: It can’t be read as YAML: while scanning a quoted scalar, found unexpected end of stream (line 2, column 1). Correct it there."
        ],
    ),
    "two documents in one file": (
        "a.yaml",
        "[]\n---\n[]\n",
        [
            "record/a.yaml: It can’t be read as YAML: expected a single document in the stream, but found another document (line 2, column 1). Correct it there."
        ],
    ),
    "a control character in YAML": (
        "a.yaml",
        "- \x07\n",
        [
            (
                "record/a.yaml: It can’t be read as YAML: unacceptable character #x0007: special "
                'characters are not allowed in "<unicode string>", position 2. Correct it there.'
            )
        ],
    ),
    "broken JSON": (
        "a.json",
        "[",
        ["record/a.json: It is no JSON: Expecting value (line 1, column 2). Correct it there."],
    ),
    "lists as deep as Python goes": (
        "a.yaml",
        "[" * 5000,
        [
            "record/a.yaml: Its lists and objects stand in each other more than 20 deep. Write it flatter."
        ],
    ),
    "lists deeper than any record": (
        "a.json",
        "[" * 50 + "]" * 50,
        [
            "record/a.json: Its lists and objects stand in each other more than 20 deep. Write it flatter."
        ],
    ),
    "an empty file": (
        "a.yaml",
        "",
        ["record/a.yaml: It is no list of records. Begin each with “- model:”."],
    ),
    "an object": (
        "a.yaml",
        "model: lineage.organisation\n",
        ["record/a.yaml: It is no list of records. Begin each with “- model:”."],
    ),
    "a list of words": (
        "a.yaml",
        "- word\n- model: lineage.organisation\n  fields: []\n",
        [
            f"{FIRST}: It is no record. Give it “model:” and “fields:”.",
            "record/a.yaml, record 2: It is no record. Give it “model:” and “fields:”.",
        ],
    ),
    "text that is not UTF-8": (
        "a.yaml",
        BODY.replace('"A"', '"é"').encode("latin-1"),
        ["record/a.yaml: It is not UTF-8 text (byte 65). Save it as UTF-8."],
    ),
    "an XML file": (
        "a.xml",
        '<object model="auth.user"/>',
        [
            "record: It holds no YAML or JSON file. Name another folder.",
            "record/a.xml: It is neither YAML nor JSON. Move it out of the record’s folder.",
        ],
    ),
}


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "record"
    made.mkdir()
    return made


@pytest.mark.parametrize(("name", "text", "lines"), FIXTURES.values(), ids=FIXTURES.keys())
def test_a_faulty_fixture_is_refused_with_its_faults(folder, name, text, lines):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    lines = [line.replace("record: It holds", f"{folder}: It holds") for line in lines]
    before = everything()
    assert run("load_record", str(folder)) == (1, "", refusal(*lines))
    assert everything() == before


def test_every_fault_of_all_fixtures_is_listed_at_once(folder):
    (folder / "a.yaml").write_text(with_line("founded: 1938") + OTHER + "  pk: 7\n")
    (folder / "b.yaml").write_text("- model: auth.user\n  fields: {username: root}\n")
    (folder / "c.json").write_text("{")
    (folder / "d.xml").write_text("<x/>")
    (folder / "e.yaml").write_text(
        row("link", "organisation: [a]", 'url: "javascript:1"')
        + row("link", "organisation: [nobody]", 'url: "https://a.org/"')
        + row("organisation", 'slug: "f"', 'name: "F"', 'founded: "1950"', 'dissolved: "1940"')
    )
    (folder / "sub").mkdir()
    (folder / "sub" / "a.yaml").write_text(OTHER.replace('"published"', '"secret"'))
    (folder / "README.md").write_text("Prose may stand here.")
    before = everything()
    assert run("load_record", str(folder)) == (
        1,
        "",
        refusal(
            "record/a.yaml, record 1 (lineage.organisation): founded: 1938 is read as a number. Put it in quotes: '1938'.",
            "record/a.yaml, record 2 (lineage.organisation): It has a pk. Take it out: a record is found by its own words.",
            f"record/b.yaml, record 1: “auth.user” is no part of the record. Take it out; a record’s model is one of {MODELS}.",
            "record/c.json: It is no JSON: Expecting property name enclosed in double quotes (line 1, column 2). Correct it there.",
            "record/d.xml: It is neither YAML nor JSON. Move it out of the record’s folder.",
            "record/sub/a.yaml, record 1 (b): There are two organisation records with this id; the other is at record/a.yaml, record 2. Give one of them another id, or delete it.",
            "record/e.yaml, record 1 (a/javascript:1): url: “javascript:1” is no web address. It must begin with https:// or http://.",
            "record/e.yaml, record 2 (nobody/https://a.org/): organisation: there is no organisation “nobody”, here or in the record. Correct the id, or add the organisation.",
            "record/sub/a.yaml, record 1 (b): status: “secret” is no status that the record knows. Write one of: draft, in-review, published.",
            "record/e.yaml, record 3 (f): It ended (1940) before it was founded (1950). Correct one of the two. Correct its founding or its end.",
        ),
    )
    assert everything() == before


def test_a_faultless_file_beside_a_faulty_one_is_not_loaded(folder):
    (folder / "a.yaml").write_text(BODY)
    (folder / "b.yaml").write_text("- word\n")
    assert run("load_record", str(folder))[0] == 1
    (folder / "b.yaml").unlink()
    assert run("load_record", str(folder))[0] == 0
    assert Organisation.objects.filter(slug="a").exists()


def test_the_characters_that_no_record_may_hold_are_these():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    forbidden = sorted(
        f"U+{ord(one):04X}"
        for one in every
        if unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"}
        or one in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"
    )
    assert control_characters(every) == forbidden
    assert control_characters(every, lines=True) == [
        one for one in forbidden if one not in ("U+0009", "U+000A")
    ]


YAML_SCALARS = st.sampled_from(
    [
        *("0b_", "0x_", "0o7", "1:1", "1e3", ".inf", ".nan", "~", "null", "yes", "1938-13-45"),
        *("=", "<<", "''", '"\x00"', '"\ud800"', "!!int", "!!set", "*", "*x", "&", "&x", "|", ">"),
        *("-", "?", ":", "[", "]", "{", "}", "[a]", "{a: b}", "#", "%", "@", "`", "1" * 20),
    ]
)


@fuzz
@given(data=st.data())
def test_whatever_stands_in_a_fixture_is_loaded_or_refused(folder, data):
    lines = BOTH.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    value = data.draw(st.one_of(YAML_SCALARS, st.text(max_size=6), ANYTHING.map(json.dumps)))
    head = lines[place].partition(":")[0]
    lines[place] = data.draw(st.sampled_from([f"{head}: {value}", value, f"{lines[place]}{value}"]))
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    (folder / "a.yaml").write_bytes(text)
    with undone():
        before = everything()
        try:
            load_fixtures(folder)
        except Refused as refused:
            told = [str(fault) for fault in refused.faults]
            assert told
            assert all(line.isprintable() and len(line) < 2500 for line in told)
            assert everything() == before


def test_a_sexagesimal_number_longer_than_a_float_is_refused(folder):
    (folder / "a.yaml").write_text(with_line("founded: 1" + ":1" * 400 + ".5"))
    code, out, err = run("load_record", str(folder))
    assert (code, out, err.count("\n")) == (1, "", 2)
    assert err.startswith("record/a.yaml: It can’t be read as YAML: 1:1:1")


def test_changing_a_copy_leaves_the_whole_as_it_was():
    assert changed(WHOLE, "events.0.date", "1") != WHOLE
