"""Home, and the record as data."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from lineage import countries
from lineage.exchange.export import Export
from lineage.exchange.schema import SCHEMA
from lineage.models import (
    Affiliation,
    ChangeEvent,
    CountryPeriod,
    Organisation,
    OrganisationKind,
    Source,
)
from lineage.reading import families
from lineage.views.answers import json_answer, page, readable
from lineage.views.events import told, with_edges

LATEST = 6


def counts() -> dict[str, int]:
    """How much of the record readers may see."""
    return {
        "organisations": Organisation.objects.published().count(),
        "events": ChangeEvent.objects.published().count(),
        "affiliations": Affiliation.objects.published().count(),
        "sources": Source.objects.count(),
    }


@readable
def home(request: HttpRequest, form: str = "html") -> HttpResponse:
    """The way in: the internationals as a chart, countries, the latest events."""
    numbers = counts()
    if form == "json":
        return json_answer({"counts": numbers, **_addresses()})
    family = families.internationals()
    latest = with_edges(
        ChangeEvent.objects.published()
        .exclude(date_latest=None)
        .order_by(F("date_latest").desc(), "slug")
    )[:LATEST]
    bodies = sorted(
        family.organisations.values(),
        key=lambda row: (
            (row.founded_earliest is None, row.founded_earliest, row.slug)
            if row.founded_earliest
            else (True, timezone.localdate(), row.slug)
        ),
    )
    return page(
        request,
        "lineage/home.html",
        {
            "chart": family.chart(
                timezone.localdate(), title="The internationals of the Trotskyist movement"
            ),
            "internationals": [(row, families.abbreviation(row)) for row in bodies],
            "kind": OrganisationKind.INTERNATIONAL,
            "countries": _countries(),
            "latest": [told(event) for event in latest],
            "counts": numbers,
        },
        reverse("home-json"),
    )


def _countries() -> list[tuple[str, str, int]]:
    pairs = (
        CountryPeriod.objects.filter(organisation__in=Organisation.objects.published())
        .order_by()
        .values_list("country", "organisation")
        .distinct()
    )
    tally = Counter(code for code, _organisation in pairs)
    return sorted(
        ((code, countries.NAMES.get(code, code), number) for code, number in tally.items()),
        key=lambda row: row[1],
    )


def _addresses() -> dict[str, Any]:
    return {
        "organisations": reverse("organisations-json"),
        "events": reverse("events-json"),
        "tree": reverse("tree-json"),
        "export": reverse("export"),
        "schema": reverse("schema"),
    }


@readable
def export(request: HttpRequest) -> HttpResponse:
    """The whole record, as a reader may see it."""
    response = json_answer(Export().document(timezone.now()))
    response["Content-Disposition"] = 'inline; filename="lineage.json"'
    return response


@readable
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the document."""
    return json_answer(SCHEMA)
