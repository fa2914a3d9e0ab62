"""The sources: all of them, and what is drawn from one."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lineage.exchange.export import seen_citations, seen_sources, source_entry
from lineage.models import Citation, Source, Succession
from lineage.reading import sentences
from lineage.reading.citing import Citing, citing
from lineage.reading.homonyms import Homonyms, homonyms
from lineage.views.answers import json_answer, missing, page, page_of, readable

PAGE_SIZE = 200
NONE = "There is no source with this id."


@readable
def sources(request: HttpRequest, form: str = "html") -> HttpResponse:
    """All sources with the number of their citations, the most cited first, a page at a time."""
    times = dict(
        Citation.objects.filter(seen_citations())
        .order_by()
        .values_list("source")
        .annotate(Count("pk"))
    )
    rows = sorted(seen_sources(), key=lambda row: (-times.get(row.pk, 0), row.title, row.slug))
    shown = page_of(request, rows, PAGE_SIZE)
    if form == "json":
        following = (
            f"{reverse('sources-json')}?page={shown.next_page_number()}"
            if shown.has_next()
            else None
        )
        return json_answer(
            {
                "count": len(rows),
                "next": following,
                "sources": [
                    {**source_entry(row), "citations": times.get(row.pk, 0)} for row in shown
                ],
            }
        )
    return page(
        request,
        "lineage/bibliography.html",
        {
            "sources": [(row, times.get(row.pk, 0)) for row in shown],
            "shown": shown,
            "count": len(rows),
        },
        reverse("sources-json") + (f"?page={shown.number}" if shown.has_previous() else ""),
    )


@readable
def source(request: HttpRequest, slug: str, form: str = "html") -> HttpResponse:
    """One source, and every record that cites it."""
    row = seen_sources().filter(slug=slug).first()
    if row is None:
        raise missing(Source, slug, NONE, seen_sources())
    found = citing(_citations(row))
    if form == "json":
        return json_answer(
            {
                **source_entry(row),
                "cited_by": [
                    {
                        "event" if one.is_event else "organisation": one.record.slug,
                        "statements": list(one.statements),
                    }
                    for one in found
                ],
            }
        )
    apart = homonyms()
    return page(
        request,
        "lineage/source.html",
        {
            "source": row,
            "bodies": [one for one in found if not one.is_event],
            "events": _told([one for one in found if one.is_event], apart),
            "homonyms": apart,
        },
        reverse("source-json", args=[slug]),
    )


def _citations(source: Source) -> Any:
    return (
        Citation.objects.filter(seen_citations(), source=source)
        .select_related(
            "organisation",
            "name__organisation",
            "fact__organisation",
            "affiliation__organisation",
            "affiliation__body",
            "account__subject",
            "account__event",
            "event",
        )
        .order_by("statement", "locator", "pk")
    )


def _told(found: list[Citing], apart: Homonyms) -> list[tuple[Citing, str]]:
    """The events with the titles that readers see."""
    edges = (
        Succession.objects.published()
        .select_related("predecessor", "successor")
        .filter(event__in=[one.record.pk for one in found])
        .order_by("predecessor", "successor")
    )
    of_event: dict[int, list[Succession]] = {}
    for edge in edges:
        of_event.setdefault(edge.event_id, []).append(edge)
    return [
        (one, sentences.title_of(one.record, of_event.get(one.record.pk, []), apart))
        for one in found
    ]
