"""How two bodies are related: where their lines meet, the ways there, and both in a sentence.

Descent comes first. Where none joins the two, the internationals that both belonged to do, or
those whose lines meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from lineage.graph import Edge, Lineage
from lineage.models import (
    Affiliation,
    ChangeEvent,
    ChangeKind,
    Organisation,
    OrganisationKind,
    Succession,
)
from lineage.models.derivation import edges_of
from lineage.reading.details import BELONGING
from lineage.reading.homonyms import Homonyms, aside
from lineage.reading.moments import when
from lineage.reading.sentences import Part, listed

STEPS = 4  # bodies on the way that a sentence names
KINDS = {
    ChangeKind.SPLIT: "split",
    ChangeKind.MERGER: "merger",
    ChangeKind.RENAME: "change of name",
    ChangeKind.CONTINUATION: "continuation",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence as words and bodies, to be linked."""

    parts: tuple[Part, ...]

    def words(self, apart: Homonyms) -> str:
        return "".join(
            part if isinstance(part, str) else part.name + aside(part, apart) for part in self.parts
        )


@dataclass(slots=True)
class Relation:
    """``paths`` are walks of edges, oldest first; ``bodies`` and ``events`` all that they name.

    ``through`` are the internationals that joined the two where descent does not: pairs of the
    one that the first belonged to and the one that the second did, equal where it is the same.
    """

    one: Organisation
    other: Organisation
    meetings: list[str] = field(default_factory=list)
    paths: list[list[Edge]] = field(default_factory=list)
    bodies: dict[str, Organisation] = field(default_factory=dict)
    events: dict[str, ChangeEvent] = field(default_factory=dict)
    through: list[tuple[Affiliation | None, Affiliation | None]] = field(default_factory=list)
    beyond: Relation | None = None
    told: list[Told] = field(default_factory=list)

    @property
    def shown(self) -> set[str]:
        """The bodies of its chart."""
        slugs = {self.one.slug, self.other.slug, *self.meetings}
        slugs |= {
            slug for path in self.paths for e in path for slug in (e.predecessor, e.successor)
        }
        return slugs | (self.beyond.shown if self.beyond else set())

    @property
    def steps(self) -> list[list[Edge]]:
        """Every way that was found, those between internationals included."""
        return self.paths + (self.beyond.steps if self.beyond else [])

    def sentence(self, apart: Homonyms) -> str:
        return " ".join(one.words(apart) for one in self.told)


def relation(one: Organisation, other: Organisation) -> Relation:
    """How two different bodies are related. A constant number of queries."""
    found = _descent(one, other, _lineage([one, other]))
    if not found.paths:
        _through_internationals(found)
    _name(found)
    found.told = [*_told(found)]
    return found


def _lineage(bodies: Iterable[Organisation]) -> Lineage:
    families = {body.family for body in bodies}
    seen = Succession.objects.published().filter(predecessor__family__in=families)
    return Lineage(edges_of(seen.order_by()))


def _descent(one: Organisation, other: Organisation, lineage: Lineage) -> Relation:
    found = Relation(one, other)
    if one.family == other.family:
        found.meetings = lineage.meetings(one.slug, other.slug)
        found.paths = lineage.paths(one.slug, other.slug)
    return found


def _through_internationals(found: Relation) -> None:
    """The internationals that both belonged to, else the two whose lines meet nearest."""
    ties: dict[int, list[Affiliation]] = defaultdict(list)
    rows = (
        Affiliation.objects.published()
        .filter(
            organisation__in=[found.one.pk, found.other.pk],
            body__kind=OrganisationKind.INTERNATIONAL,
            role__in=BELONGING,
        )
        .select_related("body", "organisation")
        .order_by("since_earliest", "body__slug", "pk")
    )
    for row in rows:
        ties[row.organisation_id].append(row)
    mine, theirs = _first_of_each(ties[found.one.pk]), _first_of_each(ties[found.other.pk])
    # An international is joined to a body that belonged to it, and to what its own line meets.
    mine.setdefault(found.one.pk, None)
    theirs.setdefault(found.other.pk, None)
    found.through = [(mine[key], theirs[key]) for key in mine if key in theirs]
    if found.through:
        return
    pairs = [
        (tie.body if tie else found.one, back.body if back else found.other)
        for tie in mine.values()
        for back in theirs.values()
    ]
    lineage = _lineage([body for pair in pairs for body in pair])
    ways = [_descent(first, second, lineage) for first, second in pairs]
    near = min(
        (way for way in ways if way.paths),
        key=lambda way: (sum(map(len, way.paths)), way.one.slug, way.other.slug),
        default=None,
    )
    if near is not None:
        found.beyond = near
        found.through = [(mine[near.one.pk], theirs[near.other.pk])]


def _first_of_each(ties: Iterable[Affiliation]) -> dict[int, Affiliation | None]:
    first: dict[int, Affiliation | None] = {}
    for tie in ties:
        first.setdefault(tie.body_id, tie)
    return first


def _name(found: Relation) -> None:
    """Fetch the bodies and events that the ways name; two queries."""
    for one in (found, found.beyond):
        if one is not None:
            one.bodies = {row.slug: row for row in Organisation.objects.filter(slug__in=one.shown)}
            named = {edge.event for path in one.steps for edge in path}
            one.events = {row.slug: row for row in ChangeEvent.objects.filter(slug__in=named)}


def _told(found: Relation) -> Iterable[Told]:
    if found.paths:
        yield from (_of_meeting(found, meeting) for meeting in found.meetings)
        return
    none = " are joined by no line of descent that the record knows"
    yield _capital([*listed([found.one, found.other]), none])
    yield from (_membership(found, tie, back) for tie, back in found.through)
    if found.beyond:
        yield from _told(found.beyond)


def _of_meeting(found: Relation, meeting: str) -> Told:
    one, other, body = found.one, found.other, found.bodies[meeting]
    down = [_between(found.paths, meeting, end.slug) for end in (one, other)]
    if meeting in (one.slug, other.slug):
        late, way = (other, down[1]) if meeting == one.slug else (one, down[0])
        if way:
            return _capital([*_the(late), " descends from ", *_the(body), *_way(found, way)])
        up = _between(found.paths, late.slug, meeting)
        return _capital([*_the(late), " led to ", *_the(body), *_way(found, up)])
    if any(down):
        ways, head = down, "Both descend from "
    else:
        ways = [_between(found.paths, end.slug, meeting) for end in (one, other)]
        head = "Both led to "
    first = [*_the(one), *_way(found, ways[0])]
    return Told((head, *_the(body), ": ", *first, "; ", *_the(other), *_way(found, ways[1]), "."))


def _between(paths: Iterable[list[Edge]], start: str, end: str) -> list[Edge]:
    """The way from one body to another, oldest first; empty where there is none."""
    return next((p for p in paths if (p[0].predecessor, p[-1].successor) == (start, end)), [])


def _way(found: Relation, path: list[Edge]) -> list[Part]:
    """``by the split in 1953``; ``by way of A (split in 1953), then the merger in 1963``."""
    if len(path) == 1:
        return [f" by the {_change(found, path[0])}"]
    parts: list[Part] = [" by way of "]
    between = path[:-1]
    for position, edge in enumerate(between[:STEPS]):
        if position:
            parts.append(" and " if position == len(between) - 1 else ", ")
        parts += [*_the(found.bodies[edge.successor]), f" ({_change(found, edge)})"]
    if len(between) > STEPS:
        left = len(between) - STEPS
        parts.append(f" and {left} more bod{'y' if left == 1 else 'ies'}")
    return [*parts, f", then the {_change(found, path[-1])}"]


def _change(found: Relation, edge: Edge) -> str:
    return f"{KINDS[ChangeKind(edge.kind)]}{when(found.events[edge.event].date)}"


def _membership(found: Relation, tie: Affiliation | None, back: Affiliation | None) -> Told:
    """``Both belonged to X``; ``A belonged to X, and B to Y``; ``B belonged to A``."""
    if tie and back and tie.body_id == back.body_id:
        return _capital(["Both belonged to ", *_the(tie.body)])
    if tie and back:
        first = [*_the(found.one), " belonged to ", *_the(tie.body)]
        return _capital([*first, ", and ", *_the(found.other), " to ", *_the(back.body)])
    only = tie or back
    if only is None:
        return Told(("Both are internationals.",))
    return _capital([*_the(only.organisation), " belonged to ", *_the(only.body)])


def _the(body: Organisation) -> list[Part]:
    return listed([body])


def _capital(parts: list[Part]) -> Told:
    """The parts as a sentence, with a capital at its head and a full stop at its end."""
    first, *rest = parts
    head = first[:1].upper() + first[1:] if isinstance(first, str) else first
    return Told((head, *rest, "."))
