"""What of a family, or of the movement, a chart shows: by kinship, country, kind, international.

The graph is read whole, in a few columns; the bodies themselves only where they are shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from lineage import countries
from lineage.graph import Lineage
from lineage.models import (
    Affiliation,
    CountryPeriod,
    Organisation,
    OrganisationKind,
    Status,
    Succession,
)
from lineage.models.derivation import edges_of
from lineage.reading.details import TELLING, detailed, told
from lineage.reading.families import Family, among, dates_of, hidden, scope_of
from lineage.reading.kin import ANCESTORS, BOTH, DESCENDANTS

ALL = "all"  # the whole family, not only kin through time
DIRECTIONS = (ANCESTORS, DESCENDANTS, BOTH, ALL)
LONGEST = 3000  # bodies that one chart shows
LARGE = 500  # bodies of a family above which its chart begins with an excerpt
GENERATIONS = 3  # of kin in that excerpt, or fewer where they would be too many


@dataclass(frozen=True)
class Wish:
    """What a reader wants to see. Within a field any value will do, the fields hold together.

    ``opened`` are bodies whose predecessors and successors are shown whatever else is asked.
    """

    direction: str = ""
    depth: int | None = None
    countries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    internationals: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether it asks for bodies of some sort."""
        return bool(self.countries or self.kinds or self.internationals)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter offers, and how many bodies it would find."""

    value: str
    label: str
    number: int
    chosen: bool


@dataclass(frozen=True)
class Excerpt:
    """The bodies shown, of how many, and why these: ``wish`` is what was followed in the end."""

    family: Family
    wish: Wish
    shown: int
    total: int
    body: Organisation | None = None
    offers: dict[str, list[Choice]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # of internationals, by id

    @property
    def too_many(self) -> bool:
        """Whether there are more than one chart shows; the family is then empty."""
        return self.shown > LONGEST

    @property
    def title(self) -> str:
        """What a chart of it is called."""
        if self.body:
            return f"{self.body.name} and its family"
        if self.wish.countries:
            return f"The movement in {_places(self.wish.countries)}"
        return "The whole movement"

    @property
    def words(self) -> str:
        """What is shown of what: ``"41 of 212 bodies: descendants to 3 generations"``."""
        of = "of the family" if self.body else "of the movement"
        if self.shown == self.total:
            return f"All {_bodies(self.total)} {of}" if self.total > 1 else f"One body {of}"
        told = "; ".join(part for part in self._parts() if part)
        return f"{self.shown:,} of {_bodies(self.total)}{': ' if told else ''}{told}"

    def _parts(self) -> Iterable[str]:
        wish = self.wish
        if wish.direction == ALL and wish.depth:
            yield f"up to {_number(wish.depth, 'step')} away, in any direction"
        elif wish.direction and wish.direction != ALL:
            to = f" to {_number(wish.depth, 'generation')}" if wish.depth else ""
            yield f"{_DIRECTIONS[wish.direction]}{to}"
        if wish.countries:
            yield f"in {_places(wish.countries)}"
        if wish.kinds:
            kinds = _either(OrganisationKind(kind).label.lower() for kind in wish.kinds)
            yield f"of the kind {kinds}"
        if wish.internationals:
            names = _either(self.names[slug] for slug in wish.internationals)
            yield f"{names}, with those that belonged to it at any time"
        if wish.opened:
            yield f"and what is next to {_number(len(wish.opened), 'body', 'bodies')} opened"


_DIRECTIONS = {
    ANCESTORS: "ancestors",
    DESCENDANTS: "descendants",
    BOTH: "ancestors and descendants",
}


def _number(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _bodies(number: int) -> str:
    return _number(number, "body", "bodies")


def _places(codes: Iterable[str]) -> str:
    return _either(map(countries.in_a_sentence, codes))


def _either(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


class UnknownBodyError(Exception):
    """A body that is asked for by its id is not in the record that readers see."""


@dataclass
class _Universe:
    """A family or the movement in a few columns."""

    lineage: Lineage
    bodies: Collection[str]  # their ids
    kinds: dict[str, str]  # of each body, by its id; empty where nobody asks
    edges: Any
    of: dict[str, Any]  # what finds the bodies among all


def excerpt_of(body: Organisation | None, wish: Wish, *, told: bool = False) -> Excerpt:
    """What a reader wants to see of a body's family, or of the movement; it keeps the body itself.

    ``told`` adds what a page says beside the drawing: dates of events, and what filters offer. One
    query of a family, two of the movement; six if there is something to show; one for each kind of
    filter; three if ``told``.
    :class:`UnknownBodyError` names an international or an opened body that is not there.
    """
    all_there = _universe(body, kinds=bool(wish.kinds) or told)
    names = _names(wish)
    held = _countries(all_there) if wish.countries or told else {}
    ties = _ties(all_there, wish) if wish.internationals or told else {}
    found = set(all_there.bodies)
    total = len(found)
    if body is not None:
        wish, found = _near(all_there.lineage, body, wish, found)
    wanted = {
        slug
        for slug in found
        if _matches(wish.countries, held.get(slug, ()))
        and _matches(wish.kinds, (all_there.kinds.get(slug, ""),))
        and _matches(wish.internationals, {slug, *ties.get(slug, ())})
    }
    if body is not None:
        wanted.add(body.slug)
    wanted |= _opened(all_there, wish)
    shown = len(wanted)
    family = Family({}, Lineage([]))
    if 0 < shown <= LONGEST:
        scope = scope_of(body) if shown == total else ""
        family = _family(all_there, wanted, scope, dated=told)
    offers = _offers(all_there, wish, held, ties) if told else {}
    return Excerpt(family, wish, shown, total, body, offers, names)


def _universe(body: Organisation | None, *, kinds: bool) -> _Universe:
    seen = Succession.objects.published()
    if body is None:
        rows = Organisation.objects.published().order_by()
        found = dict(rows.values_list("slug", "kind"))
        return _Universe(Lineage(edges_of(seen.order_by())), found, found, seen, {})
    of = {"family": body.family}
    seen = seen.filter(predecessor__family=body.family)
    lineage = Lineage(edges_of(seen.order_by()))
    # The stored family also joins bodies through drafts, which readers don't see.
    mine = next(part for part in lineage.components([body.slug]) if body.slug in part)
    found = {}
    if kinds:
        rows = Organisation.objects.published().filter(**of).order_by()
        found = {slug: kind for slug, kind in rows.values_list("slug", "kind") if slug in mine}
    return _Universe(lineage, mine, found, seen, of)


def _family(all_there: _Universe, wanted: set[str], scope: str, *, dated: bool) -> Family:
    rows = Organisation.objects.published().filter(**all_there.of).order_by("slug")
    if 2 * len(wanted) < len(all_there.bodies):
        rows = rows.filter(slug__in=sorted(wanted))
    return Family(
        {row.slug: row for row in detailed(rows) if row.slug in wanted},
        Lineage(among(all_there.lineage.edges, wanted)),
        dates_of(all_there.edges.order_by()) if dated else {},
        hidden(all_there.lineage, wanted),
        scope,
    )


def _near(
    lineage: Lineage, body: Organisation, wish: Wish, found: set[str]
) -> tuple[Wish, set[str]]:
    """The kin that is asked for; of a large family the nearest, where nothing is."""
    if wish.depth and not wish.direction:
        wish = replace(wish, direction=BOTH)
    if not wish.direction and not wish.filtered and len(found) > LARGE:
        for depth in range(GENERATIONS, 0, -1):
            near = replace(wish, direction=BOTH, depth=depth)
            reached = _reached(lineage, body.slug, near)
            if len(reached) <= LARGE or depth == 1:
                return near, reached
    if wish.direction in ("", ALL) and not wish.depth:
        return wish, found
    return wish, _reached(lineage, body.slug, wish)


def _reached(lineage: Lineage, slug: str, wish: Wish) -> set[str]:
    if wish.direction == ALL:
        return _within(lineage, slug, wish.depth or 0)
    walks = {
        ANCESTORS: lineage.ancestors,
        DESCENDANTS: lineage.descendants,
        BOTH: lineage.relatives,
    }
    return {slug} | {relative.id for relative in walks[wish.direction](slug, wish.depth)}


def _within(lineage: Lineage, slug: str, steps: int) -> set[str]:
    """The bodies that so many edges lead to, whichever way they point."""
    reached = frontier = {slug}
    for _ in range(steps):
        frontier = {near for one in frontier for near in _next_to(lineage, one)} - reached
        reached = reached | frontier
    return reached


def _next_to(lineage: Lineage, slug: str) -> set[str]:
    return {edge.predecessor for edge in lineage.preceding.get(slug, ())} | {
        edge.successor for edge in lineage.following.get(slug, ())
    }


def _opened(all_there: _Universe, wish: Wish) -> set[str]:
    there = [slug for slug in wish.opened if slug in all_there.bodies]
    return {near for slug in there for near in (slug, *_next_to(all_there.lineage, slug))}


def _matches(wanted: tuple[str, ...], held: Iterable[str]) -> bool:
    return not wanted or any(value in wanted for value in held)


def _names(wish: Wish) -> dict[str, str]:
    """The names of the bodies that are asked for by their ids."""
    asked = {*wish.internationals, *wish.opened}
    if not asked:
        return {}
    rows = Organisation.objects.published().filter(slug__in=sorted(asked)).order_by()
    names = dict(rows.values_list("slug", "name"))
    for slug in sorted(asked):
        if slug not in names:
            raise UnknownBodyError(slug)
    return names


def _countries(all_there: _Universe) -> dict[str, set[str]]:
    """The countries of each body, at any time."""
    rows = CountryPeriod.objects.filter(
        organisation__status=Status.PUBLISHED,
        **{f"organisation__{name}": value for name, value in all_there.of.items()},
    )
    found: dict[str, set[str]] = defaultdict(set)
    for slug, code in rows.order_by().values_list("organisation__slug", "country").distinct():
        if slug in all_there.bodies:
            found[slug].add(code)
    return found


def _ties(all_there: _Universe, wish: Wish) -> dict[str, dict[str, Organisation]]:
    """To which internationals each body belonged at any time, by their ids."""
    rows = Affiliation.objects.published().filter(
        **{f"organisation__{name}": value for name, value in all_there.of.items()}
    )
    found: dict[str, dict[str, Organisation]] = defaultdict(dict)
    columns = ("organisation__slug", *(f"body__{name}" for name in TELLING))
    for slug, *values in rows.order_by().values_list(*columns).distinct():
        to = told(values)
        international = to.kind == OrganisationKind.INTERNATIONAL
        if slug in all_there.bodies and (international or to.slug in wish.internationals):
            found[slug][to.slug] = to
    return found


def _offers(
    all_there: _Universe,
    wish: Wish,
    held: dict[str, set[str]],
    ties: dict[str, dict[str, Organisation]],
) -> dict[str, list[Choice]]:
    """What each filter finds in the family or the movement, by its label; kinds in their order."""
    codes = Counter(code for some in held.values() for code in some)
    kinds = Counter(all_there.kinds.values())
    bodies = {to: body for some in ties.values() for to, body in some.items()}
    bearers = Counter(body.name for body in bodies.values())
    members = Counter(to for some in ties.values() for to in some)
    return {
        "country": sorted(
            (
                Choice(code, countries.NAMES.get(code, code), number, code in wish.countries)
                for code, number in codes.items()
            ),
            key=lambda one: one.label,
        ),
        "kind": [
            Choice(kind.value, kind.label, kinds[kind.value], kind.value in wish.kinds)
            for kind in OrganisationKind
            if kinds[kind.value] or kind.value in wish.kinds
        ],
        "international": sorted(
            (
                Choice(
                    to,
                    str(bodies[to]) if bearers[bodies[to].name] > 1 else bodies[to].name,
                    number + (to in all_there.bodies),
                    to in wish.internationals,
                )
                for to, number in members.items()
            ),
            key=lambda one: (one.label.casefold(), one.value),
        ),
    }
