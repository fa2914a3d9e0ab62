"""Reading an interchange document: JSON text → faults, or rows to load."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError

from lineage.exchange.loading import Fault, Key, Lists, Loaded, Progress, Refused, Row, load
from lineage.exchange.schema import SCHEMA
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    ChangeKind,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Status,
    Succession,
)

_VALIDATOR = Draft202012Validator(SCHEMA)


def import_document(
    text: str | bytes,
    *,
    update: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Load a document whole, or raise :class:`~lineage.exchange.loading.Refused` with all faults."""
    document = parse(text)
    faults = list(schema_faults(document))
    if not isinstance(document, dict):
        raise Refused(faults)
    rows, lists = read(document, {fault.where for fault in faults})
    return load(rows, update=update, dry_run=dry_run, lists=lists, faults=faults, progress=progress)


def parse(text: str | bytes) -> Any:
    """The document as Python values; a text that is no JSON, or repeats a key, is refused."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_without_repeated_keys, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Refused(
            [
                Fault(
                    "the document",
                    "",
                    f"It is not UTF-8 text (byte {error.start}). Save it as UTF-8.",
                )
            ]
        ) from error
    except json.JSONDecodeError as error:
        message = f"It is no JSON: {error.msg}. Correct it there."
        raise Refused([Fault(f"line {error.lineno}, column {error.colno}", "", message)]) from error
    except (ValueError, RecursionError) as error:
        raise Refused([Fault("the document", "", str(error))]) from error


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"The key “{key}” stands twice in one object. Delete one of the two.")
        found[key] = value
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number. Write null.")


def schema_faults(document: Any) -> Iterator[Fault]:
    """What in the document is not of the published schema."""
    for error in sorted(_VALIDATOR.iter_errors(document), key=lambda error: error.json_path):
        steps = list(error.absolute_path)
        yield Fault(_entry(steps), _id(document, steps), _schema_sentence(error, steps))


def _entry(steps: list[Any]) -> str:
    """The list and place of the record that a path leads into: ``organisations[3]``."""
    if len(steps) >= 2 and isinstance(steps[1], int):
        return f"{steps[0]}[{steps[1]}]"
    return str(steps[0]) if steps else "the document"


def _id(document: Any, steps: list[Any]) -> str:
    if len(steps) < 2 or not isinstance(document, dict):
        return ""
    entry = document[steps[0]][steps[1]]
    return str(entry.get("id", "")) if isinstance(entry, dict) else ""


def _schema_sentence(error: SchemaError, steps: list[Any]) -> str:
    place = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps[2:]
    ).lstrip(".")
    where = f"{place}: " if place else ""
    value = json.dumps(error.instance, ensure_ascii=False)[:80]
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        unknown = sorted(set(error.instance) - set(known))
        return (
            f"{where}The key “{'”, “'.join(unknown)}” is no part of a record. "
            f"Take it out; the keys are {', '.join(known)}."
        )
    if error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        return f"{where}It has no “{'”, “'.join(missing)}”. Add it."
    if error.validator == "enum":
        known = ", ".join(str(choice) for choice in error.validator_value if choice)
        return f"{where}{value} is unknown. Write one of: {known}."
    if error.validator == "type":
        wanted = error.validator_value
        names = wanted if isinstance(wanted, str) else " or ".join(wanted)
        return f"{where}{value} is of another type. Write a value of type {names}."
    if error.validator == "pattern":
        return f"{where}{value} does not match {error.validator_value}. Write it in that form."
    return f"{where}{value} can’t stand: {error.message[:200]}"


def read(document: dict[str, Any], broken: set[str]) -> tuple[list[Row], Lists]:
    """The rows of a document, leaving out entries that the schema has refused already."""
    reader = _Reader(broken)
    for name, read_one in (
        ("sources", reader.source),
        ("organisations", reader.organisation),
        ("events", reader.event),
        ("affiliations", reader.affiliation),
    ):
        entries = document.get(name, [])
        for position, entry in enumerate(entries if isinstance(entries, list) else []):
            where = f"{name}[{position}]"
            if where in broken:
                reader.placeholder(name, where, entry)
            else:
                read_one(where, entry)
    return reader.rows, reader.lists


class _Reader:
    """Collects rows; a key that the document leaves out leaves the record as it is."""

    def __init__(self, broken: set[str]) -> None:
        self.broken = broken
        self.rows: list[Row] = []
        self.lists = Lists()

    def placeholder(self, name: str, where: str, entry: Any) -> None:
        """So that nothing else is faulted for pointing to an entry that has faults of its own."""
        models = {"sources": Source, "organisations": Organisation, "events": ChangeEvent}
        key = entry.get("id") if isinstance(entry, dict) else None
        if name in models and isinstance(key, str):
            self._row(where, models[name], slug=key)

    def _row(self, where: str, model: Any, **fields: Any) -> Row:
        row = Row(where, model, fields)
        self.rows.append(row)
        return row

    def source(self, where: str, entry: dict[str, Any]) -> None:
        given = {name: entry[name] for name in entry if name != "id"}
        self._row(where, Source, slug=entry["id"], **{"title": entry["id"], **given})

    def organisation(self, where: str, entry: dict[str, Any]) -> None:
        own = (entry["id"],)
        plain = ("name", "unnamed", "kind", "founded", "dissolved", "active", "summary")
        fields = {name: entry[name] for name in plain if name in entry}
        fields["status"] = entry.get("status", Status.PUBLISHED)
        self._row(where, Organisation, slug=entry["id"], **fields)
        self._countries(where, own, entry)
        for name, model, make in (
            ("names", Name, self._name),
            ("facts", Fact, self._fact),
        ):
            if name in entry:
                self.lists.complete(model, "organisation", own)
                for part in entry[name]:
                    make(where, own, part)
        for name, model in (("identifiers", Identifier), ("links", Link)):
            if name in entry:
                self.lists.complete(model, "organisation", own)
                for part in entry[name]:
                    self._row(where, model, organisation=own, **part)
        self._citations(where, "organisation", own, entry)
        self._accounts(where, "subject", own, entry)

    def _countries(self, where: str, own: Key, entry: dict[str, Any]) -> None:
        """``country_periods`` holds those with dates, ``countries`` all of them."""
        periods = entry.get("country_periods", [])
        if "countries" in entry or "country_periods" in entry:
            self.lists.complete(CountryPeriod, "organisation", own)
        for period in periods:
            self._row(
                where, CountryPeriod, organisation=own, country=period["country"], **_period(period)
            )
        dated = {period["country"] for period in periods}
        for code in dict.fromkeys(entry.get("countries", [])):
            if code not in dated:
                self._row(where, CountryPeriod, organisation=own, country=code, since="", until="")

    def _name(self, where: str, own: Key, part: dict[str, Any]) -> None:
        row = self._row(
            where,
            Name,
            organisation=own,
            text=part["text"],
            language=part.get("language") or "",
            kind=part.get("kind", "official"),
            **_period(part),
        )
        self._citations(where, "name", row.key, part)

    def _fact(self, where: str, own: Key, part: dict[str, Any]) -> None:
        row = self._row(
            where,
            Fact,
            organisation=own,
            kind=part["kind"],
            text=part.get("text", ""),
            number=part.get("number"),
            **_period(part),
        )
        self._citations(where, "fact", row.key, part)

    def event(self, where: str, entry: dict[str, Any]) -> None:
        own = (entry["id"],)
        plain = ("kind", "manner", "title", "date", "summary", "complete")
        fields = {name: entry[name] for name in plain if name in entry}
        fields["status"] = entry.get("status", Status.PUBLISHED)
        self._row(where, ChangeEvent, slug=entry["id"], **fields)
        self.lists.complete(Succession, "event", own)
        for edge in entry["successions"]:
            self._row(
                where,
                Succession,
                event=own,
                predecessor=(edge["predecessor"],),
                successor=(edge["successor"],),
                predecessor_continues=edge.get(
                    "predecessor_continues", entry["kind"] == ChangeKind.SPLIT
                ),
                successor_existed=edge.get("successor_existed", False),
                principal=edge.get("principal", False),
            )
        self._accounts(where, "event", own, entry)
        self._citations(where, "event", own, entry)

    def affiliation(self, where: str, entry: dict[str, Any]) -> None:
        row = self._row(
            where,
            Affiliation,
            organisation=(entry["organisation"],),
            body=(entry["body"],),
            role=entry.get("role", "section"),
            status=entry.get("status", Status.PUBLISHED),
            **_period(entry),
        )
        self._citations(where, "affiliation", row.key, entry)

    def _accounts(self, where: str, column: str, own: Key, entry: dict[str, Any]) -> None:
        if "accounts" not in entry:
            return
        self.lists.complete(Account, column, own)
        for part in entry["accounts"]:
            claimant = part.get("organisation")
            row = self._row(
                where,
                Account,
                **{"event": None, "subject": None, column: own},
                claimant=part["claimant"],
                organisation=(claimant,) if claimant else None,
                text=part["text"],
            )
            self._citations(where, "account", row.key, part)

    def _citations(self, where: str, target: str, key: Key, entry: dict[str, Any]) -> None:
        if "citations" not in entry:
            return
        self.lists.complete(Citation, target, key)
        for part in entry["citations"]:
            self._row(
                where,
                Citation,
                **{target: key},
                source=(part["source"],),
                statement=part.get("statement", ""),
                locator=part.get("locator", ""),
                value=part.get("value") or "",
                note=part.get("note", ""),
            )


def _period(entry: dict[str, Any]) -> dict[str, Any]:
    return {"since": entry.get("from") or "", "until": entry.get("to") or ""}
