"""What every reader of a sheet's rows knows: what stands, which ids are free, what is cited."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.db import models

from lineage.exchange.cell_values import NONE, lines_of
from lineage.exchange.columns import Kind
from lineage.exchange.given import Entry, Given
from lineage.exchange.naming import Bodies, Events, Sources, Unclear, free
from lineage.exchange.rows import KEYS, Key, Row
from lineage.models import (
    Affiliation,
    ChangeEvent,
    Citation,
    Fact,
    Name,
    Organisation,
    Source,
)

# Fields by another heading than their name.
HEADINGS = {
    "slug": "id",
    "country": "countries",
    "predecessor": "before",
    "successor": "after",
}


class SheetReader(ABC):
    """Turns the entries of one kind into rows."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._first: dict[str, Entry] = {}
        self._made: dict[Any, str] = {}  # ids that were made here, by what they are of
        self.given = Given(headings={column.name: column.heading for column in kind.columns})
        for name, heading in HEADINGS.items():
            if heading in self.given.headings:
                self.given.headings[name] = self.given.headings[heading]

    @abstractmethod
    def read(self) -> Given:
        """The entries with their rows and faults."""

    @cached_property
    def bodies(self) -> Bodies:
        return Bodies()

    @cached_property
    def events(self) -> Events:
        return Events()

    @cached_property
    def sources(self) -> Sources:
        return Sources()

    @cached_property
    def taken(self) -> set[str]:
        """Ids that stand, and those given in the sheet."""
        standing: Mapping[str, Any] = {
            Organisation: lambda: self.bodies.by_id,
            ChangeEvent: lambda: self.events.by_id,
            Source: lambda: self.sources.by_id,
        }[self.kind.model]()
        given = (entry.cells["id"] for entry in self.given.entries if "id" in entry.cells)
        return {*given, *standing}

    @cached_property
    def citations(self) -> dict[tuple[Any, ...], str]:
        """The value of each citation that stands, by record, statement, source and locator."""
        found: dict[tuple[Any, ...], str] = {}
        cited: dict[Any, list[tuple[str, type[models.Model]]]] = {
            Organisation: [("organisation", Organisation)],
            ChangeEvent: [("event", ChangeEvent)],
            Affiliation: [("affiliation", Affiliation)],
            Name: [("name", Name)],
            Fact: [("fact", Fact)],
            Citation: [("organisation", Organisation), ("event", ChangeEvent)],
        }
        for target, model in cited[self.kind.model]:
            places = look_ups(model, f"{target}__", KEYS[model])
            rows = Citation.objects.exclude(**{target: None}).order_by("value", "pk")
            for *values, statement, source, locator, value in rows.values_list(
                *places, "statement", "source__slug", "locator", "value"
            ):
                key = tuple(
                    (part,) if name.endswith("__slug") and name != f"{target}__slug" else part
                    for name, part in zip(places, values, strict=True)
                )
                found.setdefault((target, key, statement, source, locator), value)
        return found

    def new_id(self, entry: Entry, record: Any, wanted: str, *further: str) -> str | None:
        """An id for what a row is of; rows of one record get one, and its fault is told later."""
        if not wanted:
            entry.faults.append(
                "id: No id can be made of these letters. Write one: small letters, digits, hyphens."
            )
            return None
        if record not in self._made:
            if wanted in self.taken and further:
                wanted = "-".join([wanted, *further])
            self._made[record] = free(wanted, self.taken)
            self.taken.add(self._made[record])
        return self._made[record]

    def given_before(self, entry: Entry, slug: str) -> bool:
        """Whether a row before is of the same record, which is a fault."""
        first = self._first.setdefault(slug, entry)
        if first is not entry:
            entry.faults.append(
                f"It is of the same record as {first.where}. Delete one of the two, or write an id."
            )
        return first is not entry

    def cite(
        self, entry: Entry, target: str, key: Key | None, cited: set[Key] | None = None
    ) -> None:
        """The citations of a row: a source a line, with the locator and statement of that line.

        Where it is not known what the row is of, only what is wrong with them.
        """
        if "source" not in entry.cells:
            for name in ("locator", "statement"):
                if name in entry.cells and "source" not in entry.unread:
                    entry.faults.append(f"{name}: No source stands beside it. Name one.")
            return
        sources = lines_of(entry.cells["source"])
        beside = []
        for name in ("locator", "statement"):
            lines = lines_of(entry.cells.get(name, ""))
            if len(sources) == 1:
                lines = [" ".join(line for line in lines if line)]
            if len(lines) > len(sources):
                entry.faults.append(
                    f"{name}: It has {len(lines)} lines, and {len(sources)} sources stand beside "
                    f"it. Write one for each, or “{NONE}”."
                )
            beside.append([*lines, *[""] * len(sources)])
        for source, locator, statement in zip(sources, *beside, strict=False):
            try:
                slug = self.sources.find(source)
            except Unclear as error:
                entry.faults.append(f"source: {error}")
                continue
            if key is None:
                continue
            value = self.citations.get((target, key, statement, slug, locator), "")
            told = (target, key, statement, slug, locator)
            if cited is not None and told in cited:
                continue
            if cited is not None:
                cited.add(told)
            row = Row(
                entry.where,
                Citation,
                {target: key, "source": (slug,), "statement": statement, "locator": locator},
            )
            row.fields["value"] = value
            entry.rows.append(row)


class RowReader(SheetReader):
    """Reads each row by itself."""

    def read(self) -> Given:
        for entry in self.given.entries:
            self.read_one(entry)
        return self.given

    @abstractmethod
    def read_one(self, entry: Entry) -> None:
        """Add the rows and faults of an entry."""


def look_ups(model: type[models.Model], prefix: str, names: Iterable[str]) -> list[str]:
    """The look-ups of a model's fields, relations by the id of what they point to."""
    return [
        f"{prefix}{name}__slug"
        if isinstance(model._meta.get_field(name), models.ForeignKey)
        else f"{prefix}{name}"
        for name in names
    ]


def known(**values: Any) -> dict[str, Any]:
    """Those of some values that are known."""
    return {name: value for name, value in values.items() if value is not None}


def prose(text: str | None, standing: Any) -> str | None:
    """A text of several lines; that which stands where only breaks of lines and ends differ."""
    if text is None:
        return None
    stands = standing.summary if standing is not None else ""
    same = text.replace("\r\n", "\n").strip() == stands.replace("\r\n", "\n").strip()
    return stands if same else text
