"""How complete the record is, as a page and as data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lineage.reading.completeness import Completeness, Measure
from lineage.views.answers import json_answer, page, readable


@readable
def completeness(request: HttpRequest, form: str = "html") -> HttpResponse:
    """The record in numbers: as a whole, by country and by international."""
    found = Completeness()
    whole, by_country = found.whole(), found.by_country()
    by_international = found.by_international()
    if form == "json":
        return json_answer(
            {
                "whole": _entry(whole),
                "countries": [{"country": one.key, **_entry(one)} for one in by_country],
                "internationals": [
                    {"organisation": one.key, **_entry(one)} for _row, one in by_international
                ],
            }
        )
    return page(
        request,
        "lineage/completeness.html",
        {
            "whole": whole,
            "sources": len(whole.tally.sources),
            "by_country": by_country,
            "by_international": by_international,
        },
        reverse("completeness-json"),
    )


def _entry(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.label,
        "bodies": measure.bodies,
        "changes": measure.changes,
        "statements": measure.tally.statements,
        "cited": measure.tally.cited,
        "dates": measure.tally.dates,
        "dated": measure.tally.dated,
        "sources": len(measure.tally.sources),
        "single_source": [row.slug for row in measure.single],
        "unsourced": [row.slug for row in measure.unsourced],
    }
