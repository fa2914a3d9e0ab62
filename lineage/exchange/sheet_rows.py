"""Reading the rows of a spreadsheet as rows to load: values as a historian writes them.

An empty cell leaves what stands as it is; a row that names no id is of the one record that it can
be of, or new.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.db import models

from lineage import countries, dates
from lineage.exchange.columns import Kind
from lineage.exchange.given import Entry, Given
from lineage.exchange.naming import Bodies, Events, Sources, Unclear, free, id_of
from lineage.exchange.references import Work
from lineage.exchange.rows import KEYS, Key, Row, shown
from lineage.exchange.spreadsheets import Sheet
from lineage.models import (
    Affiliation,
    ChangeEvent,
    ChangeKind,
    Citation,
    CountryPeriod,
    Fact,
    FactKind,
    Manner,
    Name,
    NameKind,
    Organisation,
    OrganisationKind,
    Role,
    Source,
    Status,
    Succession,
)
from lineage.text import fold

NONE = "–"  # in a cell of several lines: nothing, in this line
_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "1", "x", "✓"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
}
# What else the words of the record are called.
_ALSO = {
    **dict.fromkeys(("fusion", "unification", "regroupment"), "merger"),
    **dict.fromkeys(("renaming", "name change", "renamed"), "rename"),
    **dict.fromkeys(("scission", "breakaway"), "split"),
    **dict.fromkeys(("sympathizing", "sympathizing section"), "sympathising"),
    **dict.fromkeys(("also known as", "aka"), "nickname"),
}
_HEADINGS = {
    "slug": "id",
    "country": "countries",
    "predecessor": "before",
    "successor": "after",
}
_PARTS: dict[type[models.Model], tuple[dict[str, str], tuple[str, ...]]] = {
    # What a row's key is where nothing says otherwise; by which fields its kin are told from it.
    Name: ({"kind": NameKind.OFFICIAL, "language": "", "since": ""}, ("organisation", "text")),
    Fact: ({"since": ""}, ("organisation", "kind", "text")),
    Affiliation: ({"role": Role.SECTION, "since": ""}, ("organisation", "body")),
}


def read_rows(kind: Kind, sheet: Sheet, matched: Mapping[int, str]) -> Given:
    """The rows of a sheet, of one kind, by the columns that its headings are matched with."""
    reader = SheetReader(kind)
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
    fields = {heading: name for name, heading in _HEADINGS.items()}
    return fields.get(column, column)


class SheetReader:
    """Turns the entries of one kind into rows."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._first: dict[str, Entry] = {}
        self._made: dict[Any, str] = {}  # ids that were made here, by what they are of
        self.given = Given(headings={column.name: column.heading for column in kind.columns})
        for name, heading in _HEADINGS.items():
            if heading in self.given.headings:
                self.given.headings[name] = self.given.headings[heading]

    def read(self) -> Given:
        """The entries with their rows and faults."""
        if self.kind.model is ChangeEvent:
            self._changes()
        else:
            read = {
                Organisation: self._organisation,
                Affiliation: self._affiliation,
                Name: self._name,
                Fact: self._fact,
                Source: self._source,
                Citation: self._citation,
            }[self.kind.model]
            for entry in self.given.entries:
                read(entry)
        return self.given

    # --- what stands

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
    def _taken(self) -> set[str]:
        """Ids that stand, and those given in the sheet."""
        standing: Mapping[str, Any] = {
            Organisation: lambda: self.bodies.by_id,
            ChangeEvent: lambda: self.events.by_id,
            Source: lambda: self.sources.by_id,
        }[self.kind.model]()
        given = (entry.cells["id"] for entry in self.given.entries if "id" in entry.cells)
        return {*given, *standing}

    @cached_property
    def _parts(self) -> dict[tuple[Any, ...], list[dict[str, str]]]:
        """The keys of the parts that stand, by the fields that tell them from others."""
        defaults, by = _PARTS[self.kind.model]
        found: dict[tuple[Any, ...], list[dict[str, str]]] = defaultdict(list)
        names = [*by, *defaults]
        columns = _columns(self.kind.model, "", names)
        for values in self.kind.model._default_manager.order_by("pk").values_list(*columns):
            key = dict(zip(names, values, strict=True))
            found[tuple(key[name] for name in by)].append({name: key[name] for name in defaults})
        return found

    @cached_property
    def _citations(self) -> dict[tuple[Any, ...], str]:
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
            columns = _columns(model, f"{target}__", KEYS[model])
            rows = Citation.objects.exclude(**{target: None}).order_by("value", "pk")
            for *values, statement, source, locator, value in rows.values_list(
                *columns, "statement", "source__slug", "locator", "value"
            ):
                key = tuple(
                    (part,) if name.endswith("__slug") and name != f"{target}__slug" else part
                    for name, part in zip(columns, values, strict=True)
                )
                found.setdefault((target, key, statement, source, locator), value)
        return found

    # --- organisations

    def _organisation(self, entry: Entry) -> None:
        codes = entry.take("countries", _country_codes, field="country") or []
        fields = _known(
            name=entry.take("name"),
            kind=entry.take("kind", _choice(OrganisationKind)),
            founded=entry.take("founded", _date),
            dissolved=entry.take("dissolved", _date),
            active=entry.take("active", _date),
            unnamed=entry.take("unnamed", _flag),
            summary=entry.take("summary"),
        )
        slug = self._body_of(entry, codes)
        if slug is None or self._given_before(entry, slug):
            self._cite(entry, "organisation", None)
            return
        if "summary" in fields:
            fields["summary"] = _prose(fields["summary"], self.bodies.by_id.get(slug))
        row = entry.row(Organisation, slug=slug, **fields)
        row.defaults["status"] = Status.DRAFT
        for code in codes:
            if code not in self.bodies.countries(slug):
                entry.row(CountryPeriod, organisation=(slug,), country=code, since="")
        self._cite(entry, "organisation", (slug,))

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
        return self._new_id(entry, (fold(name), *codes), id_of(name), *map(str.lower, codes[:1]))

    def _new_id(self, entry: Entry, record: Any, wanted: str, *further: str) -> str | None:
        """An id for what a row is of; rows of one record get one, and its fault is told later."""
        if not wanted:
            entry.faults.append(
                "id: No id can be made of these letters. Write one: small letters, digits, hyphens."
            )
            return None
        if record not in self._made:
            if wanted in self._taken and further:
                wanted = "-".join([wanted, *further])
            self._made[record] = free(wanted, self._taken)
            self._taken.add(self._made[record])
        return self._made[record]

    def _given_before(self, entry: Entry, slug: str) -> bool:
        """Whether a row before is of the same record, which is a fault."""
        first = self._first.setdefault(slug, entry)
        if first is not entry:
            entry.faults.append(
                f"It is of the same record as {first.where}. Delete one of the two, or write an id."
            )
        return first is not entry

    # --- changes

    def _changes(self) -> None:
        groups: dict[Any, list[tuple[Entry, str | None, str | None]]] = {}
        for entry in self.given.entries:
            before = entry.take("before", self.bodies.find, field="predecessor")
            after = entry.take("after", self.bodies.find, field="successor")
            for name, field in (("before", "predecessor"), ("after", "successor")):
                if name not in entry.cells and field not in entry.unread:
                    entry.fault(name, "It is empty. Write the id or the name.", field=field)
            entry.label = " → ".join(entry.cells.get(one, "?") for one in ("before", "after"))
            groups.setdefault(self._group(entry, before, after), []).append((entry, before, after))
        for edges in groups.values():
            self._change(edges)

    def _group(self, entry: Entry, before: str | None, after: str | None) -> Any:
        """By what the rows of one change are known: its id, or kind, date and the one body."""
        if "id" in entry.cells:
            return entry.cells["id"]
        kind = _tried(_choice(ChangeKind), entry.cells.get("kind", ""))
        date = _tried(_date, entry.cells.get("date", ""))
        if kind is None or (before is None and after is None):
            return (entry.number,)
        hub = after if kind == ChangeKind.MERGER else before
        return (kind, date, hub) if hub else (entry.number,)

    def _change(self, edges: list[tuple[Entry, str | None, str | None]]) -> None:
        first = edges[0][0]
        fields = self._event_fields([entry for entry, _before, _after in edges])
        slug = self._event_of(edges, fields)
        if len(edges) > 1:
            self.given.groups.append({entry.where for entry, _before, _after in edges})
        if slug is None:
            for entry, _before, _after in edges:
                entry.row(Succession).unread.update(("event", "predecessor", "successor"))
                self._cite(entry, "event", None)
            return
        standing = self.events.by_id.get(slug)
        fields["summary"] = _prose(fields.get("summary"), standing)
        fields["kind"] = fields.get("kind") or (standing.kind if standing else None)
        for entry, before, after in edges:
            row = entry.row(
                Succession,
                event=(slug,),
                **_known(
                    predecessor=(before,) if before else None,
                    successor=(after,) if after else None,
                    predecessor_continues=entry.take("predecessor_continues", _flag),
                    successor_existed=entry.take("successor_existed", _flag),
                    principal=entry.take("principal", _flag),
                ),
            )
            row.defaults["predecessor_continues"] = fields["kind"] == ChangeKind.SPLIT
        row = first.row(ChangeEvent, slug=slug, **_known(**fields))
        row.defaults["status"] = Status.DRAFT
        cited: set[Key] = set()
        for entry, _before, _after in edges:
            self._cite(entry, "event", (slug,), cited)

    def _event_fields(self, entries: list[Entry]) -> dict[str, Any]:
        """What the rows of one change say of it; where two differ, the later is at fault."""
        fields: dict[str, Any] = {}
        said: dict[str, Entry] = {}
        converts = {
            "kind": _choice(ChangeKind), "date": _date, "manner": _choice(Manner),
            "title": str, "summary": str, "complete": _flag,
        }  # fmt: skip
        for entry in entries:
            for name, convert in converts.items():
                value = entry.take(name, convert)
                if value is None:
                    continue
                if name in fields and fields[name] != value:
                    other = said[name]
                    entry.fault(
                        name,
                        f"“{shown(entry.cells[name])}” differs from “{shown(other.cells[name])}” "
                        f"in {other.where}, which is of the same change. Make the two the same.",
                    )
                elif name not in fields:
                    fields[name], said[name] = value, entry
        return fields

    def _event_of(
        self, edges: list[tuple[Entry, str | None, str | None]], fields: dict[str, Any]
    ) -> str | None:
        """The id of the change that rows are of; a new one where it is of none that stands."""
        first = edges[0][0]
        if "id" in first.cells:
            return first.cells["id"]
        kind = fields.get("kind")
        found = {
            slug: None
            for _entry, before, after in edges
            if kind and before and after
            for slug in self.events.with_edge(kind, before, after)
        }
        dated = [slug for slug in found if self.events.by_id[slug].date == fields.get("date", "")]
        found = dict.fromkeys(dated) if dated and len(found) > 1 else found
        if len(found) > 1:
            for entry, _before, _after in edges:
                entry.fault("id", f"This could be {' or '.join(found)}. Write the id.")
            return None
        if found:
            return next(iter(found))
        ends = next(((before, after) for _e, before, after in edges if before and after), None)
        if not ends or not kind:
            return free(f"new-{first.number}", self._taken)  # at fault, and never written
        year = re.search(r"[0-9]{4}", fields.get("date", ""))
        years = [year[0]] if year else []
        wanted = id_of(*ends, *years)
        return self._new_id(first, tuple(entry.where for entry, *_ends in edges), wanted, kind)

    # --- parts

    def _affiliation(self, entry: Entry) -> None:
        member = entry.take("organisation", self.bodies.find)
        body = entry.take("body", self.bodies.find)
        given = {
            "role": entry.take("role", _choice(Role)),
            "since": entry.take("since", _date),
        }
        entry.label = ": ".join(entry.cells.get(name, "?") for name in ("organisation", "body"))
        self._part(
            entry,
            {"organisation": member, "body": body},
            given,
            until=entry.take("until", _date),
        )

    def _name(self, entry: Entry) -> None:
        given = {
            "kind": entry.take("kind", _choice(NameKind)),
            "language": entry.take("language"),
            "since": entry.take("since", _date),
        }
        entry.label = entry.cells.get("text", "?")
        own = {"organisation": entry.take("organisation", self.bodies.find)}
        own["text"] = entry.take("text")
        self._part(entry, own, given, until=entry.take("until", _date))

    def _fact(self, entry: Entry) -> None:
        own = {
            "organisation": entry.take("organisation", self.bodies.find),
            "kind": entry.take("kind", _choice(FactKind)),
            "text": entry.take("text"),
        }
        if own["text"] is None and "text" not in entry.unread:
            own["text"] = ""
        entry.label = ": ".join(entry.cells.get(name, "?") for name in ("organisation", "kind"))
        self._part(
            entry,
            own,
            {"since": entry.take("since", _date)},
            until=entry.take("until", _date),
            number=entry.take("number", _number),
        )

    def _part(
        self, entry: Entry, own: dict[str, Any], given: dict[str, Any], **further: Any
    ) -> None:
        """A part of a body: the one that stands where the row can be of one alone, or a new one."""
        model = self.kind.model
        key = _known(**given)
        if not entry.unread and None not in own.values():
            try:
                key = self._settled(entry, tuple(own.values()), key)
            except Unclear as error:
                entry.faults.append(str(error))
                self._cite(entry, str(model._meta.model_name), None)
                return
        key = {**_PARTS[model][0], **key}
        for name in ("organisation", "body"):
            if own.get(name):
                own[name] = (own[name],)
        known = _known(**own, **further)
        row = entry.row(model, **known, **{k: v for k, v in key.items() if k not in entry.unread})
        if model is Affiliation:
            row.defaults["status"] = Status.DRAFT
        target = str(model._meta.model_name)
        self._cite(entry, target, row.key)

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

    # --- sources and citations

    def _source(self, entry: Entry) -> None:
        fields = _known(
            title=entry.take("title"),
            authors=entry.take("authors", _authors),
            year=entry.take("year", _date),
            kind=entry.take("kind"),
            publisher=entry.take("publisher"),
            url=entry.take("url"),
        )
        slug = self._source_of(entry, fields)
        if slug is None or self._given_before(entry, slug):
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
        return found[0] if found else self._new_id(entry, (title, year, url), work.slug)

    def _citation(self, entry: Entry) -> None:
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
            value = self._citations.get((*target, statement, source, locator))
        entry.row(
            Citation,
            **_known(
                organisation=(body,) if body else None,
                event=(event,) if event else None,
                source=(source,) if source else None,
                note=_prose(entry.take("note"), None),
            ),
            statement=statement,
            locator=locator,
            value=value or "",
        )

    def _cite(
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
        sources = _lines(entry.cells["source"])
        beside = []
        for name in ("locator", "statement"):
            lines = _lines(entry.cells.get(name, ""))
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
            value = self._citations.get((target, key, statement, slug, locator), "")
            known = (target, key, statement, slug, locator)
            if cited is not None and known in cited:
                continue
            if cited is not None:
                cited.add(known)
            row = Row(
                entry.where,
                Citation,
                {target: key, "source": (slug,), "statement": statement, "locator": locator},
            )
            row.fields["value"] = value
            entry.rows.append(row)


def _columns(model: type[models.Model], prefix: str, names: Iterable[str]) -> list[str]:
    """The look-ups of a model's fields, relations by the id of what they point to."""
    return [
        f"{prefix}{name}__slug"
        if isinstance(model._meta.get_field(name), models.ForeignKey)
        else f"{prefix}{name}"
        for name in names
    ]


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _prose(text: str | None, standing: Any) -> str | None:
    """A text of several lines; that which stands where only breaks of lines and ends differ."""
    if text is None:
        return None
    stands = standing.summary if standing is not None else ""
    same = text.replace("\r\n", "\n").strip() == stands.replace("\r\n", "\n").strip()
    return stands if same else text


def _lines(text: str) -> list[str]:
    return ["" if line.strip() == NONE else line.strip() for line in text.split("\n")]


def _date(text: str) -> str:
    return dates.understand(text).text


def _tried(convert: Any, text: str) -> Any:
    try:
        return convert(text) if text else None
    except ValueError:
        return None


def _choice(choices: Any) -> Any:
    words = {fold(key): key for key in choices.values}
    words |= {fold(str(label)): key for key, label in choices.choices}
    words |= {word: key for word, key in _ALSO.items() if key in choices.values}

    def convert(text: str) -> str:
        if fold(text) not in words:
            known = ", ".join(choices.values)
            raise ValueError(f"“{shown(text)}” is not known. Write one of: {known}.")
        return words[fold(text)]

    return convert


def _flag(text: str) -> bool:
    if text.strip().lower() not in _FLAGS:
        raise ValueError(f"“{shown(text)}” is neither yes nor no. Write one of the two.")
    return _FLAGS[text.strip().lower()]


def _number(text: str) -> str:
    bare = re.sub(r"(?<=[0-9])[\s\u00a0\u202f'](?=[0-9]{3})", "", text)
    if re.fullmatch(r"-?[0-9]{1,3}([.,][0-9]{3})+", bare):
        plain = re.sub(r"[.,]", "", bare)
        raise ValueError(f"“{shown(text)}” can be read in two ways. Write {plain} without a mark.")
    if not re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", bare):
        raise ValueError(f"“{shown(text)}” is no number. Write digits.")
    return bare.replace(",", ".")


def _authors(text: str) -> list[str]:
    return [name.strip() for name in re.split(r"[;\n]", text) if name.strip()]


def _country_codes(text: str) -> list[str]:
    codes: dict[str, None] = {}
    for word in re.split(r"[;,/\n]", text):
        if not word.strip():
            continue
        code = countries.code_of(word)
        if not code:
            raise ValueError(
                f"“{shown(word.strip())}” is no country that is known here. Write its English name "
                f"or its code, such as Sri Lanka or LK."
            )
        codes[code] = None
    return list(codes)
