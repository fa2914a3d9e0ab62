"""The versions of a whole record, with all that hangs on it, out of the history of its rows.

A version is what was written on one occasion. Each row of the history holds a row of the record
as it stood; the document of a moment is made of the latest of each that was written by then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from django.db import models
from django.db.models import Q

from lineage.exchange.differences import Document
from lineage.exchange.export import Export, source_entry
from lineage.exchange.rows import Key
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
from lineage.models.keeping import FIRST

TOGETHER = timedelta(seconds=5)
"""Rows that one person writes within this time of each other are one version."""

LOADED, NOW = "first", "now"

# What hangs on each kind of record, and the columns that say on which.
_PARTS: dict[Any, dict[Any, tuple[str, ...]]] = {
    Organisation: {
        CountryPeriod: ("organisation_id",),
        Name: ("organisation_id",),
        Identifier: ("organisation_id",),
        Link: ("organisation_id",),
        Fact: ("organisation_id",),
        Affiliation: ("organisation_id", "body_id"),
        Account: ("subject_id",),
    },
    ChangeEvent: {Succession: ("event_id",), Account: ("event_id",)},
    Affiliation: {},
    Source: {},
}
_CITED: dict[Any, str] = {
    Organisation: "organisation_id",
    Name: "name_id",
    ChangeEvent: "event_id",
    Affiliation: "affiliation_id",
    Fact: "fact_id",
    Account: "account_id",
}
_TO_BODIES = {
    Affiliation: ("organisation_id", "body_id"),
    Account: ("organisation_id",),
    Succession: ("predecessor_id", "successor_id"),
}

Values = dict[str, Any]
Standing = dict[tuple[Any, int], Values]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a record: since when, by whom and why.

    ``key`` names it in addresses: the microseconds since 1970, or ``"first"`` for the state in
    which it was loaded, or ``"now"`` for one that was written past the history. Of these two no
    moment is known.
    """

    key: str
    moment: datetime | None = None
    user: str = ""
    reason: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A body or a source that a version names, and that is deleted now."""

    model: Any
    pk: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class _Change:
    moment: datetime
    model: Any
    pk: int
    kind: str
    values: Values
    user: str
    reason: str


class Versions:
    """All versions of one record, newest first; its documents at any of them.

    A number of queries that does not grow with the history: two for each table that the record
    has rows in, and at most eight for the bodies and sources that it names.
    """

    def __init__(self, model: Any, pk: int) -> None:
        self.model, self.pk = model, pk
        self._ids: dict[Any, set[int]] = {}
        self._present: Standing = {}
        self._changes: list[_Change] = []
        self._read()
        self._start = self._first_states()
        self.gone: dict[tuple[str, str], Gone] = {}
        """The bodies and sources that versions name and that are deleted, by list and id."""
        self._slugs: dict[Any, dict[int, str]] = {Organisation: {}, Source: {}}
        self._name_bodies_and_sources()
        last = [change.values for change in self._changes if change.model is model]
        self._own_slug = self._present.get((model, pk), last[-1] if last else {}).get("slug", "")
        self._groups = list(self._grouped())
        self.present = self._document(self._present)
        """The record's document as it stands; empty where it is deleted."""
        self.newest_first = self._versions()

    def find(self, key: str) -> Version | None:
        """The version of a key; ``None`` where there is none."""
        return next((version for version in self.newest_first if version.key == key), None)

    def documents(self, keys: Iterable[str]) -> dict[str, Document]:
        """The documents of some versions, by their keys; an empty one where it was deleted."""
        wanted = set(keys)
        found: dict[str, Document] = {}
        for key, standing in self._replayed():
            if key in wanted:
                found[key] = self._document(standing)
        if NOW in wanted:
            found[NOW] = self.present
        return found

    def before_deletion(self) -> Document:
        """The document as it last stood before the record was deleted."""
        return self.documents([before])[before] if (before := self.last_standing) else {}

    @property
    def last_standing(self) -> str:
        """The key of the version before the one that deleted the record, or an empty text."""
        found, before = "", LOADED
        for version, _changes in self._groups:
            found = before if version.deleted else found
            before = version.key
        return found

    def numbers(self, key: str) -> dict[tuple[type[models.Model], Key], int]:
        """The numbers that the records of a version had, by their natural keys.

        Not those of their parts: what hangs on a record is told by what it hangs on.
        """
        found: dict[tuple[type[models.Model], Key], int] = {}
        standing = next((rows for one, rows in self._replayed() if one == key), {})
        slugs = self._slugs[Organisation]
        for (model, pk), values in standing.items():
            if model is Affiliation:
                ends = [(slugs[values[side]],) for side in ("organisation_id", "body_id")]
                found[model, (*ends, values["role"], values["since"])] = pk
            elif model is self.model:
                found[model, (self._own_slug,)] = pk
        return found

    def _read(self) -> None:
        self._table(self.model, Q(id=self.pk))
        for model, columns in _PARTS[self.model].items():
            owned = Q()
            for column in columns:
                owned |= Q(**{column: self.pk})
            self._table(model, owned)
        if self.model is not Source:
            cited = Q()
            for model, column in _CITED.items():
                if self._ids.get(model):
                    cited |= Q(**{f"{column}__in": self._ids[model]})
            self._table(Citation, cited)
        self._changes.sort(key=lambda one: (one.moment, one.model is self.model))

    def _table(self, model: Any, owned: Q) -> None:
        """The history of a table's rows that ever hung on the record, and those that do."""
        history = model.history.model
        columns = [field.attname for field in history.tracked_fields]
        keys = history.objects.filter(owned).order_by().values("id")
        rows = history.objects.filter(id__in=keys).order_by("history_date", "history_id")
        ids = self._ids.setdefault(model, set())
        for row in rows.values_list(
            "history_date",
            "history_type",
            "history_user__username",
            "history_change_reason",
            *columns,
        ):
            moment, kind, user, reason, *own = row
            values = dict(zip(columns, own, strict=True))
            ids.add(values["id"])
            self._changes.append(
                _Change(moment, model, values["id"], kind, values, user or "", reason or "")
            )
        for values in models.QuerySet(model).filter(owned).order_by("pk").values(*columns):
            ids.add(values["id"])
            self._present[model, values["id"]] = values

    def _first_states(self) -> Standing:
        """What stood before all that the history tells: rows that no version brought."""
        states: Standing = {}
        told = set()
        for change in self._changes:
            row = (change.model, change.pk)
            if row not in told and (change.kind != "+" or change.moment == FIRST):
                states[row] = change.values
            told.add(row)
        states.update((row, self._present[row]) for row in self._present.keys() - told)
        return states

    def _grouped(self) -> Iterator[tuple[Version, list[_Change]]]:
        """The changes of each occasion, with the version that they make; oldest first."""
        changes = [change for change in self._changes if change.moment != FIRST]
        going = self._deletions(changes)
        group: list[_Change] = []
        for place, change in enumerate(changes):
            if group and not self._one_occasion(
                group[-1], change, (place - 1 in going) == (place in going)
            ):
                yield self._version(group), group
                group = []
            group.append(change)
        if group:
            yield self._version(group), group

    def _one_occasion(self, last: _Change, change: _Change, alike: bool) -> bool:
        return last.moment == change.moment or (
            alike
            and (last.user, last.reason) == (change.user, change.reason)
            and change.moment - last.moment <= TOGETHER
        )

    def _deletions(self, changes: list[_Change]) -> set[int]:
        """The places of the changes by which the record and what hung on it went."""
        going = set()
        for place, end in enumerate(changes):
            if (end.model, end.pk, end.kind) != (self.model, self.pk, "-"):
                continue
            for before in range(place, -1, -1):
                change = changes[before]
                if change.kind != "-" or change.user != end.user:
                    break
                if end.moment - change.moment > TOGETHER:
                    break
                going.add(before)
        return going

    def _version(self, group: list[_Change]) -> Version:
        key = str((group[0].moment - FIRST) // timedelta(microseconds=1))
        reasons = dict.fromkeys(change.reason for change in group if change.reason)
        own = [one.kind for one in group if (one.model, one.pk) == (self.model, self.pk)]
        deleted = own[-1:] == ["-"]
        return Version(key, group[-1].moment, group[-1].user, "; ".join(reasons), deleted)

    def _versions(self) -> list[Version]:
        versions = [version for version, _changes in self._groups]
        if (self.model, self.pk) in self._start:
            versions.insert(0, Version(LOADED))
        *_earlier, (_key, standing) = self._replayed()
        if self._document(standing) != self.present:
            versions.append(Version(NOW))
        return versions[::-1]

    def _replayed(self) -> Iterator[tuple[str, Standing]]:
        """What stood at each version, oldest first."""
        standing = dict(self._start)
        yield LOADED, standing
        for version, changes in self._groups:
            for change in changes:
                if change.kind == "-":
                    standing.pop((change.model, change.pk), None)
                else:
                    standing[change.model, change.pk] = change.values
            yield version.key, standing

    def _name_bodies_and_sources(self) -> None:
        bodies: set[Any] = {self.pk} if self.model is Organisation else set()
        sources: set[int] = set()
        rows = [
            *((change.model, change.values) for change in self._changes),
            *((model, values) for (model, _pk), values in self._present.items()),
        ]
        for model, values in rows:
            bodies |= {values[column] for column in _TO_BODIES.get(model, ())}
            if model is Citation:
                sources.add(values["source_id"])
        self._find(Organisation, "organisations", "name", bodies - {None})
        self._find(Source, "sources", "title", sources)

    def _find(self, model: Any, named: str, text: str, keys: set[int]) -> None:
        """The ids of bodies or sources; of those that are deleted, the last that they had."""
        slugs = self._slugs[model]
        slugs.update(models.QuerySet(model).filter(pk__in=keys).values_list("pk", "slug"))
        absent = keys - slugs.keys()
        if not absent:
            return
        last = {
            row["id"]: row
            for row in model.history.filter(id__in=absent)
            .order_by("history_date", "history_id")
            .values("id", "slug", text)
        }
        for pk in sorted(absent):
            slugs[pk] = last[pk]["slug"] if pk in last else f"number-{pk}"
        again: Any = models.QuerySet(model).filter(slug__in=[slugs[pk] for pk in absent])
        standing = set(again.values_list("slug", flat=True))
        for pk in absent:
            if slugs[pk] not in standing and (model, pk) != (self.model, self.pk):
                name = last[pk][text] if pk in last else slugs[pk]
                self.gone[named, slugs[pk]] = Gone(model, pk, slugs[pk], name)

    def _document(self, standing: Standing) -> Document:
        """The rows that stood as an interchange document."""
        own = standing.get((self.model, self.pk))
        if own is None:
            return {}
        if "slug" in own:  # it never changes; where it did, the record is the same one
            own = own | {"slug": self._own_slug}
        rows: dict[Any, list[Values]] = defaultdict(list)
        for (model, _pk), values in standing.items():
            rows[model].append(values)
        made = _Made(rows, self._slugs)
        export = Export(drafts=True)
        # The exporter reads attributes and lists; whether of models or of these is one to it.
        if self.model is Source:
            return {"sources": [source_entry(cast(Source, SimpleNamespace(**own)))]}
        if self.model is Affiliation:
            return {"affiliations": export.affiliation_entries(made.of(Affiliation, "id", own))}
        if self.model is ChangeEvent:
            event = made.row(ChangeEvent, own)
            event.successions = made.of(Succession, "event_id", own)
            event.accounts = made.of(Account, "event_id", own)
            return {"events": [export.event_entry(event)]}
        body = made.row(Organisation, own)
        for name, model in (
            ("country_periods", CountryPeriod),
            ("names", Name),
            ("identifiers", Identifier),
            ("links", Link),
            ("facts", Fact),
        ):
            setattr(body, name, made.of(model, "organisation_id", own))
        body.accounts = made.of(Account, "subject_id", own)
        entry = export.organisation_entry(body, None)
        del entry["parent"]
        joined = [
            *made.of(Affiliation, "organisation_id", own),
            *made.of(Affiliation, "body_id", own),
        ]
        return {"organisations": [entry], "affiliations": export.affiliation_entries(joined)}


class _All(list[Any]):
    """A list that is asked for as a relation is."""

    def all(self) -> _All:
        return self


class _Made:
    """Rows out of the values of their columns, with what hangs on them and what they point to."""

    def __init__(self, rows: Mapping[Any, list[Values]], slugs: dict[Any, dict[int, str]]) -> None:
        self._rows, self._slugs = rows, slugs
        self._citations: dict[tuple[str, int], _All] = defaultdict(_All)
        for values in rows.get(Citation, ()):
            made = SimpleNamespace(**values, source=self._named(Source, values["source_id"]))
            for column in _CITED.values():
                if values[column] is not None:
                    self._citations[column, values[column]].append(made)

    def of(self, model: Any, column: str, owner: Values) -> _All:
        """The rows of a model that a column ties to an owner."""
        return _All(
            self.row(model, values)
            for values in self._rows.get(model, ())
            if values[column] == owner["id"]
        )

    def row(self, model: Any, values: Values) -> Any:
        made = SimpleNamespace(**values)
        if model in _CITED:
            made.citations = self._citations[_CITED[model], values["id"]]
        for column in _TO_BODIES.get(model, ()):
            setattr(made, column.removesuffix("_id"), self._named(Organisation, values[column]))
        return made

    def _named(self, model: Any, pk: int | None) -> Any:
        return None if pk is None else SimpleNamespace(slug=self._slugs[model][pk])


def with_names(gone: Iterable[Gone]) -> Document:
    """A document that says no more than what deleted bodies and sources were called."""
    found: Document = {"organisations": [], "sources": []}
    for one in gone:
        if one.model is Organisation:
            found["organisations"].append({"id": one.slug, "name": one.name})
        else:
            found["sources"].append({"id": one.slug, "title": one.name, "authors": []})
    return found


def ids_named(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The bodies and sources that a document points to, each by its list and id."""
    found: set[tuple[str, str]] = set()
    _gather(document, found)
    return found


def _gather(part: Any, found: set[tuple[str, str]]) -> None:
    if isinstance(part, list):
        for one in part:
            _gather(one, found)
    elif isinstance(part, Mapping):
        for field, value in part.items():
            if field in ("organisation", "body", "predecessor", "successor") and value:
                found.add(("organisations", value))
            elif field == "source":
                found.add(("sources", value))
            else:
                _gather(value, found)
