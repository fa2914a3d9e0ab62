"""Families as readers see them: the bodies, their edges, the chart and the nested lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Max, Min, Prefetch, Q, QuerySet

from lineage import countries
from lineage.chart import Body, Chart, Membership, draw
from lineage.graph import Edge, Lineage
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
    Succession,
    layout,
)
from lineage.models.derivation import edges_of
from lineage.reading.kin import ANCESTORS, BOTH, DESCENDANTS, lineage_of
from lineage.reading.moments import when

# What is a part of an international, in the order of the vocabulary.
BELONGING = (Role.SECTION, Role.SYMPATHISING, Role.OBSERVER, Role.MEMBER)
# As a list: a queryset for each body takes longer than the query.
PERIODS = Prefetch("country_periods", to_attr="all_periods")
Opens = Callable[[str], str]  # from a body's id to the address of a chart that shows what is hidden


@dataclass(frozen=True)
class Family:
    """Bodies that readers may see, and the edges among them."""

    organisations: dict[str, Organisation]
    lineage: Lineage
    dates: Mapping[str, str] = field(default_factory=dict)  # of its events, by id, as EDTF
    more: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # see :func:`hidden`
    scope: str = ""  # what its layout is kept by, of a whole family and of the movement

    def chart(
        self,
        today: date,
        focus: str | None = None,
        title: str = "",
        *,
        opens: Opens | None = None,
        colour: str = "country",
        time: str = "across",
    ) -> Chart:
        """The family on a time axis. ``opens`` is where the mark of a body with more leads."""
        before = layout.remembered(self.scope) if self.scope else []
        chart = draw(
            [self._body(row, opens) for row in self.organisations.values()],
            self.lineage.edges,
            today=today,
            focus=focus,
            title=title,
            country_names=countries.NAMES,
            colour=colour,
            time=time,
            memberships=self._memberships(),
            before=before,
        )
        order = [list(thread) for thread in chart.order]
        if self.scope and order != before:
            layout.remember(self.scope, order)
        return chart

    def _body(self, row: Any, opens: Opens | None) -> Body:
        before, after = self.more.get(row.slug, (0, 0))
        if opens is None or not (before or after):
            return body_of(row)
        url = opens(row.slug)
        return replace(body_of(row), more_before=before, more_after=after, more_url=url)

    def _memberships(self) -> list[Membership]:
        """When these bodies belonged to internationals, two of one name told apart."""
        ties = [tie for row in self.organisations.values() for tie in row.memberships]
        bearers = Counter(name for _, name in {(tie.body_id, tie.body.name) for tie in ties})
        return [
            Membership(
                tie.organisation.slug,
                tie.body.slug,
                str(tie.body) if bearers[tie.body.name] > 1 else tie.body.name,
                (tie.since_earliest, tie.since_latest) if tie.since else None,
                (tie.until_earliest, tie.until_latest) if tie.until else None,
            )
            for tie in ties
        ]

    def forest(self, opens: Opens | None = None) -> list[Branch]:
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
            edge = births.get((parents.get(slug), slug))
            branches[slug] = Branch(
                self.organisations[slug],
                edge,
                self._when(edge) if edge else "",
                sorted(children, key=lambda branch: branch.age),
                self._other_edges(slug, edge),
                sum(self.more.get(slug, ())),
                opens(slug) if opens and slug in self.more else "",
            )
        roots = [branches[slug] for slug in below[None]]
        return sorted(roots, key=lambda branch: branch.age)

    def _births(self) -> dict[tuple[str | None, str], Edge]:
        found: dict[tuple[str | None, str], Edge] = {}
        for edge in self.lineage.births:
            found.setdefault((edge.predecessor, edge.successor), edge)
        return found

    def _when(self, edge: Edge) -> str:
        return when(self.dates.get(edge.event, ""))

    def _other_edges(self, slug: str, own: Edge | None) -> list[tuple[str, Organisation]]:
        """What came into a body beside its principal line: how in words, and which body."""
        return [
            (self._came(edge, own), self.organisations[edge.predecessor])
            for edge in self.lineage.preceding.get(slug, ())
            if edge != own and edge.predecessor in self.organisations
        ]

    def _came(self, edge: Edge, own: Edge | None) -> str:
        date = "" if own and own.event == edge.event else self._when(edge)
        part = " part of" if edge.predecessor_continues and edge.kind == "merger" else ""
        if edge.successor_existed and edge.kind == "merger":
            return f"joined{date} by{part}"
        return f"it also came{date} from{part}"


@dataclass(slots=True)
class Branch:
    """A body in the nested lists: by which edge it came and when, what came of it, what else
    joined it, how many bodies next to it are hidden and where they are shown.
    """

    organisation: Organisation
    edge: Edge | None
    when: str = ""
    children: list[Branch] = field(default_factory=list)
    joined: list[tuple[str, Organisation]] = field(default_factory=list)
    more: int = 0
    more_url: str = ""

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


@dataclass(frozen=True, slots=True)
class Step:
    """A body on the way through nested lists; ``closing`` has an item for each list it ends."""

    branch: Branch
    opens: bool
    closing: range


def steps(forest: Iterable[Branch]) -> list[Step]:
    """Nested lists from top to bottom, without recursion: a line may be a hundred bodies deep."""
    found: list[Step] = []
    waiting = [(branch, 0) for branch in reversed(list(forest))]
    while waiting:
        branch, ends = waiting.pop()
        opens = bool(branch.joined or branch.children)
        deeper = ends + 1
        found.append(Step(branch, opens, range(0 if branch.children else ends)))
        last = len(branch.children) - 1
        waiting.extend(
            (child, deeper if position == last else 0)
            for position, child in reversed(list(enumerate(branch.children)))
        )
    return found


def for_charts(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """With what a chart tells of a body, in a constant number of queries."""
    return organisations.annotate(
        first_fact=Min("facts__since_earliest"),
        last_fact=Max("facts__since_latest"),
        last_fact_end=Max("facts__until_latest"),
        first_membership=Min("affiliations__since_earliest"),
        most_members=Max("facts__number", filter=Q(facts__kind=FactKind.MEMBERS)),
    ).prefetch_related(
        Prefetch(
            "affiliations",
            Affiliation.objects.published()
            .filter(body__kind=OrganisationKind.INTERNATIONAL, role__in=BELONGING)
            .select_related("body")
            .order_by("pk"),
            to_attr="memberships",
        ),
        PERIODS,
        Prefetch("facts", Fact.objects.filter(kind=FactKind.INACTIVE).order_by("pk"), "gaps"),
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
    edges = Succession.objects.published().order_by()
    return _family(rows, edges_of(edges), dates_of(edges), scope_of(None))


def family_of(organisation: Organisation) -> Family:
    """The connected part of the visible graph that a body stands in.

    The stored family also joins bodies through drafts; those readers don't see.
    """
    seen = Succession.objects.published().filter(predecessor__family=organisation.family)
    edges = edges_of(seen.order_by())
    lineage = Lineage(edges)
    mine = next(
        (part for part in lineage.components([organisation.slug]) if organisation.slug in part),
        {organisation.slug},
    )
    rows = for_charts(Organisation.objects.published().filter(family=organisation.family))
    kept = [edge for edge in edges if edge.predecessor in mine]
    dated = dates_of(seen.order_by())
    shown = (row for row in rows.order_by("slug") if row.slug in mine)
    return _family(shown, kept, dated, scope_of(organisation))


def scope_of(body: Organisation | None) -> str:
    """What the layout of a body's family is kept by, or that of the movement."""
    return "movement" if body is None else f"family {body.family}"


def dates_of(edges: QuerySet[Succession]) -> dict[str, str]:
    """The dates of the events of some edges, by the event's id; one query."""
    return dict(edges.values_list("event__slug", "event__date").distinct())


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
    kept = among(lineage.edges, reached)
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
    return Family(
        {slug: row for slug, row in family.organisations.items() if slug in near},
        Lineage(among(family.lineage.edges, near)),
        more=hidden(family.lineage, near),
    )


def among(edges: Iterable[Edge], bodies: Container[str]) -> list[Edge]:
    """The edges that join two of some bodies."""
    return [edge for edge in edges if edge.predecessor in bodies and edge.successor in bodies]


def hidden(lineage: Lineage, shown: Collection[str]) -> dict[str, tuple[int, int]]:
    """How many predecessors and successors of each body shown are not; where there are some."""
    found = {}
    for slug in shown:
        before = {edge.predecessor for edge in lineage.preceding.get(slug, ())}
        after = {edge.successor for edge in lineage.following.get(slug, ())}
        counts = len(before.difference(shown)), len(after.difference(shown))
        if any(counts):
            found[slug] = counts
    return found


def branch_of(family: Family, body: Organisation) -> Branch:
    """A body's own branch of the nested lists."""
    waiting = family.forest()
    while waiting:
        branch = waiting.pop()
        if branch.organisation.slug == body.slug:
            return branch
        waiting.extend(branch.children)
    return Branch(body, None)


def _family(
    rows: Iterable[Organisation],
    edges: Iterable[Edge],
    dated: Mapping[str, str] | None = None,
    scope: str = "",
) -> Family:
    return Family({row.slug: row for row in rows}, Lineage(edges), dated or {}, scope=scope)


def body_of(row: Any) -> Body:
    """What the chart is told of an organisation that :func:`for_charts` fetched."""
    first = [day for day in (row.first_fact, row.first_membership) if day is not None]
    last = [day for day in (row.last_fact, row.last_fact_end, row.active_latest) if day is not None]
    return Body(
        id=row.slug,
        name=row.name,
        short=abbreviation(row),
        kind=row.kind,
        countries=tuple(sorted({period.country for period in periods_of(row)})),
        founded=(row.founded_earliest, row.founded_latest) if row.founded else None,
        dissolved=(row.dissolved_earliest, row.dissolved_latest) if row.dissolved else None,
        living=row.living,
        first_known=min(first) if first else None,
        last_known=max(last) if last else None,
        years=row.years,
        url=row.get_absolute_url(),
        claims=bool(row.claims),
        gaps=tuple(
            (
                (gap.since_earliest, gap.since_latest) if gap.since else None,
                (gap.until_earliest, gap.until_latest) if gap.until else None,
            )
            for gap in row.gaps
        ),
        members=None if row.most_members is None else int(row.most_members),
    )


def abbreviation(row: Any) -> str:
    """The fullest abbreviation of a body that :func:`for_charts` fetched, or nothing.

    Of an international, which has one in many languages, the fullest English one. Never the first
    that was stored: the same record reads the same however it was loaded.
    """
    foreign = row.kind == OrganisationKind.INTERNATIONAL
    short = [name for name in row.all_names if name.kind == NameKind.ABBREVIATION]
    first = min(
        short,
        key=lambda name: (foreign and name.language not in ("en", ""), -len(name.text), name.text),
        default=None,
    )
    return first.text if first else ""


def periods_of(row: Any) -> Iterable[CountryPeriod]:
    """The countries of a body, from what was fetched with it."""
    fetched = row.__dict__.get("all_periods")
    return row.country_periods.all() if fetched is None else fetched


def place_words(row: Organisation) -> str:
    """Where a body worked: ``"India, Sri Lanka"``."""
    codes = dict.fromkeys(period.country for period in periods_of(row))
    return ", ".join(countries.NAMES.get(code, code) for code in codes)
