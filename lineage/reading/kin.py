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

from django.db import connection, models
from django.db.models.base import ModelState

from lineage.graph import Edge, Lineage, Relative
from lineage.models import ChangeEvent, Manner, Organisation, Status, Succession

ANCESTORS, DESCENDANTS, BOTH = "ancestors", "descendants", "both"
DIRECTIONS = (ANCESTORS, DESCENDANTS, BOTH)
DISPUTED = Manner.DISPUTED.value
EDGE = 9  # columns of an edge, before those of the body at its far end


class Kin:
    """A relative of a body: who it is, after how many generations, and through which event.

    The body was fetched with the edges; its instance is made where it is first asked for.
    """

    __slots__ = ("_made", "_row", "generation", "via")

    def __init__(self, row: tuple[Any, ...], generation: int, via: Edge) -> None:
        self._row, self.generation, self.via = row, generation, via
        self._made: Organisation | None = None

    @property
    def organisation(self) -> Organisation:
        if self._made is None:
            self._made = _body_maker(connection.alias, connection.vendor)(self._row)
        return self._made


def lineage_of(
    organisation: Organisation, direction: str = BOTH, *, drafts: bool = False
) -> Lineage:
    """The edges by which a body can be reached in a direction: one query a direction.

    Readers' edges only, unless ``drafts``.
    """
    wanted = (ANCESTORS, DESCENDANTS) if direction == BOTH else (direction,)
    found = [_reached(organisation, one, drafts=drafts) for one in wanted]
    return Lineage(edge for edges, _rows in found for edge in edges)


def ancestors(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Every body that led to this one, nearest generation first. One query."""
    edges, rows = _reached(organisation, ANCESTORS, drafts=drafts)
    return _kin(Lineage(edges).ancestors(organisation.slug, depth), rows)


def descendants(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Every body that this one led to, nearest generation first. One query."""
    edges, rows = _reached(organisation, DESCENDANTS, drafts=drafts)
    return _kin(Lineage(edges).descendants(organisation.slug, depth), rows)


def relatives(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Ancestors and descendants together. Two queries."""
    before, rows_before = _reached(organisation, ANCESTORS, drafts=drafts)
    after, rows_after = _reached(organisation, DESCENDANTS, drafts=drafts)
    found = Lineage([*before, *after]).relatives(organisation.slug, depth)
    return _kin(found, rows_before | rows_after)


def _kin(found: list[Relative], rows: dict[str, tuple[Any, ...]]) -> list[Kin]:
    return [Kin(rows[slug], generation, via) for slug, generation, via in found]


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
    SELECT CAST(%s AS bigint)
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
    "sqlite": "AND event.status || ' ' || body.status = %s || ' ' || %s",
    "postgresql": "AND event.status = %s AND body.status = %s",
}
_START_SEEN = " AND %s = (SELECT status FROM {organisation} WHERE id = %s)"


@cache
def _query(vendor: str, direction: str, *, drafts: bool) -> str:
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


def _reached(
    start: Organisation, direction: str, *, drafts: bool
) -> tuple[list[Edge], dict[str, tuple[Any, ...]]]:
    """The edges that lead from a body in a direction, and the columns of bodies by their ids."""
    seen = [Status.PUBLISHED.value] * 3
    with connection.cursor() as cursor:
        cursor.execute(
            _query(connection.vendor, direction, drafts=drafts),
            [start.pk] if drafts else [start.pk, *seen, start.pk],
        )
        found = cursor.fetchall()
    slugs = {start.pk: start.slug}
    rows = {}
    for row in found:
        slug = row[EDGE + 1]
        slugs[row[EDGE]] = slug
        rows[slug] = row
    day = _day if connection.vendor == "sqlite" else _same
    edges = []
    forward = direction == DESCENDANTS
    for row in found:
        one = slugs.get(row[0])
        if one is None:
            continue
        _near, event, kind, earliest, latest, manner, continues, existed, principal = row[:EDGE]
        other = row[EDGE + 1]
        before, after = (one, other) if forward else (other, one)
        flags = bool(continues), bool(existed), bool(principal)
        edges.append(
            Edge(event, before, after, kind, day(earliest), day(latest), *flags, manner == DISPUTED)
        )
    return edges, rows


def _day(value: str | None) -> date | None:
    """A day as SQLite gives it."""
    return date.fromisoformat(value) if value else None


def _same(value: date | None) -> date | None:
    """A day as PostgreSQL gives it."""
    return value
