"""An international's sections through time: a matrix of country by period."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lineage import countries
from lineage.models import Affiliation, Organisation, Role
from lineage.reading.details import BELONGING, abbreviation, codes_of, detailed
from lineage.reading.presence import Life, days_of_members, edges_by_body, life_of

MOST = 12  # periods
STEPS = (1, 5, 10, 20)  # years that a period can last


@dataclass(frozen=True, slots=True)
class Period:
    """Some years, both included."""

    first: int
    last: int

    @property
    def words(self) -> str:
        if self.first == self.last:
            return str(self.first)
        return f"{self.first}–{self.last % 100:02}"

    @property
    def days(self) -> tuple[date, date]:
        return date(self.first, 1, 1), date(self.last, 12, 31)


@dataclass(frozen=True, slots=True)
class Entry:
    """A member in a cell: ``certain`` whether it surely was one at some time of the period."""

    row: Affiliation
    body: Any
    short: str
    certain: bool

    @property
    def sign(self) -> str:
        """The letter of a role other than section."""
        return SIGNS.get(self.row.role, "")


SIGNS: dict[str, str] = {Role.SYMPATHISING: "s", Role.OBSERVER: "o", Role.MEMBER: "m"}


@dataclass(slots=True)
class Line:
    """The row of a country: a list of members for each period, and those without a date."""

    code: str
    name: str
    cells: list[list[Entry]]
    undated: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Matrix:
    periods: list[Period]
    lines: list[Line]
    roles: dict[str, int]  # how many memberships there are of each, by its words

    @property
    def has_undated(self) -> bool:
        return any(line.undated for line in self.lines)


def sections_of(international: Organisation, today: date) -> Matrix:
    """Who belonged to an international when and as what. A constant number of queries."""
    ties = list(
        Affiliation.objects.published()
        .filter(body=international, role__in=BELONGING)
        .select_related("organisation")
        .order_by("organisation__folded", "organisation__slug", "since_earliest", "pk")
    )
    members = {row.pk: row for row in detailed(Organisation.objects.published().filter(
        pk__in=[international.pk, *(tie.organisation_id for tie in ties)]))}  # fmt: skip
    near, held = edges_by_body(), days_of_members()
    lives = {
        pk: life_of(row, near.get(row.slug, ()), today, held.get(pk, ()))
        for pk, row in members.items()
    }
    spans = {
        tie.pk: _span(tie, lives[tie.organisation_id], lives[international.pk]) for tie in ties
    }
    periods = _periods([one for one in spans.values() if one], today)
    lines: dict[str, Line] = {}
    roles: dict[str, int] = defaultdict(int)
    for tie in ties:
        body = members[tie.organisation_id]
        roles[tie.get_role_display()] += 1
        for code in codes_of(body) or [""]:
            name = countries.NAMES.get(code, code) or "No country known"
            line = lines.setdefault(code, Line(code, name, [[] for _ in periods]))
            _put(line, tie, body, spans[tie.pk], periods)
    ordered = sorted(lines.values(), key=lambda line: (not line.code, line.name))
    return Matrix(periods, ordered, dict(sorted(roles.items())))


def _put(line: Line, tie: Affiliation, body: Any, span: Life | None, periods: list[Period]) -> None:
    short = abbreviation(body) or body.name
    if span is None:
        line.undated.append(Entry(tie, body, short, certain=False))
        return
    for cell, period in zip(line.cells, periods, strict=True):
        if span.allows(*period.days):
            cell.append(Entry(tie, body, short, certain=span.proves(*period.days)))


def _span(tie: Affiliation, member: Life, whole: Life) -> Life | None:
    """When a membership may have begun and surely had, surely lasted and may have lasted.

    An end that no source gives lies no later than the last that is known of the two bodies.
    ``None`` where neither its beginning nor its end is dated.
    """
    if not tie.since and not tie.until:
        return None
    ends = [one.last or one.until for one in (member, whole)]
    limit = min((day for day in ends if day), default=None)
    known = [tie.since_latest, tie.since_earliest, tie.until_earliest, tie.until_latest]
    dated = [day for day in known if day]
    begins = [one.first for one in (member, whole) if one.first]
    first = tie.since_earliest or max(begins, default=None)
    sure = tie.since_latest or dated[0]
    if tie.until:
        return Life(first, sure, tie.until_earliest or sure, tie.until_latest)
    return Life(first, sure, sure, max(limit or sure, sure))


def _periods(spans: list[Life], today: date) -> list[Period]:
    """At most a dozen periods from the first to the last year of some memberships."""
    firsts = [day.year for one in spans for day in (one.first, one.sure) if day]
    lasts = [min(day, today).year for one in spans for day in (one.last, one.until) if day]
    if not firsts:
        return []
    first, last = min(firsts), max([*lasts, *firsts])
    for step in STEPS:
        start = first // step * step
        if (last - start) // step < MOST or step == STEPS[-1]:
            break
    return [Period(year, year + step - 1) for year in range(start, last + 1, step)]
