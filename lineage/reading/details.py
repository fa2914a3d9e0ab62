"""What charts and lists tell of a body, fetched for many at once.

Plain rows, where a queryset's prefetching would make an instance of each: on a chart of 150 bodies
that took a third of the whole view.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from lineage import countries
from lineage.chart import Body
from lineage.models import (
    Account,
    Affiliation,
    CountryPeriod,
    Fact,
    FactKind,
    Name,
    NameKind,
    Organisation,
    OrganisationKind,
    Role,
)
from lineage.models.organisation import OrganisationQuerySet
from lineage.text import fold

# What is a part of an international, in the order of the vocabulary.
BELONGING = (Role.SECTION, Role.SYMPATHISING, Role.OBSERVER, Role.MEMBER)
# What the words that stand for a body are made of.
TELLING = ("slug", "name", "kind", "founded", "dissolved", "active", "active_latest")
# What dates a row, in the order in which :func:`_period` takes it.
DATED = ("since", "since_earliest", "since_latest", "until", "until_earliest", "until_latest")

Bounds = tuple[date | None, date | None]


class Named(NamedTuple):
    """One of a body's names; ``until_latest`` is None where it may be borne to this day."""

    text: str
    kind: str
    language: str
    folded: str
    until_latest: date | None

    @property
    def label(self) -> str:
        """What kind of name it is, in words."""
        return NameKind(self.kind).label


class Tie(NamedTuple):
    """A body's time in an international; a bound that is no date is None for the pair."""

    to: Organisation
    since: Bounds | None
    until: Bounds | None


@dataclass(slots=True)
class Details:
    """What hangs on a body: names, countries in their order, times in internationals, the bounds
    of when it stopped being active and began again, the parties whose accounts speak of it, the
    days between which its facts and memberships speak of it, the most members it is known for.
    """

    names: list[Named] = field(default_factory=list)
    countries: dict[str, None] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    gaps: list[tuple[Bounds | None, Bounds | None]] = field(default_factory=list)
    tellers: set[str] = field(default_factory=set)
    first_known: date | None = None
    last_known: date | None = None
    members: int | None = None

    def saw(self, first: date | None, *last: date | None) -> None:
        """Take note of the days of a dated statement."""
        self.first_known = min(filter(None, (self.first_known, first)), default=None)
        self.last_known = max(filter(None, (self.last_known, *last)), default=None)


def detailed(rows: OrganisationQuerySet) -> list[Any]:
    """The published bodies of a queryset in its order, each with :class:`Details` as ``details``.

    Six queries, whatever their number.
    """
    found: list[Any] = list(rows.with_first_change())
    held: dict[int, Details] = defaultdict(Details)
    mine: Any = {"organisation__in": rows.order_by().values("pk")}
    for key, *name in (
        Name.objects.filter(**mine).order_by("pk").values_list("organisation_id", *Named._fields)
    ):
        held[key].names.append(Named(*name))
    periods = CountryPeriod.objects.filter(**mine).order_by("country", "since")
    for key, code in periods.values_list("organisation_id", "country"):
        held[key].countries[code] = None
    _memberships(held, mine)
    _facts(held, mine)
    claims = Account.objects.of_bodies(mine["organisation__in"])
    for key, teller in claims.order_by().values_list("subject_id", "organisation__slug"):
        held[key].tellers.add(teller or "")
    for row in found:
        row.details = held[row.pk]
    return found


def _memberships(held: dict[int, Details], mine: dict[str, Any]) -> None:
    known: dict[str, Organisation] = {}
    columns = ("organisation_id", "role", *DATED, *(f"body__{name}" for name in TELLING))
    rows = Affiliation.objects.published().filter(**mine).order_by("pk")
    for key, role, *rest in rows.values_list(*columns):
        dated, to = rest[: len(DATED)], rest[len(DATED) :]
        held[key].saw(dated[1])
        slug, _name, kind, *_rest = to
        if kind == OrganisationKind.INTERNATIONAL and role in BELONGING:
            if slug not in known:
                known[slug] = told(to)
            held[key].ties.append(Tie(known[slug], *_period(*dated)))


def _facts(held: dict[int, Details], mine: dict[str, Any]) -> None:
    rows = Fact.objects.filter(**mine).order_by("pk")
    for key, kind, number, *dated in rows.values_list("organisation_id", "kind", "number", *DATED):
        one = held[key]
        one.saw(dated[1], dated[2], dated[5])
        if kind == FactKind.INACTIVE:
            one.gaps.append(_period(*dated))
        elif kind == FactKind.MEMBERS and number is not None:
            one.members = max(int(number), one.members or 0)


def _period(
    since: str,
    first: date | None,
    first_latest: date | None,
    until: str,
    last: date | None,
    last_latest: date | None,
) -> tuple[Bounds | None, Bounds | None]:
    """The bounds of a beginning and of an end; None for what is not dated."""
    return (first, first_latest) if since else None, (last, last_latest) if until else None


def told(values: Iterable[Any]) -> Organisation:
    """A body of which only the columns of :data:`TELLING` were fetched."""
    return Organisation(**dict(zip(TELLING, values, strict=True)))


def body_of(row: Any) -> Body:
    """What the chart is told of an organisation that :func:`detailed` fetched."""
    details: Details = row.details
    last = [day for day in (details.last_known, row.active_latest) if day is not None]
    return Body(
        id=row.slug,
        name=row.name,
        short=abbreviation(row),
        kind=row.kind,
        countries=tuple(sorted(details.countries)),
        founded=(row.founded_earliest, row.founded_latest) if row.founded else None,
        dissolved=(row.dissolved_earliest, row.dissolved_latest) if row.dissolved else None,
        living=row.living,
        first_known=details.first_known,
        last_known=max(last, default=None),
        years=row.years,
        url=row.get_absolute_url(),
        claims=bool(details.tellers),
        gaps=tuple(details.gaps),
        members=details.members,
    )


def abbreviation(row: Any) -> str:
    """The abbreviation that stands for a body that :func:`detailed` fetched, or nothing.

    Of an international, which has one in many languages, an English one. Then one that it did not
    give up, else the one that it gave up last; one in the letters of the name that pages call it
    by; one that abbreviates that name; and of those the fullest. Never the first that was stored:
    the same record reads the same however it was loaded.
    """
    foreign = row.kind == OrganisationKind.INTERNATIONAL

    def rank(name: Named) -> tuple[Any, ...]:
        return (
            foreign and name.language not in ("en", ""),
            -(name.until_latest or date.max).toordinal(),
            name.folded.isascii() != row.folded.isascii(),
            not _abbreviates(name.text, row.name),
            -len(name.text),
            name.text,
        )

    short = [name for name in row.details.names if name.kind == NameKind.ABBREVIATION]
    return min(short, key=rank).text if short else ""


def _abbreviates(short: str, name: str) -> bool:
    """Whether the letters are beginnings of the words of a name, in their order: ``PdA``, ``SAct``.

    Words may be left out; signs and digits (``L5I``) are no letters.
    """
    letters = "".join(filter(str.isalpha, fold(short)))
    reached = {0}
    for word in map(fold, re.findall(r"\w+", name)):
        for at in tuple(reached):
            for letter in word:
                if letters[at : at + 1] != letter:
                    break
                at += 1
                reached.add(at)
    return len(letters) in reached


def place_words(row: Any) -> str:
    """Where a body worked: ``"India, Sri Lanka"``."""
    return ", ".join(countries.NAMES.get(code, code) for code in codes_of(row))


def codes_of(row: Any) -> Iterable[str]:
    """The codes of the countries that a body worked in, each once, in their order. Its country
    periods are asked for where :func:`detailed` did not fetch them.
    """
    details: Details | None = row.__dict__.get("details")
    if details is not None:
        return details.countries
    return dict.fromkeys(period.country for period in row.country_periods.all())
