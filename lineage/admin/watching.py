"""What stands on the desk: every finding of the audit, by rule and by country, worst first."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from lineage import countries, integrity
from lineage.models import ChangeEvent, CountryPeriod, Organisation, Succession, edition

PAGE_SIZE = 100
_kept: dict[str, tuple[str, list[Finding]]] = {}
PAGES: dict[str, Any] = {"organisation": Organisation, "changeevent": ChangeEvent}


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the countries of the record that it is of."""

    problem: integrity.Problem
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A finding with the addresses at which it is mended or let stand."""

    problem: integrity.Problem
    name: str
    page: str
    waive: str


def findings() -> list[Finding]:
    """The errors and warnings of the record as it stands, errors first, then by rule."""
    mark = edition.current()
    kept = _kept.get("report")
    if kept is None or kept[0] != mark or not mark:
        report = integrity.check()
        there = _countries()
        many = Counter(problem.rule for problem in report.problems)
        ordered = sorted(
            [*report.errors, *report.warnings],
            key=lambda one: (
                one.severity != integrity.ERROR,
                -many[one.rule],
                one.rule,
                one.record,
            ),
        )
        found = [Finding(one, there.get(one.record.partition("/")[0], ())) for one in ordered]
        kept = _kept["report"] = (mark, found)
    return kept[1]


def _countries() -> dict[str, tuple[str, ...]]:
    """The countries of each body and event, by how the audit names them."""
    held: dict[str, dict[str, None]] = defaultdict(dict)
    periods = CountryPeriod.objects.order_by("country").values_list("organisation__slug", "country")
    for slug, code in periods:
        held[slug][code] = None
    found = {f"{kind}:{slug}": codes for slug, codes in held.items() for kind in
             ("organisation", "name", "fact", "affiliation")}  # fmt: skip
    edges = Succession.objects.order_by("pk")
    for event, *ends in edges.values_list("event__slug", "predecessor__slug", "successor__slug"):
        for kind in ("changeevent", "succession"):
            codes = found.setdefault(f"{kind}:{event}", {})
            for slug in ends:
                codes.update(held.get(slug, {}))
    return {name: tuple(codes) for name, codes in found.items()}


def watch(site: Any, request: HttpRequest) -> HttpResponse:
    """The page: findings of a rule and a country, a page at a time."""
    if not request.user.has_perm("lineage.view_organisation"):
        raise PermissionDenied
    rule, country = request.GET.get("rule", ""), request.GET.get("country", "")
    everything = findings()
    of_rule = [one for one in everything if not rule or one.problem.rule == rule]
    of_country = [one for one in everything if not country or country in one.countries]
    shown = [one for one in of_rule if not country or country in one.countries]
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    codes = Counter(code for one in of_rule for code in one.countries)
    context = {
        **site.each_context(request),
        "title": "What to look at",
        "rule": rule,
        "country": country,
        "page": page,
        "lines": _lines([one.problem for one in page]),
        "rules": _choices(Counter(one.problem.rule for one in of_country), country=country),
        "countries": [
            (countries.NAMES.get(code, code), code, number, _query(rule=rule, country=code))
            for code, number in sorted(codes.items(), key=lambda item: (-item[1], item[0]))
        ],
        "query": _query(rule=rule, country=country),
    }
    return TemplateResponse(request, "admin/lineage/watch.html", context)


def _choices(counts: Counter[str], *, country: str) -> list[tuple[str, int, str]]:
    return [
        (name, number, _query(rule=name, country=country)) for name, number in counts.most_common()
    ]


def _query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _lines(problems: list[integrity.Problem]) -> list[Line]:
    """The findings of a page with their addresses; at most two queries."""
    keys: dict[str, tuple[int, str]] = {}
    for kind, model in PAGES.items():
        slugs = [one.record.partition(":")[2] for one in problems if one.record.startswith(kind)]
        if slugs:
            title = "name" if model is Organisation else "title"
            for pk, slug, name in model.objects.filter(slug__in=slugs).values_list(
                "pk", "slug", title
            ):
                keys[f"{kind}:{slug}"] = (pk, name or slug)
    lines = []
    for one in problems:
        kind = one.record.partition(":")[0]
        pk, name = keys.get(one.record, (0, one.record))
        page = reverse(f"admin:lineage_{kind}_change", args=[pk]) if pk else ""
        waive = ""
        if one.severity == integrity.WARNING:
            query = urlencode({"rule": one.rule, "record": one.record})
            waive = f"{reverse('admin:lineage_waiver_add')}?{query}"
        lines.append(Line(one, name, page, waive))
    return lines
