"""Home, and the record as data."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from lineage import countries
from lineage.exchange.export import Export
from lineage.exchange.formats import FORMATS
from lineage.exchange.schema import SCHEMA
from lineage.models import (
    Affiliation,
    ChangeEvent,
    CountryPeriod,
    Organisation,
)
from lineage.reading import families
from lineage.reading.annals import happened_on, told, with_edges
from lineage.reading.details import abbreviation
from lineage.reading.homonyms import homonyms
from lineage.views.answers import json_answer, page, readable
from lineage.views.devices import DESK, time_on

LATEST = 6


def counts() -> dict[str, int]:
    """How much of the record readers may see."""
    return {
        "organisations": Organisation.objects.published().count(),
        "events": ChangeEvent.objects.published().count(),
        "affiliations": Affiliation.objects.published().count(),
        "sources": len(Export().sources()),  # not those that only unseen statements cite
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
    bodies = sorted(family.organisations.values(), key=_age)
    apart = homonyms()
    return page(
        request,
        "lineage/home.html",
        {
            "chart": family.chart(
                timezone.localdate(),
                title="The internationals of the Trotskyist movement",
                time=time_on(request),
                within=DESK,
            ),
            "internationals": [(row, abbreviation(row)) for row in bodies],
            "countries": _countries(),
            "latest": [told(event, apart) for event in latest],
            "on_this_day": [told(event, apart) for event in happened_on(timezone.localdate())],
            "counts": numbers,
        },
        reverse("home-json"),
    )


def _age(row: Organisation) -> tuple[date, str]:
    """By founding, or by what is known in its place; last where nothing is."""
    known = (row.founded_earliest, row.founded_latest, row.dissolved_earliest, row.active_earliest)
    return next((day for day in known if day), date.max), row.slug


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
def export_as(request: HttpRequest, form: str) -> HttpResponse:
    """The whole record in another form: tables, a graph, linked data."""
    wanted = FORMATS[form]
    base = request.build_absolute_uri(reverse("home"))
    content = wanted.write(Export().document(timezone.now()), base)
    response = HttpResponse(content, content_type=wanted.media)
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Disposition"] = f'attachment; filename="lineage.{wanted.ending}"'
    return response


@readable
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the document."""
    return json_answer(SCHEMA)
