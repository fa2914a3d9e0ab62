"""Feeds of changes to the record (Atom): as a whole, of a country, of a body."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from lineage import countries
from lineage.models import ChangeEvent, Organisation, Succession
from lineage.reading.annals import told, with_edges
from lineage.reading.changelog import latest
from lineage.reading.homonyms import homonyms
from lineage.views.answers import missing, readable


@readable
def changes(request: HttpRequest) -> HttpResponse:
    """The latest changes to the record."""
    return _feed(request, settings.RECORD_TITLE, reverse("home"), None, None)


@readable
def of_country(request: HttpRequest, code: str) -> HttpResponse:
    """Those to the bodies of a country, and to the events that they took part in."""
    bodies = Organisation.objects.published().in_country(code)
    if code not in countries.NAMES or not bodies.exists():
        raise Http404("The record has no body of this country.")
    title = f"{settings.RECORD_TITLE}: {countries.NAMES[code]}"
    return _feed(request, title, reverse("country", args=[code]), bodies, _events_of(bodies))


@readable
def of_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Those to one body, and to the events that it took part in."""
    bodies = Organisation.objects.published().filter(slug=slug)
    body = bodies.first()
    if body is None:
        raise missing(Organisation, slug, "There is no organisation with this id.")
    title = f"{settings.RECORD_TITLE}: {body}"
    return _feed(request, title, body.get_absolute_url(), bodies, _events_of(bodies))


def _events_of(bodies: Any) -> Any:
    edges = Succession.objects.published().order_by()
    keys = (
        edges.filter(predecessor__in=bodies)
        .values("event")
        .union(edges.filter(successor__in=bodies).values("event"))
    )
    return ChangeEvent.objects.published().filter(pk__in=keys)


def _feed(
    request: HttpRequest, title: str, page: str, bodies: Any | None, events: Any | None
) -> HttpResponse:
    entries = latest(bodies, events)
    apart = homonyms()
    named = with_edges(
        ChangeEvent.objects.published().filter(
            pk__in=[one.record.pk for one in entries if isinstance(one.record, ChangeEvent)]
        )
    )
    titles = {row.pk: told(row, apart)["title"] for row in named}
    feed = Atom1Feed(
        title=title,
        link=request.build_absolute_uri(page),
        feed_url=request.build_absolute_uri(),
        description=None,
        language="en",
        feed_copyright="CC BY 4.0",
    )
    for one in entries:
        is_event = isinstance(one.record, ChangeEvent)
        link = request.build_absolute_uri(one.record.get_absolute_url())
        feed.add_item(
            title=titles[one.record.pk] if is_event else str(one.record),
            link=link,
            description=one.words,
            unique_id=f"{link}#{one.day.isoformat()}",
            updateddate=one.moment,
            pubdate=one.moment,
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
