"""Families as readers see them: the bodies, their edges, the chart and the nested lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max, Prefetch, QuerySet

from lineage import countries, dates
from lineage.chart import Body, Chart, draw
from lineage.graph import Edge, Lineage
from lineage.models import (
    Account,
    Name,
    NameKind,
    Organisation,
    OrganisationKind,
    Succession,
)
from lineage.models.derivation import edges_of
from lineage.reading.kin import ANCESTORS, BOTH, DESCENDANTS, lineage_of


@dataclass(frozen=True)
class Family:
    """Bodies that readers may see, and the edges among them."""

    organisations: dict[str, Organisation]
    lineage: Lineage

    def chart(self, today: date, focus: str | None = None, title: str = "") -> Chart:
        """The family on a time axis."""
        return draw(
            [body_of(row) for row in self.organisations.values()],
            self.lineage.edges,
            today=today,
            focus=focus,
            title=title,
            country_names=countries.NAMES,
        )

    def forest(self) -> list[Branch]:
        """The principal lines as nested lists, oldest first; every body stands once."""
        parents = self.lineage.parents
        births = self._births()
        below: dict[str | None, list[str]] = defaultdict(list)
        for slug in self.organisations:
            parent = parents.get(slug)
            below[parent if parent in self.organisations else None].append(slug)

        branches: dict[str, Branch] = {}
        waiting = list(below[None])
        ordered = []
        while waiting:
            slug = waiting.pop()
            ordered.append(slug)
            waiting.extend(below.get(slug, ()))
        for slug in reversed(ordered):
            children = [branches[child] for child in below.get(slug, ())]
            branches[slug] = Branch(
                self.organisations[slug],
                births.get((parents.get(slug), slug)),
                sorted(children, key=lambda branch: branch.age),
                self._other_edges(slug, parents.get(slug)),
            )
        roots = [branches[slug] for slug in below[None]]
        return sorted(roots, key=lambda branch: branch.age)

    def _births(self) -> dict[tuple[str | None, str], Edge]:
        found: dict[tuple[str | None, str], Edge] = {}
        for edge in self.lineage.births:
            found.setdefault((edge.predecessor, edge.successor), edge)
        return found

    def _other_edges(self, slug: str, parent: str | None) -> list[tuple[Edge, Organisation]]:
        """Edges into a body beside its principal line: what joined it, and when."""
        own = self._births().get((parent, slug)) if parent else None
        return [
            (edge, self.organisations[edge.predecessor])
            for edge in self.lineage.preceding.get(slug, ())
            if edge != own and edge.predecessor in self.organisations
        ]


@dataclass(slots=True)
class Branch:
    """A body in the nested lists: by which edge it came, what came of it, what else joined it."""

    organisation: Organisation
    edge: Edge | None
    children: list[Branch] = field(default_factory=list)
    joined: list[tuple[Edge, Organisation]] = field(default_factory=list)

    @property
    def age(self) -> tuple[date, str]:
        """What orders it among its siblings: its first known day, or that of its branch."""
        known = (
            self.organisation.founded_earliest
            or (self.edge and self.edge.earliest)
            or self.organisation.founded_latest
            or min((child.age[0] for child in self.children), default=date.max)
        )
        return known, self.organisation.slug

    @property
    def when(self) -> str:
        """The date of the edge in words."""
        return edge_words(self.edge) if self.edge else ""


def edge_words(edge: Edge) -> str:
    """The year, or years, in which an edge falls; empty where it has no date."""
    if edge.earliest is None or edge.latest is None:
        return ""
    if edge.earliest.year == edge.latest.year:
        return str(edge.earliest.year)
    return f"{edge.earliest.year}–{edge.latest.year}"


def for_charts(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """With what a chart tells of a body, in a constant number of queries."""
    return organisations.annotate(
        last_fact=Max("facts__since_latest"),
        last_fact_end=Max("facts__until_latest"),
    ).prefetch_related(
        "country_periods",
        Prefetch(
            "names",
            Name.objects.order_by("pk"),
            to_attr="all_names",
        ),
        Prefetch("accounts", Account.objects.published().order_by("pk"), to_attr="claims"),
    )


def whole() -> Family:
    """Every body that readers may see."""
    rows = for_charts(Organisation.objects.published()).order_by("slug")
    return _family(rows, edges_of(Succession.objects.published().order_by()))


def family_of(organisation: Organisation) -> Family:
    """The connected part of the visible graph that a body stands in.

    The stored family also joins bodies through drafts; those readers don't see.
    """
    edges = edges_of(
        Succession.objects.published().filter(predecessor__family=organisation.family).order_by()
    )
    lineage = Lineage(edges)
    mine = next(
        (part for part in lineage.components([organisation.slug]) if organisation.slug in part),
        {organisation.slug},
    )
    rows = for_charts(Organisation.objects.published().filter(family=organisation.family))
    kept = [edge for edge in edges if edge.predecessor in mine]
    return _family((row for row in rows.order_by("slug") if row.slug in mine), kept)


def excerpt(organisation: Organisation, direction: str, depth: int | None = None) -> Family:
    """A body with its ancestors, its descendants or both, to a depth."""
    lineage = lineage_of(organisation, direction)
    walks = {
        ANCESTORS: lineage.ancestors,
        DESCENDANTS: lineage.descendants,
        BOTH: lineage.relatives,
    }
    reached = {organisation.slug} | {
        relative.id for relative in walks[direction](organisation.slug, depth)
    }
    rows = for_charts(Organisation.objects.published().filter(family=organisation.family))
    kept = [
        edge for edge in lineage.edges if edge.predecessor in reached and edge.successor in reached
    ]
    return _family((row for row in rows.order_by("slug") if row.slug in reached), kept)


def internationals() -> Family:
    """The internationals, and the edges among them."""
    rows = Organisation.objects.published().filter(kind=OrganisationKind.INTERNATIONAL)
    edges = Succession.objects.published().filter(
        predecessor__kind=OrganisationKind.INTERNATIONAL,
        successor__kind=OrganisationKind.INTERNATIONAL,
    )
    return _family(for_charts(rows).order_by("slug"), edges_of(edges.order_by()))


def of_bodies(slugs: set[str]) -> Family:
    """Some bodies, and the edges among them."""
    rows = Organisation.objects.published().filter(slug__in=slugs)
    edges = Succession.objects.published().filter(
        predecessor__slug__in=slugs, successor__slug__in=slugs
    )
    return _family(for_charts(rows).order_by("slug"), edges_of(edges.order_by()))


def around(family: Family, body: Organisation, depth: int = 3) -> Family:
    """The part of a family that is kin of a body, to a few generations."""
    near = {relative.id for relative in family.lineage.relatives(body.slug, depth)} | {body.slug}
    return _family(
        (row for slug, row in family.organisations.items() if slug in near),
        (
            edge
            for edge in family.lineage.edges
            if edge.predecessor in near and edge.successor in near
        ),
    )


def branch_of(family: Family, body: Organisation) -> Branch:
    """A body's own branch of the nested lists."""
    waiting = family.forest()
    while waiting:
        branch = waiting.pop()
        if branch.organisation.slug == body.slug:
            return branch
        waiting.extend(branch.children)
    return Branch(body, None)


def _family(rows: Iterable[Organisation], edges: Iterable[Edge]) -> Family:
    return Family({row.slug: row for row in rows}, Lineage(edges))


def body_of(row: Any) -> Body:
    """What the chart is told of an organisation that :func:`for_charts` fetched."""
    known = [
        moment
        for moment in (row.last_fact, row.last_fact_end, row.active_latest)
        if moment is not None
    ]
    return Body(
        id=row.slug,
        name=row.name,
        short=abbreviation(row),
        kind=row.kind,
        countries=tuple(sorted({period.country for period in row.country_periods.all()})),
        founded=(row.founded_earliest, row.founded_latest) if row.founded else None,
        dissolved=(row.dissolved_earliest, row.dissolved_latest) if row.dissolved else None,
        living=row.living,
        last_known=max(known) if known else None,
        years=row.years,
        url=row.get_absolute_url(),
        claims=bool(row.claims),
    )


def abbreviation(row: Any) -> str:
    """The first abbreviation of a body that :func:`for_charts` fetched, or nothing."""
    return next((name.text for name in row.all_names if name.kind == NameKind.ABBREVIATION), "")


def place_words(row: Organisation) -> str:
    """Where a body worked: ``"India, Sri Lanka"``."""
    codes = dict.fromkeys(period.country for period in row.country_periods.all())
    return ", ".join(countries.NAMES.get(code, code) for code in codes)


def date_words(text: str) -> str:
    """A date of the record as a reader sees it."""
    return dates.parse(text).words if text else ""
