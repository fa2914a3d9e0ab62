"""Organisations: the list with its search and filters, and the page of one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from lineage import countries
from lineage.exchange.export import Export
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Name,
    NameKind,
    Organisation,
    OrganisationKind,
    Succession,
)
from lineage.reading import families, sentences
from lineage.reading.bibliography import Bibliography
from lineage.reading.sourcing import sourcing_of
from lineage.text import fold
from lineage.views.answers import error_answer, json_answer, page, readable

PAGE_SIZE = 50
LONGEST_QUERY = 200
STATES = {"living": "living", "ended": "ended"}


@readable
def organisations(request: HttpRequest, form: str = "html") -> HttpResponse:
    """All organisations, searched and filtered by the query; a page of them at a time."""
    asked, fault = _asked(request)
    if fault:
        return error_answer(request, 400, fault)
    rows = filtered(asked).by_name()
    paginator = Paginator(rows, PAGE_SIZE)
    number = asked["page"] or 1
    if number > max(paginator.num_pages, 1):
        raise Http404(f"There is no page {number}; the last one is {paginator.num_pages}.")
    shown = paginator.page(number)
    found = list(families.for_charts(rows.filter(pk__in=[row.pk for row in shown])))
    if form == "json":
        return json_answer(_list_document(request, found, paginator.count, shown))
    return page(
        request,
        "lineage/organisations.html",
        {
            "asked": asked,
            "results": [_result(row, asked["q"]) for row in found],
            "shown": shown,
            "count": paginator.count,
            "countries": _countries(),
            "kinds": OrganisationKind.choices,
            "country_name": countries.NAMES.get(asked["country"], ""),
            "query": _query_without_page(request),
        },
        reverse("organisations-json") + (f"?{request.GET.urlencode()}" if request.GET else ""),
    )


def filtered(asked: dict[str, Any]) -> Any:
    """The published organisations that a query asks for."""
    rows = Organisation.objects.published()
    if fold(asked["q"]):
        rows = rows.matching(asked["q"])
    if asked["country"]:
        rows = rows.in_country(asked["country"])
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["state"] == "living":
        rows = rows.living()
    elif asked["state"] == "ended":
        rows = rows.ended()
    return rows


def _asked(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """The query as asked, and a sentence if it can't be answered."""
    asked: dict[str, Any] = {
        name: request.GET.get(name, "").strip() for name in ("q", "country", "kind", "state")
    }
    asked["page"] = None
    number = request.GET.get("page", "")
    if len(asked["q"]) > LONGEST_QUERY:
        return asked, f"A search is at most {LONGEST_QUERY} characters long. Shorten it."
    if "\0" in asked["q"]:
        return asked, "The search holds a character that no name has. Type it anew."
    if asked["country"] and asked["country"] not in countries.NAMES:
        return asked, "The country is a code of two capital letters, such as LK."
    if asked["kind"] and asked["kind"] not in OrganisationKind.values:
        return asked, f"The kind is one of {', '.join(OrganisationKind.values)}."
    if asked["state"] and asked["state"] not in STATES:
        return asked, f"The state is one of {', '.join(STATES)}."
    if number:
        if (
            not (number.isascii() and number.isdigit())
            or not int(number[:9]) >= 1
            or len(number) > 9
        ):
            return asked, "The page is a number from 1."
        asked["page"] = int(number)
    return asked, ""


def _countries() -> list[tuple[str, str]]:
    codes = (
        CountryPeriod.objects.filter(organisation__in=Organisation.objects.published())
        .order_by()
        .values_list("country", flat=True)
        .distinct()
    )
    return sorted(((code, countries.NAMES.get(code, code)) for code in codes), key=lambda c: c[1])


def _query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _result(row: Any, asked: str) -> dict[str, Any]:
    return {
        "organisation": row,
        "abbreviation": families.abbreviation(row),
        "place": families.place_words(row),
        "matched": _matched(row, asked),
    }


def _matched(row: Organisation, asked: str) -> Name | None:
    """The name by which a search found the body, where its own name does not say."""
    wanted = fold(asked).split()
    if not wanted or all(word in row.folded for word in wanted):
        return None
    return next(
        (name for name in row.all_names if all(word in name.folded for word in wanted)),  # type: ignore[attr-defined]
        None,
    )


def _list_document(
    request: HttpRequest, found: list[Any], count: int, shown: Any
) -> dict[str, Any]:
    following = request.GET.copy()
    if shown.has_next():
        following["page"] = str(shown.next_page_number())
    address = reverse("organisations-json")
    return {
        "count": count,
        "next": f"{address}?{following.urlencode()}" if shown.has_next() else None,
        "organisations": [
            {
                "id": row.slug,
                "name": row.name,
                "kind": row.kind,
                "countries": sorted({period.country for period in row.country_periods.all()}),
                "founded": row.founded or None,
                "dissolved": row.dissolved or None,
            }
            for row in found
        ],
    }


def _cited(rows: QuerySet) -> QuerySet:
    return rows.prefetch_related(Prefetch("citations", Citation.objects.select_related("source")))


@readable
def organisation(request: HttpRequest, slug: str, form: str = "html") -> HttpResponse:
    """One organisation: as a page, or as its part of the document."""
    published = Organisation.objects.published()
    if form == "json":
        found = Export().organisations(published.filter(slug=slug))
        if not found:
            raise Http404("There is no organisation with this id.")
        return json_answer(found[0])
    body = get_object_or_404(
        _cited(published).prefetch_related(
            "country_periods",
            "identifiers",
            "links",
            Prefetch("names", _cited(Name.objects.all())),
            Prefetch("facts", _cited(Fact.objects.all())),
            Prefetch("accounts", _cited(Account.objects.published())),
        ),
        slug=slug,
    )
    return page(
        request,
        "lineage/organisation.html",
        _organisation_context(body),
        reverse("organisation-json", args=[slug]),
    )


def _organisation_context(body: Organisation) -> dict[str, Any]:
    family = families.family_of(body)
    bibliography = Bibliography()
    before, after = _changes(body, bibliography)
    member_of = _affiliations("body", bibliography, organisation=body)
    members = _affiliations("organisation", bibliography, body=body)
    names = [(name, bibliography.marks(name.citations.all())) for name in body.names.all()]
    facts = [(fact, bibliography.marks(fact.citations.all())) for fact in body.facts.all()]
    accounts = [
        (account, bibliography.marks(account.citations.all())) for account in body.accounts.all()
    ]
    today = timezone.localdate()
    return {
        "body": body,
        "abbreviations": [name.text for name, _ in names if name.kind == NameKind.ABBREVIATION],
        "place": families.place_words(body),
        "line": principal_line(body, family),
        "chart": families.around(family, body).chart(
            today, focus=body.slug, title=f"{body.name} and its kin"
        ),
        "marks": _field_marks(body, bibliography),
        "names": names,
        "came_from": before,
        "led_to": after,
        "branch": families.branch_of(family, body),
        "member_of": member_of,
        "members": members,
        "facts": facts,
        "accounts": accounts,
        "sources": bibliography.entries(),
        "sourcing": sourcing_of(
            body,
            [
                *body.names.all(),
                *body.facts.all(),
                *body.accounts.all(),
                *(row for row, _ in member_of),
                *(row for row, _ in members),
            ],
        ),
    }


def principal_line(body: Organisation, family: families.Family) -> list[Organisation]:
    """The bodies that this one chiefly descends from, oldest first, itself last.

    Along the edges that readers may see: a draft in the line ends it.
    """
    parents = family.lineage.parents
    line, slug = [body], parents.get(body.slug)
    while slug in family.organisations:
        line.append(family.organisations[slug])
        slug = parents.get(slug)
    return line[::-1]


def _field_marks(body: Organisation, bibliography: Bibliography) -> dict[str, Any]:
    """The marks of the body's own citations, by the field that they support."""
    found: dict[str, list[Citation]] = {}
    for citation in body.citations.all():
        found.setdefault(citation.statement or "existence", []).append(citation)
    return {name: bibliography.marks(citations) for name, citations in sorted(found.items())}


def _changes(body: Organisation, bibliography: Bibliography) -> tuple[list[Any], list[Any]]:
    """What the body came from and what it led to: sentences with their marks."""
    edges = Succession.objects.published().select_related("predecessor", "successor")
    events = list(
        _cited(ChangeEvent.objects.published().by_date())
        .filter(pk__in=_event_keys(body))
        .prefetch_related(Prefetch("successions", edges.order_by("predecessor", "successor")))
    )
    before, after = [], []
    for event in events:
        joined = event.successions.all()
        marks = bibliography.marks([] if event.partly_hidden else event.citations.all())
        if any(edge.successor_id == body.pk for edge in joined):
            before.append((sentences.came_from(body, event, joined), marks))
        if any(edge.predecessor_id == body.pk for edge in joined):
            after.append((sentences.led_to(body, event, joined), marks))
    return before, after


def _event_keys(body: Organisation) -> Any:
    seen = Succession.objects.published().order_by()
    return (
        seen.filter(predecessor=body)
        .values("event")
        .union(seen.filter(successor=body).values("event"))
    )


def _affiliations(other: str, bibliography: Bibliography, **side: Organisation) -> list[Any]:
    rows = _cited(Affiliation.objects.published().select_related(other).filter(**side))
    return [(row, bibliography.marks(row.citations.all())) for row in rows]
