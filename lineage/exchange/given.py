"""What a person gives to be loaded: rows by where they stand, and which of them hang together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from lineage.exchange.cell_values import plain
from lineage.exchange.document import LISTS, read, schema_faults
from lineage.exchange.parsing import parse_json
from lineage.exchange.rows import Fault, Lists, Refused, Row
from lineage.models import Status

MOST_RECORDS = 2_000


@dataclass(slots=True)
class Entry:
    """A row of a spreadsheet, or a record of a document: what it is called, its rows to load.

    The first of its rows is what it is of. ``cells`` are the texts of a spreadsheet that hold any,
    by column; ``unread`` the fields whose values could not be read.
    """

    where: str
    number: int
    label: str = ""
    rows: list[Row] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def row(self, model: type[models.Model], **fields: Any) -> Row:
        """Add a row of a model; fields that could not be read are marked."""
        names = {column.name for column in model._meta.concrete_fields}
        row = Row(self.where, model, fields, unread=names & self.unread)
        self.rows.append(row)
        return row

    def take(self, name: str, convert: Callable[[str], Any] = plain, *, field: str = "") -> Any:
        """The value of a column, ``None`` where it is empty or its fault is noted."""
        text = self.cells.get(name)
        if text is None:
            return None
        try:
            return convert(text)
        except ValueError as error:
            self.fault(name, str(error), field=field)
            return None

    def fault(self, name: str, sentence: str, *, field: str = "") -> None:
        """Note what is wrong with a column, and that the field it is for could not be read."""
        self.faults.append(f"{name}: {sentence}")
        self.unread.add(field or name)


@dataclass(slots=True)
class Given:
    """Entries, and what is known of them together.

    ``groups`` are the places of entries that stand or fall together; ``headings`` the words by
    which a person knows a field; ``faults`` those of the whole.
    """

    entries: list[Entry] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)
    groups: list[set[str]] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        return [row for entry in self.entries for row in entry.rows]

    def without(self, places: set[str]) -> Given:
        """The same without the entries at some places, and without what hung on these alone."""
        kept = [entry for entry in self.entries if entry.where not in places]
        there = {(row.model, row.key) for entry in kept for row in entry.rows}
        lists = Lists()
        for (model, column), owners in self.lists.of.items():
            above: Any = model._meta.get_field(column).related_model
            for owner in owners:
                if (above, owner) in there:
                    lists.complete(model, column, owner)
        return Given(kept, lists, self.groups, self.headings, self.faults)


def from_document(text: str | bytes) -> Given:
    """The records of an interchange document; new ones are drafts, whatever the document says.

    Raises :class:`Refused` where nothing of it can be read.
    """
    faults: list[Fault] = []
    document = parse_json(text, "the document", faults)
    broken = list(schema_faults(document))
    if not isinstance(document, dict):
        raise Refused([*faults, *broken])
    _refuse_too_many(document)
    rows, lists = read(document, {fault.where for fault in broken})
    entries: dict[str, Entry] = {}
    for name in LISTS:
        found = document.get(name)
        for position in range(len(found) if isinstance(found, list) else 0):
            where = f"{name}[{position}]"
            entries[where] = Entry(where, len(entries) + 1)
    for row in rows:
        if row.fields.pop("status", None):
            row.defaults["status"] = Status.DRAFT
        entries[row.where].rows.append(row)
        entries[row.where].label = entries[row.where].label or row.record
    given = Given(list(entries.values()), lists)
    for fault in [*faults, *broken]:
        if fault.where in entries:
            entries[fault.where].faults.append(fault.message)
            entries[fault.where].label = entries[fault.where].label or fault.record
        else:
            given.faults.append(fault)
    return given


def _refuse_too_many(document: Mapping[str, Any]) -> None:
    number = sum(len(document[name]) for name in LISTS if isinstance(document.get(name), list))
    if number > MOST_RECORDS:
        told = f"It holds {number:,} records; at most {MOST_RECORDS:,} are read. Divide it."
        raise Refused([Fault("the document", "", told)])
    if not number:
        told = f"It holds no records. Put some into one of {', '.join(LISTS)}."
        raise Refused([Fault("the document", "", told)])
