"""A country: its tree and its bodies through time. An international and its sections."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone

from lineage import countries, dates
from lineage.models import Account, Organisation
from lineage.reading.bibliography import Bibliography
from lineage.reading.details import abbreviation, place_words
from lineage.reading.excerpts import LONGEST, Wish, excerpt_of
from lineage.reading.homonyms import homonyms
from lineage.reading.sections import Matrix, sections_of
from lineage.views.answers import json_answer, missing, page, readable
from lineage.views.devices import time_on, width_of
from lineage.views.entries import body_entry

NO_COUNTRY = "The record has no body of this country. A country is a code of two capital letters."


@readable
def country(request: HttpRequest, code: str, form: str = "html") -> HttpResponse:
    """A country's bodies by their founding, and their family trees."""
    if code != code.upper() and code.upper() in countries.NAMES:
        name = request.resolver_match.url_name if request.resolver_match else "country"
        return HttpResponsePermanentRedirect(reverse(name, args=[code.upper()]))
    if code not in countries.NAMES:
        raise Http404(NO_COUNTRY)
    excerpt = excerpt_of(None, Wish(countries=(code,)), told=False)
    rows = sorted(excerpt.family.organisations.values(), key=_age)
    if not rows:
        raise Http404(NO_COUNTRY)
    if form == "json":
        bodies = [body_entry(row) for row in rows]
        name = countries.NAMES[code]
        return json_answer({"country": code, "name": name, "organisations": bodies})
    ties: dict[int, Any] = {tie.to.slug: tie.to for row in rows for tie in row.details.ties}
    return page(
        request,
        "lineage/country.html",
        {
            "code": code,
            "name": countries.in_a_sentence(code),
            "country": countries.NAMES[code],
            "rows": [(row, abbreviation(row)) for row in rows],
            "internationals": sorted(
                ties.values(), key=lambda row: (row.name.casefold(), row.slug)
            ),
            "too_many": excerpt.shown > LONGEST,
            "chart": excerpt.family.chart(
                timezone.localdate(),
                title=excerpt.title,
                time=time_on(request),
                within=width_of(excerpt.shown),
            ),
            "homonyms": homonyms(),
        },
        reverse("country-json", args=[code]),
    )


def _age(row: Any) -> tuple[date, str]:
    """By founding, or by what is known in its place; last where nothing is."""
    changed = dates.parse(row.first_change) if row.first_change else None
    known = (row.founded_earliest, row.founded_latest, row.details.first_known,
             row.dissolved_earliest, row.active_earliest,
             changed and (changed.latest or changed.earliest))  # fmt: skip
    return next((day for day in known if day), date.max), row.slug


@readable
def sections(request: HttpRequest, slug: str, form: str = "html") -> HttpResponse:
    """Who belonged to an international, by country and period."""
    rows = Organisation.objects.published().prefetch_related("country_periods")
    body = rows.filter(slug=slug).first()
    if body is None:
        raise missing(Organisation, slug, "There is no organisation with this id.")
    matrix = sections_of(body, timezone.localdate())
    if form == "json":
        return json_answer(_sections_document(body, matrix))
    bibliography = Bibliography()
    accounts = Account.objects.published().filter(subject=body).select_related("organisation")
    cited = accounts.prefetch_related("citations__source")
    return page(
        request,
        "lineage/sections.html",
        {
            "body": body,
            "place": place_words(body),
            "matrix": matrix,
            "accounts": [(one, bibliography.marks(one.citations.all())) for one in cited],
            "sources": bibliography.entries(),
            "homonyms": homonyms(),
        },
        reverse("sections-json", args=[slug]),
    )


def _sections_document(body: Organisation, matrix: Matrix) -> dict[str, Any]:
    return {
        "international": body.slug,
        "periods": [{"from": one.first, "to": one.last} for one in matrix.periods],
        "countries": [
            {
                "country": line.code or None,
                "cells": [
                    [
                        {
                            "organisation": one.body.slug,
                            "role": one.row.role,
                            "certain": one.certain,
                        }
                        for one in cell
                    ]
                    for cell in line.cells
                ],
                "undated": [
                    {"organisation": one.body.slug, "role": one.row.role} for one in line.undated
                ],
            }
            for line in matrix.lines
        ],
    }
