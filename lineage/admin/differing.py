"""Differences between two documents, in words: what it is, what it was, what it becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from lineage import countries, dates
from lineage.exchange.differences import KEYS, Conflict, Difference, Path
from lineage.models import (
    Affiliation,
    ChangeEvent,
    ChangeKind,
    FactKind,
    Manner,
    NameKind,
    Organisation,
    OrganisationKind,
    Role,
    Source,
    Status,
)

_MODELS: dict[str, Any] = {
    "organisations": Organisation,
    "events": ChangeEvent,
    "affiliations": Affiliation,
    "sources": Source,
}
_COLUMNS = {"from": "since", "to": "until", "id": "slug"}
_CHOICES: dict[tuple[str, str], Any] = {
    ("organisations", "kind"): OrganisationKind,
    ("events", "kind"): ChangeKind,
    ("events", "manner"): Manner,
    ("names", "kind"): NameKind,
    ("facts", "kind"): FactKind,
    ("affiliations", "role"): Role,
}
_DATES = {"founded", "dissolved", "active", "date", "year", "from", "to"}
_ROWS = {
    "names": "Name",
    "facts": "Fact",
    "identifiers": "Identifier",
    "links": "Link",
    "accounts": "Account",
    "successions": "Who led to whom",
    "country_periods": "Country",
    "countries": "Country",
    "citations": "Citation",
}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: the field or row, and what it was and becomes, changes of a text marked."""

    label: str
    before: str | SafeString
    after: str | SafeString


@dataclass(frozen=True, slots=True)
class Told:
    """The differences of one record, under its name; ``address`` leads to its page on the desk."""

    title: str
    address: str
    lines: list[Line]


def told(found: Iterable[Difference], *documents: Mapping[str, Any]) -> list[Told]:
    """Differences by record, in words; names of bodies and titles of sources take three queries.

    ``documents`` are those that were compared: they name what the database does not hold yet.
    """
    return in_words(found, Names(documents))


def in_words(found: Iterable[Difference], names: Names) -> list[Told]:
    """Differences by record, in words that are known already; no query."""
    grouped: dict[Path, list[Difference]] = {}
    for one in found:
        grouped.setdefault(one.record, []).append(one)
    return [
        Told(names.record(record), names.address(record), [line(one, names) for one in some])
        for record, some in grouped.items()
    ]


def line(one: Difference, names: Names) -> Line:
    """One difference in words."""
    before = said(one.was or one.path, one.before, names)
    after = said(one.path, one.after, names)
    if one.before is not None and one.after is not None and len(before) + len(after) > 120:
        return Line(label(one.path, names), *_marked(before, after))
    return Line(label(one.path, names), before, after)


@dataclass(frozen=True, slots=True)
class Choice:
    """A conflict in words: what the unit was, what I would have it be, what others made of it."""

    path: Path
    name: str  # of the form's field
    title: str
    label: str
    base: str
    mine: str
    theirs: str


def choices(conflicts: Iterable[Conflict], *documents: Mapping[str, Any]) -> list[Choice]:
    """Conflicts in words, each with the name of the field in which a form asks for the choice."""
    conflicts = list(conflicts)
    if not conflicts:
        return []
    names = Names(documents)
    return [
        Choice(
            one.path,
            "choice-" + hashlib.sha256(repr(one.path).encode()).hexdigest()[:16],
            names.record(one.path[:2]),
            label(one.path, names),
            *(said(one.path, value, names) for value in (one.base, one.mine, one.theirs)),
        )
        for one in conflicts
    ]


def chosen_of(posted: Mapping[str, Any], disputed: Iterable[Choice]) -> dict[Any, str] | None:
    """What was chosen at each conflict, by its path; ``None`` where a choice is missing."""
    chosen = {one.path: posted.get(one.name, "") for one in disputed}
    return chosen if all(side in ("mine", "theirs") for side in chosen.values()) else None


def label(path: Path, names: Names) -> str:
    """What a unit is: "Founded", "Name", "Citation of the name “IMT”"."""
    if len(path) == 2:
        return capfirst(str(_MODELS[path[0]]._meta.verbose_name))
    if len(path) == 3:
        field = _MODELS[path[0]]._meta.get_field(_COLUMNS.get(path[2], path[2]))
        return capfirst(str(field.verbose_name))
    if len(path) > 4:
        above = said(path[:-2], {}, names)
        return f"Citation of the {_ROWS[path[-4]].lower()} {above}"
    return _ROWS[path[-2]]


def said(path: Path, value: Any, names: Names) -> str:
    """A unit's value in words."""
    if value is None or value == "" or value == []:
        return NOTHING
    if len(path) == 2:
        return names.record(path)
    if len(path) == 3:
        return plain(path[0], path[2], value, names)
    if path[-2] == "countries":
        return countries.NAMES.get(path[-1][0], path[-1][0])
    return row(path[-2], {**dict(zip(KEYS[path[-2]], path[-1], strict=True)), **value}, names)


def plain(name: str, field: str, value: Any, names: Names) -> str:
    """The value of a field of a list's records in words."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field in _DATES:
        return _date(value)
    if field == "status":
        return str(Status(value).label) if value in Status.values else value
    choices = _CHOICES.get((name, field))
    if choices is not None and value in choices.values:
        return str(choices(value).label)
    if field in ("organisation", "body", "predecessor", "successor"):
        return names.body(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def row(name: str, entry: Mapping[str, Any], names: Names) -> str:
    """A row of a list in words, such as "LCR (abbreviation, fr, 1974–2009)"."""
    if name == "citations":
        return _citation(entry, names)
    if name == "successions":
        return _edge(entry, names)
    if name == "accounts":
        return f"{entry['claimant']}: “{entry.get('text') or ''}”"
    if name == "identifiers":
        return f"{entry['scheme']} {entry['value']}"
    if name == "links":
        return " ".join(part for part in (entry.get("title"), entry["url"]) if part)
    span = _span(entry)
    if name == "country_periods":
        place = countries.NAMES.get(entry["country"], entry["country"])
        return f"{place} ({span})" if span else place
    about = [plain(name, "kind", entry["kind"], names).lower(), entry.get("language"), span]
    if name == "facts":
        number = entry.get("number")
        words = [entry.get("text"), f"{number:,}" if number is not None else ""]
        return f"{capfirst(about[0])}: {', '.join(filter(None, words))}" + (
            f" ({span})" if span else ""
        )
    return f"{entry['text']} ({', '.join(filter(None, about))})"


def _citation(entry: Mapping[str, Any], names: Names) -> str:
    words = ", ".join(filter(None, (names.source(entry["source"]), entry.get("locator"))))
    if entry.get("statement"):
        words += f", for {entry['statement']}"
    if entry.get("value"):
        words += f", which gives {entry['value']}"
    return f"{words} ({entry['note']})" if entry.get("note") else words


def _edge(entry: Mapping[str, Any], names: Names) -> str:
    notes = [
        said
        for field, said in (
            ("predecessor_continues", "the first continued"),
            ("successor_existed", "the second existed already"),
            ("principal", "principal line"),
        )
        if entry.get(field)
    ]
    words = f"{names.body(entry['predecessor'])} → {names.body(entry['successor'])}"
    return f"{words} ({', '.join(notes)})" if notes else words


def _date(text: str) -> str:
    try:
        return dates.parse(text).words
    except dates.DateError:
        return text


def _span(entry: Mapping[str, Any]) -> str:
    try:
        ends = [dates.parse(entry[end]) if entry.get(end) else None for end in ("from", "to")]
    except dates.DateError:
        return " – ".join(filter(None, (entry.get("from"), entry.get("to"))))
    return dates.span_words(*ends)


def _marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Two long texts with the words marked that only one of them has."""
    old, new = before.split(" "), after.split(" ")
    sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, tag, words in ((0, "del", old[i:j]), (1, "ins", new[k:m])):
            if words:
                sides[side].append(("span" if kind == "equal" else tag, " ".join(words)))
    first, second = (format_html_join(" ", "<{0}>{1}</{0}>", parts) for parts in sides)
    return first, second


class Names:
    """What bodies and sources are called: by the documents, the first of them first, else by the
    database.

    At most three queries.
    """

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        documents = list(documents)
        bodies: dict[str, str] = {}
        sources: dict[str, str] = {}
        self._events: dict[str, str] = {}
        for document in documents:
            _gather(document, bodies, sources)
            for entry in document.get("events", ()):
                self._events.setdefault(entry["id"], entry.get("title") or entry["id"])
        self._bodies, self._sources = bodies, sources
        self._keys: dict[tuple[str, str], int] = {}
        held: tuple[tuple[str, Any, dict[str, str]], ...] = (
            ("organisations", Organisation, bodies),
            ("sources", Source, sources),
            ("events", ChangeEvent, self._events),
        )
        for name, model, known in held:
            text = "name" if name == "organisations" else "title"
            rows = model.objects.filter(slug__in=list(known)).order_by()
            for pk, slug, words in rows.values_list("pk", "slug", text):
                if known[slug] == slug:  # the documents have no name for it
                    known[slug] = words or slug
                self._keys[name, slug] = pk

    def body(self, slug: str) -> str:
        return self._bodies.get(slug, slug)

    def source(self, slug: str) -> str:
        return self._sources.get(slug, slug)

    def record(self, path: Path) -> str:
        """What a record of a document is called."""
        name, key = path
        if name == "affiliations":
            member, body, role, since = key
            words = f"{self.body(member)}: {plain(name, 'role', role, self).lower()} of "
            return words + self.body(body) + (f", from {_date(since)}" if since else "")
        known = {"organisations": self._bodies, "sources": self._sources, "events": self._events}
        return known[name].get(key[0], key[0])

    def address(self, path: Path) -> str:
        """The page of a record on the desk; empty where it has none yet."""
        name, key = path
        pk = self._keys.get((name, key[0])) if name != "affiliations" else None
        if not pk:
            return ""
        return reverse(f"admin:lineage_{_MODELS[name]._meta.model_name}_change", args=[pk])


def _gather(part: Any, bodies: dict[str, str], sources: dict[str, str]) -> None:
    """The ids of bodies and sources anywhere in a document, with the names that it has for them."""
    if isinstance(part, list):
        for one in part:
            _gather(one, bodies, sources)
        return
    if not isinstance(part, dict):
        return
    for known, field in ((bodies, "name"), (sources, "authors")):
        if field in part and known.get(part.get("id", ""), part.get("id")) == part.get("id"):
            known[part["id"]] = part["name" if known is bodies else "title"]
    for field, value in part.items():
        if field in ("organisation", "body", "predecessor", "successor") and value:
            bodies.setdefault(value, value)
        elif field == "source" and value:
            sources.setdefault(value, value)
        else:
            _gather(value, bodies, sources)
