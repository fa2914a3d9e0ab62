"""The page of one organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from lineage.exchange.export import Export
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Fact,
    Name,
    NameKind,
    Organisation,
    Succession,
)
from lineage.reading import families, sentences
from lineage.reading.bibliography import Bibliography
from lineage.reading.details import place_words
from lineage.reading.forest import branch_of
from lineage.reading.homonyms import homonyms
from lineage.reading.linked import of_organisation
from lineage.reading.sourcing import sourcing_of
from lineage.views.answers import json_answer, missing, page, readable
from lineage.views.citing import sharing_of
from lineage.views.devices import DESK, time_on
from lineage.views.telling import as_told, teller_asked

NONE = "There is no organisation with this id."
# The body's own statements, as the page tells them.
FIELDS = ("summary", "founded", "dissolved", "active", "countries", "kind", "existence", "name")


def _cited(rows: QuerySet) -> QuerySet:
    return rows.prefetch_related(Prefetch("citations", Citation.objects.select_related("source")))


@readable
def organisation(request: HttpRequest, slug: str, form: str = "html") -> HttpResponse:
    """One organisation: as a page, or as its part of the document."""
    published = Organisation.objects.published()
    if form == "json":
        found = Export().organisations(published.filter(slug=slug))
        if not found:
            raise missing(Organisation, slug, NONE)
        return json_answer(found[0])
    rows = _cited(published.filter(slug=slug)).prefetch_related(
        "country_periods",
        "identifiers",
        "links",
        Prefetch("names", _cited(Name.objects.all())),
        Prefetch("facts", _cited(Fact.objects.all())),
        Prefetch("accounts", _cited(Account.objects.published().select_related("organisation"))),
    )
    body = rows.first()
    if body is None:
        raise missing(Organisation, slug, NONE)
    teller = teller_asked(request)
    context = _organisation_context(body, time_on(request), teller.slug if teller else "")
    context |= as_told(teller, context["accounts"])
    told = [sentence.event for side in ("came_from", "led_to") for sentence, _ in context[side]]
    ties = [row for row, _ in context["member_of"]]
    context["linked"] = of_organisation(body, request.build_absolute_uri, told, ties)
    context |= sharing_of(request, body, str(body))
    return page(
        request, "lineage/organisation.html", context, reverse("organisation-json", args=[slug])
    )


def _organisation_context(body: Organisation, time: str, teller: str) -> dict[str, Any]:
    family = families.family_of(body)
    # In the order in which the page tells it, so that the first mark that one reads is 1.
    bibliography = Bibliography()
    marks = _field_marks(body, bibliography)
    names = [(name, bibliography.marks(name.citations.all())) for name in body.names.all()]
    before, after = _changes(body, bibliography)
    member_of = _affiliations("body", bibliography, organisation=body)
    members = _affiliations("organisation", bibliography, body=body)
    facts = [(fact, bibliography.marks(fact.citations.all())) for fact in body.facts.all()]
    accounts = [
        (account, bibliography.marks(account.citations.all())) for account in body.accounts.all()
    ]
    today = timezone.localdate()
    tree = reverse("organisation-tree", args=[body.slug])
    return {
        "body": body,
        "abbreviations": [name.text for name, _ in names if name.kind == NameKind.ABBREVIATION],
        "place": place_words(body),
        "line": principal_line(body, family),
        "chart": families.around(family, body).chart(
            today,
            focus=body.slug,
            title=f"{body.name} and its kin",
            time=time,
            teller=teller,
            within=DESK,
            opens=lambda slug: f"{tree}?depth=3&open={slug}&lit={slug}",
        ),
        "marks": marks,
        "names": names,
        "came_from": before,
        "led_to": after,
        "branches": [branch_of(family, body)],
        "homonyms": homonyms(),
        "member_of": member_of,
        "members": members,
        "facts": facts,
        "accounts": accounts,
        "sources": bibliography.entries(),
        "sourcing": sourcing_of(
            body,
            body.citations.all(),
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
    told = [*(name for name in FIELDS if name in found), *sorted(found.keys() - {*FIELDS})]
    return {name: bibliography.marks(found[name]) for name in told}


def _changes(body: Organisation, bibliography: Bibliography) -> tuple[list[Any], list[Any]]:
    """What the body came from and what it led to: sentences with their marks."""
    edges = Succession.objects.published().select_related("predecessor", "successor")
    events = list(
        _cited(ChangeEvent.objects.published().by_date())
        .filter(pk__in=_event_keys(body))
        .prefetch_related(Prefetch("successions", edges.order_by("predecessor", "successor")))
    )
    marks: dict[int, Any] = {}

    def side(key: str, tell: Callable[..., Any]) -> list[Any]:
        told = []
        for event in events:
            joined = event.successions.all()
            if any(getattr(edge, key) == body.pk for edge in joined):
                if event.pk not in marks:
                    seen = [] if event.partly_hidden else event.citations.all()
                    marks[event.pk] = bibliography.marks(seen)
                told.append((tell(body, event, joined), marks[event.pk]))
        return told

    return side("successor_id", sentences.came_from), side("predecessor_id", sentences.led_to)


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
