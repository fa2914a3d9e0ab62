"""A body's lineage out of the database, in a constant number of queries.

One recursive query a direction finds the edges that can matter, without regard to time and with
``UNION``, so that it ends on circles and does not enumerate paths; :mod:`lineage.graph` then walks
them through time. The measurements that chose this over reading all edges stand in
``tests/benchmarks/kin.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from lineage.graph import Edge, Lineage, Relative
from lineage.models import ChangeEvent, Organisation, Status, Succession
from lineage.models.derivation import edge_of
from lineage.models.fields import BoundField

ANCESTORS, DESCENDANTS, BOTH = "ancestors", "descendants", "both"
DIRECTIONS = (ANCESTORS, DESCENDANTS, BOTH)


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative of a body: who it is, after how many generations, and through which event."""

    organisation: Organisation
    generation: int
    via: Edge


def lineage_of(
    organisation: Organisation, direction: str = BOTH, *, drafts: bool = False
) -> Lineage:
    """The edges by which a body can be reached in a direction: one query a direction.

    Readers' edges only, unless ``drafts``.
    """
    wanted = (ANCESTORS, DESCENDANTS) if direction == BOTH else (direction,)
    return Lineage(edge for one in wanted for edge in _edges(organisation.pk, one, drafts=drafts))


def ancestors(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Every body that led to this one, nearest generation first. Two queries."""
    lineage = lineage_of(organisation, ANCESTORS, drafts=drafts)
    return _kin(lineage.ancestors(organisation.slug, depth))


def descendants(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Every body that this one led to, nearest generation first. Two queries."""
    lineage = lineage_of(organisation, DESCENDANTS, drafts=drafts)
    return _kin(lineage.descendants(organisation.slug, depth))


def relatives(
    organisation: Organisation, depth: int | None = None, *, drafts: bool = False
) -> list[Kin]:
    """Ancestors and descendants together. Three queries."""
    lineage = lineage_of(organisation, drafts=drafts)
    return _kin(lineage.relatives(organisation.slug, depth))


def named(slugs: Iterable[str]) -> dict[str, Organisation]:
    """Organisations by id, in one query whatever their number."""
    wanted = sorted(set(slugs))
    if not wanted:
        return {}
    rows = Organisation.objects.extra(  # noqa: S610 - the list is bound, as one parameter
        where=[_IN_LIST[connection.vendor]],
        params=[wanted if connection.vendor == "postgresql" else json.dumps(wanted)],
    )
    return {row.slug: row for row in rows}


def _kin(found: list[Relative]) -> list[Kin]:
    rows = named(relative.id for relative in found)
    return [
        Kin(rows[relative.id], relative.generation, relative.via)
        for relative in found
        if relative.id in rows
    ]


_IN_LIST = {
    "sqlite": "lineage_organisation.slug IN (SELECT value FROM json_each(%s))",
    "postgresql": "lineage_organisation.slug = ANY(%s)",
}


# The final step is an IN on SQLite and an = ANY(ARRAY) on PostgreSQL, where an IN scans the table.
_REACHED = {
    "sqlite": "IN (SELECT id FROM reached)",
    "postgresql": "= ANY(ARRAY(SELECT id FROM reached))",
}

_QUERY = """
WITH RECURSIVE reached(id) AS (
    SELECT CAST(%s AS bigint)
    UNION
    SELECT edge.{far}_id FROM reached JOIN {succession} edge ON edge.{near}_id = reached.id
)
SELECT event.slug, before.slug, after.slug, event.kind, event.date_earliest, event.date_latest,
       edge.predecessor_continues, edge.successor_existed, edge.principal, event.manner
FROM {succession} edge
JOIN {event} event ON event.id = edge.event_id
JOIN {organisation} before ON before.id = edge.predecessor_id
JOIN {organisation} after ON after.id = edge.successor_id
WHERE edge.{near}_id {reached} {seen}
"""

_SEEN = "AND event.status = %s AND before.status = %s AND after.status = %s"


def _edges(key: int, direction: str, *, drafts: bool) -> list[Edge]:
    near, far = (
        ("successor", "predecessor") if direction == ANCESTORS else ("predecessor", "successor")
    )
    query = _QUERY.format(
        near=near,
        far=far,
        succession=Succession._meta.db_table,
        event=ChangeEvent._meta.db_table,
        organisation=Organisation._meta.db_table,
        reached=_REACHED[connection.vendor],
        seen="" if drafts else _SEEN,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [key, *([] if drafts else [Status.PUBLISHED.value] * 3)])
        rows = cursor.fetchall()
    to_date = BoundField().to_python
    return [edge_of([*row[:4], *map(to_date, row[4:6]), *row[6:]]) for row in rows]
