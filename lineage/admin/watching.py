"""What stands on the desk: every finding of the audit, by rule, family and country, worst first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from lineage import countries, integrity
from lineage.admin.findings import Line, gravity, merge_address, waive_address
from lineage.models import (
    Affiliation,
    ChangeEvent,
    CountryPeriod,
    Organisation,
    OrganisationKind,
    Succession,
    edition,
)

PAGE_SIZE = 100
FACETS = ("rule", "family", "country")
ALONE = "alone"  # no body's id: the bodies that no change joins to another
_kept: dict[str, tuple[str, list[Finding]]] = {}
HEADINGS = {
    (False, False): "Errors",
    (True, False): "Probably wrong",
    (True, True): "Not known yet",
}
OF_BODIES = ("organisation", "name", "countryperiod", "fact", "identifier", "link", "affiliation")
OF_EVENTS = ("changeevent", "succession")


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the owner of its record, and that one's countries and family.

    ``owner`` is how the audit names the body or the event on whose page it is mended; ``family``
    the id and the name of the body that its family is called by.
    """

    problem: integrity.Problem
    owner: str
    countries: tuple[str, ...]
    family: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that the findings can be narrowed down to, and how many of them that leaves."""

    name: str
    number: int
    query: str
    chosen: bool


def findings() -> list[Finding]:
    """What stands in the record: errors, what is probably wrong, then gaps; rarer rules first."""
    mark = edition.current()
    kept = _kept.get("report")
    if kept is None or kept[0] != mark or not mark:
        problems = integrity.check().problems
        places, families = _Places(), _Families()
        many = Counter(problem.rule for problem in problems)
        problems.sort(key=lambda one: (*gravity(one), many[one.rule], one.rule, one.record))
        found = []
        for one in problems:
            owner = places.owner(one.record)
            bodies = places.bodies[owner]
            codes = dict.fromkeys(code for slug in bodies for code in places.countries[slug])
            found.append(Finding(one, owner, tuple(codes), families.of(bodies)))
        kept = _kept["report"] = (mark, found)
    return kept[1]


class _Places:
    """Which bodies each body or event, as the audit names them, is of; and their countries."""

    def __init__(self) -> None:
        self.countries: dict[str, list[str]] = defaultdict(list)
        periods = CountryPeriod.objects.order_by("country")
        for slug, code in periods.values_list("organisation__slug", "country"):
            self.countries[slug].append(code)
        self.bodies: dict[str, list[str]] = defaultdict(list)
        edges = Succession.objects.order_by("pk")
        for event, *ends in edges.values_list(
            "event__slug", "predecessor__slug", "successor__slug"
        ):
            self.bodies[f"changeevent:{event}"] += ends
        for slug in Organisation.objects.order_by().values_list("slug", flat=True):
            self.bodies[f"organisation:{slug}"] = [slug]

    def owner(self, record: str) -> str:
        """The body or the event that a record is, or is a part of; itself where it is of none."""
        kind, _colon, rest = record.partition(":")
        slug = rest.partition("/")[0]
        if kind in OF_EVENTS or (kind == "account" and f"changeevent:{slug}" in self.bodies):
            return f"changeevent:{slug}"
        if kind in OF_BODIES or kind == "account":
            return f"organisation:{slug}"
        return record


class _Families:
    """Families, each called by its chief body.

    That is the international with the most members, where it has one; else the body with the most
    changes; of several the oldest.
    """

    def __init__(self) -> None:
        members = _counts(Affiliation, "body")
        changes = _counts(Succession, "predecessor", "successor")
        chief: dict[int, tuple[Any, ...]] = {}
        sizes: Counter[int] = Counter()
        self._number: dict[str, int] = {}
        rows = Organisation.objects.order_by().values_list(
            "pk", "slug", "name", "kind", "family", "founded_earliest"
        )
        for pk, slug, name, kind, family, founded in rows:
            number = members[pk] if kind == OrganisationKind.INTERNATIONAL else 0
            rank = (-number, -changes[pk], founded is None, founded, slug, name)
            chief[family] = min(chief.get(family, rank), rank)
            sizes[family] += 1
            self._number[slug] = family
        self._called = {
            family: (slug, name) if sizes[family] > 1 else (ALONE, "Bodies that stand alone")
            for family, (*_rank, slug, name) in chief.items()
        }

    def of(self, bodies: Iterable[str]) -> tuple[str, str]:
        """The family of some bodies, which are of one: its id and its name."""
        for slug in bodies:
            if slug in self._number:
                return self._called[self._number[slug]]
        return ("", "")


def _counts(model: Any, *names: str) -> Counter[int]:
    """How many rows name each body, by its primary key."""
    counts: Counter[int] = Counter()
    for name in names:
        rows = model.objects.order_by().values_list(name).annotate(Count("pk"))
        counts.update(dict(rows))
    return counts


def watch(site: Any, request: HttpRequest) -> HttpResponse:
    """The page: findings of a rule, a family and a country, a page at a time."""
    if not request.user.has_perm("lineage.view_organisation"):
        raise PermissionDenied
    asked = {name: request.GET.get(name, "") for name in FACETS}
    everything = findings()
    shown = _narrowed(everything, asked)
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": "What to look at",
        "asked": asked,
        "page": page,
        "lines": _lines(request, list(page)),
        "rules": _rules(everything, asked),
        "families": _choices(everything, asked, "family", lambda one: [one.family]),
        "countries": _choices(
            everything,
            asked,
            "country",
            lambda one: [(code, countries.NAMES.get(code, code)) for code in one.countries],
        ),
        "query": _query(asked),
    }
    return TemplateResponse(request, "admin/lineage/watch.html", context)


def _narrowed(everything: list[Finding], asked: dict[str, str], besides: str = "") -> list[Finding]:
    """The findings of what is asked for, but for one of the facets."""
    rule, family, country = (asked[name] if name != besides else "" for name in FACETS)
    return [
        one
        for one in everything
        if (not rule or one.problem.rule == rule)
        and (not family or one.family[0] == family)
        and (not country or country in one.countries)
    ]


def _rules(everything: list[Finding], asked: dict[str, str]) -> list[tuple[str, list[Choice]]]:
    """The rules under the headings of their gravity, in the order of the findings."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for one in _narrowed(everything, asked, "rule"):
        counts = found[HEADINGS[gravity(one.problem)]]
        counts[one.problem.rule] = counts.get(one.problem.rule, 0) + 1
    return [
        (heading, [_choice(asked, "rule", name, name, number) for name, number in counts.items()])
        for heading, counts in found.items()
    ]


def _choices(
    everything: list[Finding],
    asked: dict[str, str],
    facet: str,
    values: Callable[[Finding], Iterable[tuple[str, str]]],
) -> list[Choice]:
    """The values of a facet, most findings first."""
    counts = Counter(
        value for one in _narrowed(everything, asked, facet) for value in values(one) if value[0]
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][1], item[0][0]))
    return [_choice(asked, facet, key, name, number) for (key, name), number in ordered]


def _choice(asked: dict[str, str], facet: str, key: str, name: str, number: int) -> Choice:
    return Choice(name, number, _query({**asked, facet: key}), asked[facet] == key)


def _query(values: dict[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _lines(request: HttpRequest, found: list[Finding]) -> list[Line]:
    """The findings of a page with their addresses; at most two queries."""
    pages: dict[str, tuple[str, str, int]] = {}
    for kind, model, title in (
        ("organisation", Organisation, "name"),
        ("changeevent", ChangeEvent, "title"),
    ):
        slugs = {one.owner.partition(":")[2] for one in found if one.owner.startswith(f"{kind}:")}
        if slugs:
            rows = model.objects.filter(slug__in=slugs).values_list("pk", "slug", title)
            for pk, slug, name in rows:
                page = reverse(f"admin:lineage_{kind}_change", args=[pk])
                pages[f"{kind}:{slug}"] = (name or slug, page, pk)
    lines = []
    for one in found:
        name, page, pk = pages.get(one.owner, (one.owner, "", 0))
        waive = waive_address(request, one.problem, request.get_full_path())
        merge = merge_address(request, one.problem, pk, one.owner) if pk else ""
        lines.append(Line(one.problem, name, page, waive, merge=merge))
    return lines
