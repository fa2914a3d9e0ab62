"""Family trees: the page with its drawing and lists, the drawing alone, the geometry."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from lineage.chart import Chart
from lineage.models import Organisation
from lineage.reading import families
from lineage.views.answers import json_answer, page, readable


@readable
def tree(request: HttpRequest, slug: str = "", form: str = "html") -> HttpResponse:
    """The family tree of a body, or of the whole movement."""
    body = None
    if slug:
        body = get_object_or_404(Organisation.objects.published(), slug=slug)
        family = families.family_of(body)
    else:
        family = families.whole()
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
        "forest": family.forest(),
        "span": _span(chart, timezone.localdate()),
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


def _span(chart: Chart, today: date) -> str:
    if not chart.geometry.bars:
        raise Http404("The record holds no organisation yet.")
    first = int(min(bar.start for bar in chart.geometry.bars))
    last = min(int(max(bar.end for bar in chart.geometry.bars)), today.year)
    return f"{first}–{last}"
