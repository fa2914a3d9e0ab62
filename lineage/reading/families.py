"""Families as readers see them: the bodies, their edges, the chart and the nested lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf
from typing import Any

from django.db.models import QuerySet

from lineage import countries
from lineage.chart import Body, Chart, Membership, Poster, Words, draw, draw_poster, drawn_on
from lineage.graph import Edge, Lineage
from lineage.models import (
    Organisation,
    OrganisationKind,
    Succession,
    layout,
)
from lineage.models.derivation import edges_of
from lineage.reading.details import body_of, detailed
from lineage.reading.kin import ANCESTORS, BOTH, DESCENDANTS, lineage_of

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
        teller: str = "",
        within: float = inf,
    ) -> Chart:
        """The family on a time axis. ``opens`` is where the mark of a body with more leads.

        ``teller`` is the id of the body whose claims alone are marked; else all are. ``within`` is
        the width that it should not be wider than, in pixels.
        """
        before = layout.remembered(self.scope) if self.scope else []
        chart = draw(
            [self._body(row, opens, teller) for row in self.organisations.values()],
            self.lineage.edges,
            today=today,
            focus=focus,
            title=title,
            country_names=countries.NAMES,
            colour=colour,
            time=time,
            memberships=self._memberships(),
            before=before,
            within=within,
        )
        order = [list(thread) for thread in chart.order]
        if self.scope and order != before:
            layout.remember(self.scope, order)
        return chart

    def poster(
        self,
        today: date,
        title: str,
        *,
        licence: str = "",
        colour: str = "international",
        teller: str = "",
    ) -> Poster:
        """The family, or the movement, in columns on one sheet; it begins from the order in which
        a chart of it was last drawn. ``teller`` is as in :meth:`chart`.
        """
        return draw_poster(
            [self._body(row, None, teller) for row in self.organisations.values()],
            self.lineage.edges,
            today=today,
            words=Words(title, licence, drawn_on(today), countries.NAMES),
            colour=colour,
            memberships=self._memberships(),
            before=layout.remembered(self.scope) if self.scope else (),
        )

    def _body(self, row: Any, opens: Opens | None, teller: str) -> Body:
        before, after = self.more.get(row.slug, (0, 0))
        body = body_of(row)
        if teller:  # whose telling a reader goes on in, from body to body
            claims = body.claims and teller in row.details.tellers
            body = replace(body, claims=claims, url=f"{body.url}?as={teller}")
        if opens is None or not (before or after):
            return body
        return replace(body, more_before=before, more_after=after, more_url=opens(row.slug))

    def _memberships(self) -> list[Membership]:
        """When these bodies belonged to internationals, two of one name told apart."""
        ties = [(slug, tie) for slug, row in self.organisations.items() for tie in row.details.ties]
        bearers = Counter(name for _, name in {(tie.to.slug, tie.to.name) for _, tie in ties})
        return [
            Membership(
                slug,
                tie.to.slug,
                str(tie.to) if bearers[tie.to.name] > 1 else tie.to.name,
                tie.since,
                tie.until,
            )
            for slug, tie in ties
        ]


def whole() -> Family:
    """Every body that readers may see."""
    rows = detailed(Organisation.objects.published().order_by("slug"))
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
    rows = Organisation.objects.published().filter(family=organisation.family)
    kept = [edge for edge in edges if edge.predecessor in mine]
    dated = dates_of(seen.order_by())
    shown = (row for row in detailed(rows.order_by("slug")) if row.slug in mine)
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
    rows = Organisation.objects.published().filter(family=organisation.family, slug__in=reached)
    return _family(detailed(rows.order_by("slug")), among(lineage.edges, reached))


def internationals() -> Family:
    """The internationals, and the edges among them."""
    rows = Organisation.objects.published().filter(kind=OrganisationKind.INTERNATIONAL)
    edges = Succession.objects.published().filter(
        predecessor__kind=OrganisationKind.INTERNATIONAL,
        successor__kind=OrganisationKind.INTERNATIONAL,
    )
    return _family(detailed(rows.order_by("slug")), edges_of(edges.order_by()))


def of_bodies(slugs: set[str]) -> Family:
    """Some bodies, and the edges among them."""
    rows = Organisation.objects.published().filter(slug__in=slugs)
    edges = Succession.objects.published().filter(
        predecessor__slug__in=slugs, successor__slug__in=slugs
    )
    return _family(detailed(rows.order_by("slug")), edges_of(edges.order_by()))


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


def _family(
    rows: Iterable[Organisation],
    edges: Iterable[Edge],
    dated: Mapping[str, str] | None = None,
    scope: str = "",
) -> Family:
    return Family({row.slug: row for row in rows}, Lineage(edges), dated or {}, scope=scope)
