"""What the chart is told of an organisation, and the tidying of what it was told."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter

from lineage.graph import Edge

Bounds = tuple[date | None, date | None]

_UNPRINTED = frozenset({"Cc", "Cs", "Cn"})  # controls, lone surrogates, what is no character


@dataclass(frozen=True, slots=True)
class Membership:
    """A body's time in an international, by the bounds of its beginning and its end."""

    body: str
    international: str
    name: str
    since: Bounds | None = None
    until: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """One organisation as the chart needs it.

    ``founded`` and ``dissolved`` are the earliest and latest day that the record allows, either of
    which may be None ("no bound"); None for the pair says that nothing is known. ``first_known``
    and ``last_known`` are the days between which other dated statements speak of it. ``members`` is
    the most that it is known to have had; ``gaps`` are the bounds of when it stopped being active
    and of when it began again.
    ``more_before`` and ``more_after`` count its predecessors and successors that an excerpt leaves
    out; ``more_url`` leads to a chart that has them.
    """

    id: str
    name: str
    short: str = ""
    kind: str = "party"
    countries: tuple[str, ...] = ()
    founded: Bounds | None = None
    dissolved: Bounds | None = None
    living: bool = False
    first_known: date | None = None
    last_known: date | None = None
    years: str = ""
    url: str = ""
    order: int | None = None
    claims: bool = False
    members: int | None = None
    gaps: tuple[tuple[Bounds | None, Bounds | None], ...] = ()
    more_before: int = 0
    more_after: int = 0
    more_url: str = ""


def tidy(bodies: Iterable[Body], edges: Iterable[Edge]) -> tuple[dict[str, Body], list[Edge]]:
    """One body an id, and the edges that join two of them, both in an order of their own.

    The same data given in any order comes out the same, which is what makes a drawing stable.
    """
    known: dict[str, Body] = {}
    given = sorted(bodies, key=attrgetter("id"))
    if len({body.id for body in given}) < len(given):
        given.sort(key=lambda body: (body.id, repr(body)))
    for body in given:
        if body.id not in known:
            name, short = clean(body.name), clean(body.short)
            if (name, short) != (body.name, body.short):
                body = replace(body, name=name, short=short)
            known[body.id] = body
    wanted: dict[tuple[str, str, str], Edge] = {}
    for edge in sorted(edges, key=_edge_key):
        if edge.predecessor == edge.successor:
            continue
        if edge.predecessor in known and edge.successor in known:
            wanted.setdefault((edge.event, edge.predecessor, edge.successor), edge)
    return known, list(wanted.values())


def _edge_key(edge: Edge) -> tuple[object, ...]:
    return (
        edge.event,
        edge.predecessor,
        edge.successor,
        edge.kind,
        edge.earliest or date.min,
        edge.latest or date.max,
        edge.predecessor_continues,
        edge.successor_existed,
        edge.principal,
        edge.disputed,
    )


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """``text`` on one line, without the characters that XML can't hold."""
    if text.isprintable():
        return " ".join(text.split())
    kept = "".join(
        letter
        for letter in text
        if unicodedata.category(letter) not in _UNPRINTED or letter == "\n"
    )
    return " ".join(kept.replace("\ufffe", "").replace("\uffff", "").split())
