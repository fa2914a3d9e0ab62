"""Family trees: the page with its drawing and lists, the drawing alone, on paper, as data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt

from lineage.chart import Chart, Poster
from lineage.models import Organisation
from lineage.printing import paper
from lineage.printing.paper import Paper, TooLargeError
from lineage.reading.details import place_words
from lineage.reading.excerpts import LONGEST, Excerpt, UnknownBodyError, excerpt_of
from lineage.reading.families import Family
from lineage.reading.forest import forest
from lineage.reading.homonyms import homonyms
from lineage.reading.imprint import licence
from lineage.text import fold
from lineage.views.answers import BadQueryError, json_answer, missing, page, readable
from lineage.views.asking import COLOURS, DEEPEST, TIMES, Asked, asked_of
from lineage.views.devices import time_on, width_of
from lineage.views.telling import teller_of

POSTER = "poster"
APART = "drawing"
AT_ONCE = 300  # bodies of a chart that comes with its page; a larger one comes after it
FORMS = {"png": paper.FORMS["png"], "pdf": paper.FORMS["pdf"], POSTER: paper.FORMS["svg"]}
DIRECTION_WORDS = {
    "all": "The whole family",
    "both": "Ancestors and descendants",
    "ancestors": "Ancestors",
    "descendants": "Descendants",
}


@readable
def tree(request: HttpRequest, slug: str = "", form: str = "html") -> HttpResponse:
    """The family tree of a body, or of the whole movement; the part of it that is asked for."""
    body = None
    if slug:
        body = Organisation.objects.published().filter(slug=slug).first()
        if body is None:
            raise missing(Organisation, slug, "There is no organisation with this id.")
    asked = asked_of(request.GET, of_body=body is not None)
    try:
        excerpt = excerpt_of(body, asked.wish, told=form == "html")
    except UnknownBodyError as error:
        raise BadQueryError(
            f"There is no organisation “{error}”. Correct the id, or leave it out."
        ) from error
    if not excerpt.total and form == "html":
        raise Http404("The record holds no organisation yet.")
    if excerpt.too_many and form != "html":
        raise BadQueryError(
            f"This chart would have {excerpt.shown:,} bodies; one has at most {LONGEST:,}. "
            f"Ask for a part with country, kind or international."
        )
    if form == "names":
        return json_answer(_names_document(excerpt.family))
    if form in FORMS and (form == POSTER or (body is None and not _is_part(excerpt))):
        poster = excerpt.family.poster(
            timezone.localdate(),
            excerpt.title,
            licence=licence(),
            colour=asked.colour or "international",
            teller=asked.teller,
        )
        return _printed(poster, slug, form)
    time = asked.time or (time_on(request) if form in ("html", APART) else "across")
    apart = form == "html" and excerpt.shown > AT_ONCE
    chart = excerpt.family.chart(
        timezone.localdate(),
        focus=slug or None,
        title=excerpt.title,
        opens=lambda one: _address(slug, "html") + asked.opening(one).query(),
        colour=asked.colour or "country",
        time=time,
        teller=asked.teller,
        within=width_of(excerpt.shown),
    )
    if form == "json":
        return json_answer(chart.geometry.as_dict())
    if form == "svg":
        return drawing(request, chart)
    if form == APART:
        return render(request, "lineage/drawing.html", {"chart": chart, "title": excerpt.title})
    if form in FORMS:
        return _printed(chart, slug, form)
    query = replace(asked, time=time if time == "down" else "").query(drawn=True)
    context = {
        "body": body,
        "title": excerpt.title,
        "chart": chart,
        "apart": _address(slug, APART) + asked.query() if apart else "",
        "asked": asked,
        "excerpt": excerpt,
        "family": excerpt.family,
        "branches": forest(
            excerpt.family, lambda one: _address(slug, "html") + asked.opening(one).query()
        ),
        "homonyms": homonyms(),
        "span": _span(excerpt.family),
        "svg": _address(slug, "svg") + query,
        "png": _address(slug, "png") + query,
        "pdf": _address(slug, "pdf") + query,
        "poster": "" if body else _address(slug, "poster-svg") + query,
        "names": _address(slug, "names-json") + query,
        "here": _address(slug, "html"),
        "whole": _address(slug, "html") + asked.whole(of_body=body is not None).query(drawn=True),
        "told": _told(asked, excerpt, chart),
        "directions": DIRECTION_WORDS,
        "colours": COLOURS,
        "times": TIMES,
        "time": time,
        "teller": teller_of(asked.teller),
        "leave": _address(slug, "html") + replace(asked, teller="").query(),
        "deepest": DEEPEST,
        "longest": LONGEST,
    }
    return page(request, "lineage/tree.html", context, _address(slug, "json") + query)


@csrf_exempt
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def alone(request: HttpRequest, slug: str = "") -> HttpResponseBase:
    """A tree's drawing as a page of its own: in a frame of the tree's page without scripts, and
    where the script finds what it puts in piece by piece.
    """
    return tree(request, slug, APART)


def _address(slug: str, form: str) -> str:
    """The address of a tree in one of its forms, without its query."""
    name = ("organisation-tree" if slug else "tree") + ("" if form == "html" else f"-{form}")
    return reverse(name, args=[slug] if slug else [])


def drawing(request: HttpRequest, chart: Chart) -> HttpResponse:
    """The drawing as a file of its own."""
    return render(
        request,
        "lineage/chart.svg",
        {"chart": chart, "standalone": True},
        content_type="image/svg+xml",
    )


def _is_part(excerpt: Excerpt) -> bool:
    """Whether a reader asked for some of the movement, which its drawing shows as the page does."""
    return excerpt.wish.filtered or bool(excerpt.wish.opened)


def _printed(drawing: Chart | Poster, slug: str, form: str) -> HttpResponse:
    """A drawing on paper, as a file with a name."""
    of = "svg" if form == POSTER else form
    try:
        content = Paper.of(drawing, licence()).printed(of)
    except TooLargeError as error:
        raise BadQueryError(str(error)) from error
    response = HttpResponse(content, content_type=FORMS[form])
    name = slug or ("poster" if isinstance(drawing, Poster) else "movement")
    response["Content-Disposition"] = f'inline; filename="{name}.{of}"'
    return response


def _told(asked: Asked, excerpt: Excerpt, chart: Chart) -> dict[str, Any]:
    """What the chart's script would show by light and shade, in words."""
    rows = excerpt.family.organisations
    told: dict[str, Any] = {}
    if asked.year:
        year = int(asked.year)
        there = [bar for bar in chart.geometry.bars if bar.dated]
        told["existing"] = sum(bar.start < year + 1 and bar.end >= year for bar in there)
    if asked.lit:
        told["lit"] = rows.get(asked.lit)
        told["ancestors"] = len(excerpt.family.lineage.ancestors(asked.lit))
        told["descendants"] = len(excerpt.family.lineage.descendants(asked.lit))
    words = fold(asked.find).split()
    if words:
        told["found"] = sorted(
            (
                row
                for row in rows.values()
                if any(
                    all(word in name for word in words)
                    for name in (row.folded, *(name.folded for name in row.details.names))
                )
            ),
            key=lambda row: (row.folded, row.slug),
        )
    return told


def _names_document(family: Family) -> dict[str, Any]:
    """What the chart's script finds bodies by, and the changes along which it lights a line."""
    return {
        "bodies": [
            {
                "id": row.slug,
                "name": row.name,
                "names": list(dict.fromkeys(name.text for name in row.details.names)),
                "years": row.years,
                "place": place_words(row),
            }
            for row in family.organisations.values()
        ],
        "changes": [
            {
                "from": edge.predecessor,
                "to": edge.successor,
                "earliest": edge.earliest.isoformat() if edge.earliest else None,
                "latest": edge.latest.isoformat() if edge.latest else None,
            }
            for edge in family.lineage.edges
        ],
    }


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
