"""Family trees: the page with its drawing and lists, the drawing alone, the geometry."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lineage.chart import Chart
from lineage.models import Organisation
from lineage.reading import families
from lineage.reading.families import Family
from lineage.reading.homonyms import homonyms
from lineage.views.answers import json_answer, page, readable


@readable
def tree(request: HttpRequest, slug: str = "", form: str = "html") -> HttpResponse:
    """The family tree of a body, or of the whole movement."""
    body = None
    if slug:
        body = Organisation.objects.published().filter(slug=slug).first()
        if body is None:
            raise Http404("There is no organisation with this id.")
        family = families.family_of(body)
    else:
        family = families.whole()
    if not family.organisations and form == "html":
        raise Http404("The record holds no organisation yet.")
    title = f"The family of {body.name}" if body else "The whole movement"
    chart = family.chart(timezone.localdate(), focus=slug or None, title=title)
    if form == "json":
        return json_answer(chart.geometry.as_dict())
    if form == "svg":
        return drawing(request, chart)
    context = {
        "body": body,
        "title": title,
        "chart": chart,
        "family": family,
        "steps": families.steps(family.forest()),
        "homonyms": homonyms(),
        "span": _span(family),
        "svg": reverse("organisation-tree-svg", args=[slug]) if slug else reverse("tree-svg"),
    }
    json = reverse("organisation-tree-json", args=[slug]) if slug else reverse("tree-json")
    return page(request, "lineage/tree.html", context, json)


def drawing(request: HttpRequest, chart: Chart) -> HttpResponse:
    """The drawing as a file of its own."""
    return render(
        request,
        "lineage/chart.svg",
        {"chart": chart, "standalone": True},
        content_type="image/svg+xml",
    )


def _span(family: Family) -> str:
    """From the first to the last year that the record knows of a family; what it doesn't, not."""
    rows = family.organisations.values()
    bounds = [
        (row.founded_earliest, row.founded_latest, row.dissolved_latest, row.active_latest)
        for row in rows
    ]
    bounds += [(edge.earliest, edge.latest, None, None) for edge in family.lineage.edges]
    years = sorted({day.year for days in bounds for day in days if day})
    if years and any(row.living for row in rows):
        return f"since {years[0]}"
    return "–".join(str(year) for year in dict.fromkeys((years[0], years[-1]))) if years else ""
