"""Reading the rows of a spreadsheet as rows to load: values as a historian writes them.

An empty cell leaves what stands as it is, and a dash clears it; a row that names no id is of the
one record that it can be of, or new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import models

from lineage.exchange.cell_values import a_date, a_flag, a_number, authors_of, country_codes, one_of
from lineage.exchange.columns import Kind
from lineage.exchange.given import Entry, Given
from lineage.exchange.naming import Unclear, id_of
from lineage.exchange.references import Work
from lineage.exchange.rows import shown
from lineage.exchange.sheet_changes import ChangeRows
from lineage.exchange.sheet_reader import HEADINGS, RowReader, SheetReader, known, look_ups, prose
from lineage.exchange.spreadsheets import Sheet
from lineage.models import (
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    FactKind,
    Name,
    NameKind,
    Organisation,
    OrganisationKind,
    Role,
    Source,
    Status,
)
from lineage.text import fold

_PARTS: dict[type[models.Model], tuple[dict[str, str], tuple[str, ...]]] = {
    # What a row's key is where nothing says otherwise; by which fields its kin are told from it.
    Name: ({"kind": NameKind.OFFICIAL, "language": "", "since": ""}, ("organisation", "text")),
    Fact: ({"since": ""}, ("organisation", "kind", "text")),
    Affiliation: ({"role": Role.SECTION, "since": ""}, ("organisation", "body")),
}


def read_rows(kind: Kind, sheet: Sheet, matched: Mapping[int, str]) -> Given:
    """The rows of a sheet, of one kind, by the columns that its headings are matched with."""
    reader = _READERS[kind.model](kind)
    for number, cells in sheet.rows:
        entry = Entry(f"row {number}", number)
        for place, name in matched.items():
            if (number, place) in sheet.faults:
                entry.fault(name, sheet.faults[number, place], field=_field(name))
            elif cells[place]:
                entry.cells[name] = cells[place]
        reader.given.entries.append(entry)
    return reader.read()


def _field(column: str) -> str:
    fields = {heading: name for name, heading in HEADINGS.items()}
    return fields.get(column, column)


class OrganisationRows(RowReader):
    """A body a row."""

    def read_one(self, entry: Entry) -> None:
        codes = entry.take("countries", country_codes, field="country") or []
        fields = known(
            name=entry.take("name"),
            kind=entry.take("kind", one_of(OrganisationKind)),
            founded=entry.take("founded", a_date),
            dissolved=entry.take("dissolved", a_date),
            active=entry.take("active", a_date),
            unnamed=entry.take("unnamed", a_flag),
            summary=entry.take("summary"),
        )
        slug = self._body_of(entry, codes)
        if slug is None or self.given_before(entry, slug):
            self.cite(entry, "organisation", None)
            return
        if "summary" in fields:
            fields["summary"] = prose(fields["summary"], self.bodies.by_id.get(slug))
        row = entry.row(Organisation, slug=slug, **fields)
        row.defaults["status"] = Status.DRAFT
        for code in codes:
            if code not in self.bodies.countries(slug):
                entry.row(CountryPeriod, organisation=(slug,), country=code, since="")
        self.cite(entry, "organisation", (slug,))

    def _body_of(self, entry: Entry, codes: list[str]) -> str | None:
        """The id of the organisation that a row is of; a new one where none stands."""
        given, name = entry.cells.get("id"), entry.cells.get("name", "")
        entry.label = given or name
        if given:
            return given
        if not name:
            if "name" not in entry.unread:
                entry.faults.append("name: It is empty. Write what the organisation is called.")
            return None
        found = [
            slug
            for slug in self.bodies.own_name(name)
            if not codes
            or not self.bodies.countries(slug)
            or self.bodies.countries(slug) & set(codes)
        ]
        if len(found) > 1:
            entry.faults.append(
                f"name: “{shown(name)}” could be {self.bodies.told(found)}. Write the id of "
                f"one, or an id of its own where it is another."
            )
            return None
        if found:
            return found[0]
        kin = self.bodies.named(name)
        if kin:
            entry.notes.append(f"Of that name there is {self.bodies.told(kin)}.")
        return self.new_id(entry, (fold(name), *codes), id_of(name), *map(str.lower, codes[:1]))


class PartRows(RowReader):
    """A part of a body a row: one that stands, where the row can be of that alone."""

    @cached_property
    def _parts(self) -> dict[tuple[Any, ...], list[dict[str, str]]]:
        """The keys of the parts that stand, by the fields that tell them from others."""
        defaults, by = _PARTS[self.kind.model]
        found: dict[tuple[Any, ...], list[dict[str, str]]] = defaultdict(list)
        names = [*by, *defaults]
        places = look_ups(self.kind.model, "", names)
        for values in self.kind.model._default_manager.order_by("pk").values_list(*places):
            key = dict(zip(names, values, strict=True))
            found[tuple(key[name] for name in by)].append({name: key[name] for name in defaults})
        return found

    def _part(
        self, entry: Entry, own: dict[str, Any], given: dict[str, Any], **further: Any
    ) -> None:
        """A part of a body: the one that stands where the row can be of one alone, or a new one."""
        model = self.kind.model
        key = known(**given)
        if not entry.unread and None not in own.values():
            try:
                key = self._settled(entry, tuple(own.values()), key)
            except Unclear as error:
                entry.faults.append(str(error))
                self.cite(entry, str(model._meta.model_name), None)
                return
        key = {**_PARTS[model][0], **key}
        for name in ("organisation", "body"):
            if own.get(name):
                own[name] = (own[name],)
        fields = known(**own, **further)
        row = entry.row(model, **fields, **{k: v for k, v in key.items() if k not in entry.unread})
        if model is Affiliation:
            row.defaults["status"] = Status.DRAFT
        target = str(model._meta.model_name)
        self.cite(entry, target, row.key)

    def _settled(self, entry: Entry, own: tuple[Any, ...], given: dict[str, str]) -> dict[str, str]:
        defaults = _PARTS[self.kind.model][0]
        kin = self._parts.get(own, [])
        found = [key for key in kin if all(key[name] == value for name, value in given.items())]
        if len(found) == 1:
            return found[0]
        wanted = {**defaults, **given}
        if not found or wanted in found:
            if kin and not found:
                words = "; ".join(", ".join(filter(None, key.values())) or "undated" for key in kin)
                entry.notes.append(f"It stands beside: {words}.")
            return wanted
        words = "; ".join(", ".join(filter(None, key.values())) or "undated" for key in found)
        lacking = " and ".join(self.given.headings[name] for name in defaults if name not in given)
        raise Unclear(f"It could be one of {len(found)}: {words}. Write {lacking}, too.")


class AffiliationRows(PartRows):
    """An affiliation a row."""

    def read_one(self, entry: Entry) -> None:
        member = entry.take("organisation", self.bodies.find)
        body = entry.take("body", self.bodies.find)
        given = {
            "role": entry.take("role", one_of(Role)),
            "since": entry.take("since", a_date),
        }
        entry.label = ": ".join(entry.cells.get(name, "?") for name in ("organisation", "body"))
        self._part(
            entry,
            {"organisation": member, "body": body},
            given,
            until=entry.take("until", a_date),
        )


class NameRows(PartRows):
    """A name a row."""

    def read_one(self, entry: Entry) -> None:
        given = {
            "kind": entry.take("kind", one_of(NameKind)),
            "language": entry.take("language"),
            "since": entry.take("since", a_date),
        }
        entry.label = entry.cells.get("text", "?")
        own = {"organisation": entry.take("organisation", self.bodies.find)}
        own["text"] = entry.take("text")
        self._part(entry, own, given, until=entry.take("until", a_date))


class FactRows(PartRows):
    """A fact a row."""

    def read_one(self, entry: Entry) -> None:
        own = {
            "organisation": entry.take("organisation", self.bodies.find),
            "kind": entry.take("kind", one_of(FactKind)),
            "text": entry.take("text"),
        }
        if own["text"] is None and "text" not in entry.unread:
            own["text"] = ""
        entry.label = ": ".join(entry.cells.get(name, "?") for name in ("organisation", "kind"))
        self._part(
            entry,
            own,
            {"since": entry.take("since", a_date)},
            until=entry.take("until", a_date),
            number=entry.take("number", a_number),
        )


class SourceRows(RowReader):
    """A source a row."""

    def read_one(self, entry: Entry) -> None:
        fields = known(
            title=entry.take("title"),
            authors=entry.take("authors", authors_of),
            year=entry.take("year", a_date),
            kind=entry.take("kind"),
            publisher=entry.take("publisher"),
            url=entry.take("url"),
        )
        slug = self._source_of(entry, fields)
        if slug is None or self.given_before(entry, slug):
            return
        standing = self.sources.by_id.get(slug)
        if standing and "; ".join(standing.authors) == entry.cells.get("authors"):
            fields["authors"] = standing.authors
        entry.row(Source, slug=slug, **fields)

    def _source_of(self, entry: Entry, fields: dict[str, Any]) -> str | None:
        """The id of the source that a row is of; a new one where none stands."""
        title, year, url = (fields.get(name, "") for name in ("title", "year", "url"))
        entry.label = entry.cells.get("id") or title or "?"
        if "id" in entry.cells:
            return entry.cells["id"]
        if not title:
            if "title" not in entry.unread:
                entry.faults.append("title: It is empty. Write what the work is called.")
            return None
        found = self.sources.known(title, year, url)
        if len(found) > 1:
            entry.faults.append(
                f"title: “{shown(title)}” could be {' or '.join(found[:6])}. Write the id."
            )
            return None
        work = Work(title=title, authors=fields.get("authors", []), year=year)
        return found[0] if found else self.new_id(entry, (title, year, url), work.slug)


class CitationRows(RowReader):
    """A citation a row."""

    def read_one(self, entry: Entry) -> None:
        body = entry.take("organisation", self.bodies.find)
        event = entry.take("event", self.events.find)
        source = entry.take("source", self.sources.find)
        entry.label = ": ".join(
            entry.cells[name] for name in ("organisation", "event", "source") if name in entry.cells
        )
        statement, locator = entry.take("statement") or "", entry.take("locator") or ""
        value = entry.take("value")
        if source and value is None and bool(body) != bool(event):
            target = ("organisation", (body,)) if body else ("event", (event,))
            value = self.citations.get((*target, statement, source, locator))
        entry.row(
            Citation,
            **known(
                organisation=(body,) if body else None,
                event=(event,) if event else None,
                source=(source,) if source else None,
                note=prose(entry.take("note"), None),
            ),
            statement=statement,
            locator=locator,
            value=value or "",
        )


_READERS: dict[type[models.Model], type[SheetReader]] = {
    Organisation: OrganisationRows,
    ChangeEvent: ChangeRows,
    Affiliation: AffiliationRows,
    Name: NameRows,
    Fact: FactRows,
    Source: SourceRows,
    Citation: CitationRows,
}
