"""On this day: what happened on a day of the year, whatever the year."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from lineage.reading.annals import founded_on, happened_on, told
from lineage.reading.homonyms import homonyms
from lineage.views.answers import json_answer, page, readable
from lineage.views.entries import body_entry, event_entry

LEAP = 2024  # a year that has every day


@readable
def today(request: HttpRequest) -> HttpResponse:
    """On to the page of this day."""
    now = timezone.localdate()
    return HttpResponseRedirect(reverse("day", args=[f"{now:%m-%d}"]))


@readable
def day(request: HttpRequest, day: str, form: str = "html") -> HttpResponse:
    """The events and foundings of one day of the year: ``/days/09-03/``."""
    try:
        leap = date.fromisoformat(f"{LEAP}-{day}")
    except ValueError as error:
        none = "There is no such day. Write a month and a day, such as 09-03."
        raise Http404(none) from error
    events, bodies, apart = happened_on(leap), founded_on(leap), homonyms()
    if form == "json":
        return json_answer(
            {
                "events": [event_entry(row, apart) for row in events],
                "founded": [body_entry(row) for row in bodies],
            }
        )
    return page(
        request,
        "lineage/day.html",
        {
            "words": f"{leap.day} {leap:%B}",
            "events": [told(row, apart) for row in events],
            "bodies": bodies,
            "before": leap - timedelta(days=1),
            "after": leap + timedelta(days=1),
        },
        reverse("day-json", args=[day]),
    )
