"""Which bodies existed on a date, under which names and in which internationals.

A date is what a reader names: a year, a month or a day; to exist at some time within it is enough.
What the record's own dates allow is *possible*, what none of them leaves open is *certain*. A body
of which no end is known is certain up to the last that a source says of it, and possible ever
after; one of which no beginning is known, possible from :data:`BEFORE` years before the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from lineage.dates import HistoricalDate
from lineage.graph import Edge
from lineage.models import Affiliation, Name, NameKind, Organisation, Succession
from lineage.models.derivation import edges_of
from lineage.models.organisation import LIVING_YEARS
from lineage.reading.details import detailed

BEFORE = LIVING_YEARS

Days = tuple[date | None, date | None]


class Life(NamedTuple):
    """When a body may have begun to exist and surely had, surely still did and may have still.

    Days; ``None`` for ``first`` and ``last`` is "no bound", for ``sure`` and ``until`` "never".
    """

    first: date | None
    sure: date | None
    until: date | None
    last: date | None

    def allows(self, start: date, end: date) -> bool:
        """Whether it may have existed at some time from ``start`` to ``end``."""
        begun = self.first is None or self.first <= end
        return begun and (self.last is None or self.last >= start)

    def proves(self, start: date, end: date) -> bool:
        """Whether it surely did."""
        if self.sure is None or self.until is None:
            return False
        if self.sure <= end and self.until >= start:
            return True
        # It began within that time, or it ended then, whatever the day.
        began = self.first is not None and start <= self.first and self.sure <= end
        return began or (self.last is not None and start <= self.until and self.last <= end)

    def is_remote(self, start: date) -> bool:
        """Whether what is surely known of it lies more than ten years before ``start``."""
        return self.until is not None and self.until < _years(start, -LIVING_YEARS)


NEVER = Life(date.max, None, None, date.min)


def life_of(row: Any, edges: Iterable[Edge], today: date, held: Iterable[date | None] = ()) -> Life:
    """The life of a body that :func:`~lineage.reading.details.detailed` fetched.

    ``edges`` are those that it stands at, ``held`` the days of memberships in it. A body of which
    nothing is dated has none.
    """
    own = [edge for edge in edges if edge.earliest or edge.latest]
    births = [one for one in own if one.successor == row.slug and not one.successor_existed]
    closings = [one for one in own if one.predecessor == row.slug and not one.predecessor_continues]
    begun = (row.founded_earliest, row.founded_latest) if row.founded else _first(births)
    ended = (row.dissolved_earliest, row.dissolved_latest) if row.dissolved else _last(closings)
    seen: list[date | None] = [day for one in own for day in (one.earliest, one.latest)]
    seen += [row.details.first_known, row.details.last_known, *held]
    seen += [row.active_earliest, row.active_latest, *(begun or ()), *(ended or ())]
    known = sorted(day for day in seen if day)
    if not known:
        return NEVER
    first = (begun and begun[0]) or _years(known[0], -BEFORE)
    sure = begun[1] if begun and begun[1] else known[0]
    if ended:
        return Life(first, sure, ended[0] or known[-1], ended[1])
    return Life(first, sure, today if row.living else known[-1], None)


def _first(edges: Iterable[Edge]) -> Days | None:
    """The bounds of the event that brought a body about."""
    one = min(edges, key=lambda edge: edge.order, default=None)
    return (one.earliest, one.latest) if one else None


def _last(edges: Iterable[Edge]) -> Days | None:
    """The bounds of the event that ended it."""
    one = max(edges, key=lambda edge: (edge.last, edge.order), default=None)
    return (one.earliest, one.latest) if one else None


def _years(day: date, years: int) -> date:
    return date(max(day.year + years, 1), 1, 1)


@dataclass(frozen=True, slots=True)
class Tie:
    """A membership that a date falls within; ``certain`` as of bodies."""

    row: Affiliation
    certain: bool


@dataclass(frozen=True, slots=True)
class Present:
    """A body that existed on a date: ``called`` is its name then, where that was another one.

    ``remote``: that it did is not certain, and no source speaks of it in the ten years before.
    """

    body: Any
    certain: bool
    remote: bool
    called: str
    ties: list[Tie]


def present(on: HistoricalDate, today: date) -> list[Present]:
    """The published bodies that may have existed on a date, by name. A constant number of queries.

    ``on`` has both bounds.
    """
    start, end = bounds(on)
    rows = Organisation.objects.published().by_name()
    rows = rows.filter(
        Q(founded_earliest=None) | Q(founded_earliest__lte=end),
        Q(dissolved_latest=None) | Q(dissolved_latest__gte=start),
    )
    near, held = edges_by_body(), days_of_members()
    lives = {}
    found = []
    for row in detailed(rows):
        life = life_of(row, near.get(row.slug, ()), today, held.get(row.pk, ()))
        if life.allows(start, end):
            lives[row.pk] = life
            found.append(row)
    called = _names(start, end)
    ties = _ties(start, end, lives)
    return [
        Present(
            row,
            certain=lives[row.pk].proves(start, end),
            remote=lives[row.pk].is_remote(start),
            called=called.get(row.pk, ""),
            ties=ties[row.pk],
        )
        for row in found
    ]


def bounds(on: HistoricalDate) -> tuple[date, date]:
    """The first and the last day of a date that has both."""
    if on.earliest is None or on.latest is None:
        raise ValueError(f"{on.text} is no year, month or day")
    return on.earliest, on.latest


def edges_by_body() -> Mapping[str, list[Edge]]:
    """The edges that readers may see, by the bodies that stand at them; one query."""
    near: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges_of(Succession.objects.published().order_by()):
        near[edge.predecessor].append(edge)
        near[edge.successor].append(edge)
    return near


def days_of_members() -> Mapping[int, list[date | None]]:
    """The days of memberships that readers may see, by the body that had the member; one query."""
    days: dict[int, list[date | None]] = defaultdict(list)
    rows = Affiliation.objects.published().order_by()
    columns = ("since_earliest", "since_latest", "until_earliest", "until_latest")
    for key, *found in rows.values_list("body_id", *columns):
        days[key] += found
    return days


def _names(start: date, end: date) -> dict[int, str]:
    """The official name that a body is known to have borne then, where it has a period."""
    rows = Name.objects.filter(kind=NameKind.OFFICIAL).exclude(since="", until="")
    rows = rows.filter(
        Q(since_earliest=None) | Q(since_earliest__lte=start),
        Q(until_latest=None) | Q(until_latest__gte=end),
    )
    columns = ("organisation", "organisation__name", "text")
    found: dict[int, str] = {}
    for key, own, text in rows.order_by("since_earliest", "pk").values_list(*columns):
        if text != own:
            found[key] = text
    return found


def _ties(start: date, end: date, lives: Mapping[int, Life]) -> Mapping[int, list[Tie]]:
    """The memberships of that time between bodies that existed, by the member."""
    rows = Affiliation.objects.published().select_related("organisation", "body")
    rows = rows.filter(
        Q(since_earliest=None) | Q(since_earliest__lte=end),
        Q(until_latest=None) | Q(until_latest__gte=start),
    ).order_by("body__folded", "organisation__folded", "role", "pk")
    found: dict[int, list[Tie]] = defaultdict(list)
    for row in rows:
        mine, other = lives.get(row.organisation_id), lives.get(row.body_id)
        if mine and other:
            since = row.since_latest if row.since else None
            until = row.until_earliest if row.until else None
            span = Life(row.since_earliest, since, until or since, row.until_latest)
            found[row.organisation_id].append(Tie(row, span.proves(start, end)))
    return found
