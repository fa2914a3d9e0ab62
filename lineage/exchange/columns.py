"""What the rows of a spreadsheet can be, the columns of each, and the headings that they go by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import models

from lineage.models import (
    Affiliation,
    ChangeEvent,
    Citation,
    Fact,
    Name,
    Organisation,
    Source,
    Succession,
)
from lineage.text import fold


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the heading that an export gives it, and what else it may be called."""

    name: str
    heading: str
    also: tuple[str, ...] = ()

    @property
    def words(self) -> set[str]:
        return {fold(word) for word in (self.name, self.heading, *self.also)}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rows. Of each tuple in ``required`` one column at least must be there.

    ``told`` are headings of an export that say more of a record and are not read again.
    """

    name: str
    label: str
    model: type[models.Model]
    writes: tuple[type[models.Model], ...]
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]
    told: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.name == name)


_SINCE = Column("since", "from", ("start", "begin", "beginning", "joined", "from date", "since"))
_UNTIL = Column("until", "to", ("end", "until", "left", "to date", "till"))
_BODY = Column("organisation", "organisation", ("organization", "body", "party", "group", "id"))
_CITED = (
    Column("source", "source", ("sources", "reference", "ref", "cited", "cited from")),
    Column("locator", "locator", ("page", "pages", "p", "pp", "where", "place in the source")),
    Column("statement", "statement", ("supports", "field", "cited for")),
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "organisations",
        "organisations",
        Organisation,
        (Organisation,),
        (
            Column("id", "id", ("slug", "identifier", "key")),
            Column("name", "name", ("organisation", "organization", "body", "party", "title")),
            Column("kind", "kind", ("type", "sort")),
            Column(
                "countries", "countries", ("country", "nation", "land", "pays", "pais", "place")
            ),
            Column(
                "founded",
                "founded",
                (
                    "foundation",
                    "founding",
                    "established",
                    "formed",
                    "start",
                    "from",
                    "year founded",
                ),
            ),
            Column(
                "dissolved",
                "dissolved",
                ("ended", "end", "to", "until", "disbanded", "year dissolved"),
            ),
            Column("active", "last attested", ("attested", "last active", "last seen")),
            Column("unnamed", "has no name", ("nameless",)),
            Column("summary", "summary", ("description", "about", "text")),
            *_CITED,
        ),
        (("name", "id"),),
        ("status",),
    ),
    Kind(
        "changes",
        "changes: who led to whom",
        ChangeEvent,
        (ChangeEvent, Succession),
        (
            Column("id", "event", ("id", "event id", "slug", "change")),
            Column("kind", "kind", ("type", "sort", "kind of change", "what happened")),
            Column("date", "date", ("year", "when", "day")),
            Column("manner", "manner", ("how",)),
            Column(
                "before", "before", ("predecessor", "from", "old", "parent", "source organisation")
            ),
            Column(
                "after", "after", ("successor", "to", "new", "child", "target", "into", "result")
            ),
            Column(
                "predecessor_continues",
                "the body before continued",
                ("predecessor continues", "continues", "continued"),
            ),
            Column(
                "successor_existed",
                "the body after existed already",
                ("successor existed", "existed", "existed already"),
            ),
            Column("principal", "principal line", ("principal", "main line")),
            Column("complete", "list is complete", ("complete",)),
            Column("title", "title"),
            Column("summary", "summary", ("description", "about", "text")),
            *_CITED,
        ),
        (("kind", "id"), ("before",), ("after",)),
        ("name before", "name after", "status"),
    ),
    Kind(
        "affiliations",
        "affiliations",
        Affiliation,
        (Affiliation,),
        (
            Column("organisation", "member", ("organisation", "organization", "section", "party")),
            Column("body", "member of", ("body", "international", "of", "in", "parent")),
            Column("role", "role", ("as", "kind", "type")),
            _SINCE,
            _UNTIL,
            *_CITED,
        ),
        (("organisation",), ("body",)),
        ("name of the member", "name of the body", "status"),
    ),
    Kind(
        "names",
        "names",
        Name,
        (Name,),
        (
            _BODY,
            Column("text", "name", ("text", "title", "alias", "other name")),
            Column("kind", "kind", ("type", "sort")),
            Column("language", "language", ("lang", "tag")),
            _SINCE,
            _UNTIL,
            *_CITED,
        ),
        (("organisation",), ("text",)),
        ("name of the organisation",),
    ),
    Kind(
        "facts",
        "facts",
        Fact,
        (Fact,),
        (
            _BODY,
            Column("kind", "kind", ("type", "sort", "fact")),
            Column("text", "text", ("value", "what", "name", "leader", "publication")),
            Column("number", "number", ("count", "figure", "members", "votes", "seats")),
            Column("since", "from", ("start", "begin", "date", "year", "when", "since")),
            _UNTIL,
            *_CITED,
        ),
        (("organisation",), ("kind",)),
        ("name of the organisation",),
    ),
    Kind(
        "sources",
        "sources",
        Source,
        (Source,),
        (
            Column("id", "id", ("slug", "key", "identifier", "citation key")),
            Column("title", "title", ("work", "name")),
            Column("authors", "authors", ("author", "by", "writer", "editors", "editor")),
            Column("year", "year", ("date", "published", "publication year")),
            Column("kind", "kind", ("type", "sort", "item type")),
            Column("publisher", "publisher", ("journal", "publication title", "site")),
            Column("url", "address", ("url", "link", "web address")),
        ),
        (("title", "id"),),
    ),
    Kind(
        "citations",
        "citations of organisations and changes",
        Citation,
        (Citation,),
        (
            _BODY,
            Column("event", "event", ("event id", "change")),
            Column("statement", "statement", ("supports", "field", "cited for")),
            *_CITED[:2],
            Column("value", "value", ("gives", "says")),
            Column("note", "note", ("notes", "remark", "comment", "quotation", "quote")),
        ),
        (("organisation", "event"), ("source",)),
        ("of", "member of", "detail"),
    ),
)
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


def matched(kind: Kind, headings: Sequence[str]) -> dict[int, str]:
    """The column that each heading goes by, by its place; an exact one before what else fits."""
    found: dict[int, str] = {}
    folded = [fold(heading) for heading in headings]
    told = {fold(heading) for heading in kind.told}
    exact = {fold(column.heading): column.name for column in kind.columns}
    for place, word in enumerate(folded):
        if word in exact and exact[word] not in found.values():
            found[place] = exact[word]
    for column in kind.columns:
        if column.name in found.values():
            continue
        for place, word in enumerate(folded):
            if place not in found and word in column.words and word not in told:
                found[place] = column.name
                break
    return found


def lacking(kind: Kind, matched_names: Iterable[str]) -> list[str]:
    """Sentences for the columns that are required and that no heading goes by."""
    there = set(matched_names)
    sentences = []
    for some in kind.required:
        if not there.intersection(some):
            words = "” or “".join(kind.column(name).heading for name in some)
            sentences.append(f"No column is “{words}”. Choose the one that is.")
    return sentences
