"""What others take from the site: trees to embed, references to cite."""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from lineage.models import ChangeEvent, Organisation
from lineage.reading.annals import told, with_edges
from lineage.reading.excerpts import excerpt_of
from lineage.reading.homonyms import homonyms
from lineage.reading.references import Reference
from lineage.views.answers import BadQueryError, error_answer, json_answer, missing, readable
from lineage.views.asking import asked_of
from lineage.views.citing import refer
from lineage.views.devices import time_on

WIDTH, HEIGHT = 800, 500  # pixels of a frame where none are asked for
SMALLEST, LARGEST = 200, 4000
FRAMED = ("organisation", "organisation-tree", "embed")


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@readable
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """A body's family tree for a frame on another page, with the parameters of its tree."""
    body = Organisation.objects.published().filter(slug=slug).first()
    if body is None:
        raise missing(Organisation, slug, "There is no organisation with this id.")
    asked = asked_of(request.GET, of_body=True)
    excerpt = excerpt_of(body, asked.wish, told=False)
    tree = reverse("organisation-tree", args=[slug])
    chart = excerpt.family.chart(
        timezone.localdate(),
        focus=slug,
        title=excerpt.title,
        opens=lambda one: tree + asked.opening(one).query(),
        colour=asked.colour or "country",
        time=asked.time or time_on(request),
        teller=asked.teller,
    )
    context = {"body": body, "chart": chart, "title": excerpt.title, "tree": tree + asked.query()}
    return render(request, "lineage/embed.html", context)


@readable
def oembed(request: HttpRequest) -> HttpResponse:
    """How to embed the tree at an address of this site (https://oembed.com, a rich answer)."""
    url = request.GET.get("url", "")
    if request.GET.get("format", "json") != "json":
        return error_answer(request, 501, "This site answers in JSON. Ask with format=json.")
    if not url:
        raise BadQueryError("Name the page to embed: /oembed?url= and its whole address.")
    slug = _framed(request, url)
    body = Organisation.objects.published().filter(slug=slug).first() if slug else None
    if body is None:
        raise Http404("There is no family tree at this address.")
    width = _pixels(request, "maxwidth", WIDTH)
    height = _pixels(request, "maxheight", HEIGHT)
    source = request.build_absolute_uri(reverse("embed", args=[body.slug]))
    frame = {"source": source, "title": f"{body} and its family", "width": width, "height": height}
    return json_answer(
        {
            "version": "1.0",
            "type": "rich",
            "provider_name": "Lineage",
            "provider_url": request.build_absolute_uri(reverse("home")),
            "title": frame["title"],
            "width": width,
            "height": height,
            "html": render_to_string("lineage/frame.html", frame).strip(),
        }
    )


def _framed(request: HttpRequest, url: str) -> str:
    """The body whose tree an address of this site shows; empty where it shows none."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return ""
    here = parts.netloc in ("", request.get_host()) and parts.scheme in ("", "http", "https")
    return str(match.kwargs["slug"]) if here and match.url_name in FRAMED else ""


def _pixels(request: HttpRequest, name: str, usual: int) -> int:
    asked = request.GET.get(name, "").strip()
    if not asked:
        return usual
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and int(asked) >= SMALLEST):
        raise BadQueryError(f"The parameter “{name}” is a number of pixels, {SMALLEST} or more.")
    return min(int(asked), LARGEST if name == "maxheight" else usual * 2)


FORMS = {
    "bib": "application/x-bibtex; charset=utf-8",
    "csl": "application/vnd.citationstyles.csl+json",
}


@readable
def reference(request: HttpRequest, slug: str, of: str, form: str) -> HttpResponse:
    """How to cite a record: as BibTeX or as CSL-JSON."""
    found = reference_to(request, slug, of)
    if found is None:
        model = Organisation if of == "organisation" else ChangeEvent
        raise missing(model, slug, f"There is no {of} with this id.")
    text = found.bibtex() if form == "bib" else found.csl()
    answer = HttpResponse(text, content_type=FORMS[form])
    answer["Access-Control-Allow-Origin"] = "*"
    ending = "bib" if form == "bib" else "csl.json"
    answer["Content-Disposition"] = f'inline; filename="{slug}.{ending}"'
    return answer


def reference_to(request: HttpRequest, slug: str, of: str) -> Reference | None:
    """The reference to a body or an event as it is seen today."""
    if of == "organisation":
        body = Organisation.objects.published().filter(slug=slug).first()
        return refer(request, body, str(body)) if body else None
    row = with_edges(ChangeEvent.objects.published().filter(slug=slug)).first()
    return refer(request, row, str(told(row, homonyms())["title"])) if row else None
