"""A body's lineage out of the database, in a constant number of queries.

One recursive query a direction finds the edges that can matter, without regard to time and with
``UNION``, so that it ends on circles and does not enumerate paths, and with each edge the body at
its far end; :mod:`lineage.graph` then walks them through time. The measurements that chose this
over reading all edges stand in ``tests/benchmarks/kin.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState

from lineage.graph import Edge, Lineage, Way, walk
from lineage.models import ChangeEvent, Manner, Organisation, Status, Succession

ANCESTORS, DESCENDANTS, BOTH = "ancestors", "descendants", "both"
DIRECTIONS = (ANCESTORS, DESCENDANTS, BOTH)
DISPUTED = Manner.DISPUTED.value
SEEN = Status.PUBLISHED.value

Row = tuple[Any, ...]
NEAR, EVENT, KIND, EARLIEST, LATEST = range(5)
EDGE = 9  # columns of an edge, before those of the body at its far end
FAR, SLUG = EDGE, EDGE + 1
ENDS = ("", "~")  # before and after all days as ISO 8601 writes them


class Kin:
    """A relative of a body: who it is, after how many generations, and through which event.

    The body was fetched with the edge; instances of both are made where they are first asked for.
    """

    __slots__ = ("_edge", "_forward", "_near", "_organisation", "_row", "generation")

    def __init__(self, row: Row, generation: int, near: str, forward: bool) -> None:
        self._row, self._near, self._forward = row, near, forward
        self.generation = generation
        self._organisation: Organisation | None = None
        self._edge: Edge | None = None

    @property
    def slug(self) -> str:
        return self._row[SLUG]

    @property
    def organisation(self) -> Organisation:
        if self._organisation is None:
            database = connections[DEFAULT_DB_ALIAS]
            self._organisation = _body_maker(database.alias, database.vendor)(self._row)
        return self._organisation

    @property
    def via(self) -> Edge:
        if self._edge is None:
            self._edge = _edge(self._row, self._near, forward=self._forward)
        return self._edge


def lineage_of(
    organisation: Organisation, direction: str = BOTH, *, drafts: bool = False
) -> Lineage:
    """The edges by which a body can be reached in a direction: one query a direction.

    Readers' edges only, unless ``drafts``.
    """
    edges = []
    for one in (ANCESTORS, DESCENDANTS) if direction == BOTH else (direction,):
        rows = _reached(organisation, one, drafts=drafts)
        slugs = {organisation.pk: organisation.slug, **{row[FAR]: row[SLUG] for row in rows}}
        edges += [
            _edge(row, slugs[row[NEAR]], forward=one == DESCENDANTS)
            for row in rows
            if row[NEAR] in slugs
        ]
    return Lineage(edges)


def ancestors(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Every body that led to this one, nearest generation first. One query."""
    return _kin(organisation, ANCESTORS, depth, drafts=drafts)


def descendants(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Every body that this one led to, nearest generation first. One query."""
    return _kin(organisation, DESCENDANTS, depth, drafts=drafts)


def relatives(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Ancestors and descendants together, each body once, at its nearer generation. Two queries."""
    nearest: dict[str, Kin] = {}
    for direction in (ANCESTORS, DESCENDANTS):
        for one in _kin(organisation, direction, depth, drafts=drafts):
            known = nearest.setdefault(one.slug, one)
            if one.generation < known.generation:
                nearest[one.slug] = one
    return sorted(nearest.values(), key=lambda one: (one.generation, one.slug))


def _kin(start: Organisation, direction: str, depth: int | None, *, drafts: bool) -> list[Kin]:
    """A walk straight over the rows, whose days are compared as they are written."""
    from_body: dict[int, list[Row]] = {}
    for row in _reached(start, direction, drafts=drafts):
        from_body.setdefault(row[NEAR], []).append(row)

    def ways(body: int) -> Sequence[Way]:
        rows = from_body.get(body)
        if rows is None:
            return ()
        if len(rows) > 1:
            rows.sort(key=_order)
        before, after = ENDS
        return [
            (str(row[EARLIEST] or before), str(row[LATEST] or after), row[FAR], row) for row in rows
        ]

    forward = direction == DESCENDANTS
    found: dict[int, Kin] = {}
    for generation, reached in walk(ways, start.pk, depth, forward=forward, ends=ENDS):
        for body, (_moment, row, before) in reached.items():
            if body not in found:
                last = before and before[1]
                near = last[SLUG] if last else start.slug
                found[body] = Kin(row, generation, near, forward)
    return list(found.values())


def _order(row: Row) -> tuple[str, str, str, str]:
    """What sorts the edges at one body as :class:`lineage.graph.Lineage` sorts all."""
    latest = str(row[LATEST] or ENDS[1])
    return str(row[EARLIEST] or latest), latest, row[EVENT], row[SLUG]


def _edge(row: Row, near: str, *, forward: bool) -> Edge:
    _near, event, kind, earliest, latest, manner, continues, existed, principal = row[:EDGE]
    before, after = (near, row[SLUG]) if forward else (row[SLUG], near)
    flags = bool(continues), bool(existed), bool(principal), manner == DISPUTED
    return Edge(event, before, after, kind, _day(earliest), _day(latest), *flags)


def _day(value: date | str | None) -> date | None:
    """A day as PostgreSQL gives it, or as SQLite does."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _columns() -> list[models.Field]:
    """The columns of a body, its key and its id first."""
    first = [Organisation._meta.get_field(name) for name in ("id", "slug")]
    return [*first, *(one for one in Organisation._meta.concrete_fields if one not in first)]


@cache
def _body_maker(alias: str, vendor: str) -> Callable[[Sequence[Any]], Organisation]:
    """What makes an organisation of a row that holds its columns after those of an edge.

    As ``from_db()`` would, but for the signals, to which nothing listens, and in a quarter of the
    time, most of which a walk of some dozen bodies would spend there.
    """
    columns = _columns()
    names = [field.attname for field in columns]
    days: list[str] = []
    flags: list[str] = []
    if vendor == "sqlite":
        days = [field.attname for field in columns if isinstance(field, models.DateField)]
        flags = [field.attname for field in columns if isinstance(field, models.BooleanField)]

    def make(row: Sequence[Any]) -> Organisation:
        body = Organisation.__new__(Organisation)
        state = ModelState()
        state.db, state.adding = alias, False
        values = dict(zip(names, row[EDGE:], strict=True))
        for name in days:
            if values[name] is not None:
                values[name] = date.fromisoformat(values[name])
        for name in flags:
            values[name] = bool(values[name])
        body.__dict__ = {"_state": state, **values}
        return body

    return make


# SQLite keeps to this order: in a small record it would scan events first.
_JOIN = {"sqlite": "CROSS JOIN", "postgresql": "JOIN"}
# How PostgreSQL finds the edges of those reached by an index: of a join it thinks too much.
_FOUND = {
    "sqlite": "reached CROSS JOIN {succession} edge ON edge.{near}_id = reached.id",
    "postgresql": "{succession} edge",
}
_REACHED = {
    "sqlite": "TRUE",
    "postgresql": "edge.{near}_id = ANY(ARRAY(SELECT id FROM reached))",
}

_QUERY = """
WITH RECURSIVE reached(id) AS (
    SELECT CAST(%(start)s AS bigint)
    UNION
    SELECT edge.{far}_id FROM reached JOIN {succession} edge ON edge.{near}_id = reached.id
)
SELECT {columns}
FROM {found}
{join} {event} event ON event.id = edge.event_id
{join} {organisation} body ON body.id = edge.{far}_id
WHERE {reached} {seen}
"""

# The body at an edge's near end is the start or stands at the far end of another edge. Of a term
# that speaks of one table alone SQLite would make a filter first, out of the whole of that table.
_SEEN = {
    "sqlite": "AND event.status || ' ' || body.status = %(seen)s || ' ' || %(seen)s",
    "postgresql": "AND event.status = %(seen)s AND body.status = %(seen)s",
}
_START_SEEN = " AND %(seen)s = (SELECT status FROM {organisation} WHERE id = %(start)s)"


@cache
def _query(vendor: str, direction: str, drafts: bool) -> str:
    near, far = (
        ("successor", "predecessor") if direction == ANCESTORS else ("predecessor", "successor")
    )
    tables = {
        "succession": Succession._meta.db_table,
        "event": ChangeEvent._meta.db_table,
        "organisation": Organisation._meta.db_table,
    }
    columns = [
        f"edge.{near}_id",
        *(f"event.{name}" for name in ("slug", "kind", "date_earliest", "date_latest", "manner")),
        *(f"edge.{name}" for name in ("predecessor_continues", "successor_existed", "principal")),
        *(f"body.{field.column}" for field in _columns()),
    ]
    # The sign changes no value, but sqlite3 converts columns that have a declared type in Python.
    sign = "+" if vendor == "sqlite" else ""
    return _QUERY.format(
        far=far,
        join=_JOIN[vendor],
        near=near,
        columns=", ".join(f"{sign}{column}" for column in columns),
        found=_FOUND[vendor].format(near=near, **tables),
        reached=_REACHED[vendor].format(near=near),
        seen="" if drafts else (_SEEN[vendor] + _START_SEEN).format(**tables),
        **tables,
    )


def _reached(start: Organisation, direction: str, *, drafts: bool) -> list[Row]:
    """The edges that lead from a body in a direction, each with the body at its far end.

    Values have names, since Django finds a place without one by a search through the whole text.
    """
    database = connections[DEFAULT_DB_ALIAS]
    values = {"start": start.pk} if drafts else {"start": start.pk, "seen": SEEN}
    with database.cursor() as cursor:
        cursor.execute(_query(database.vendor, direction, drafts), values)
        return cursor.fetchall()
