"""The movement on a date, and what changed between two."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from lineage import countries, dates
from lineage.models import OrganisationKind
from lineage.reading.annals import told
from lineage.reading.homonyms import homonyms
from lineage.reading.intervals import Changed, changed
from lineage.reading.presence import Present, bounds, present
from lineage.views.answers import BadQueryError, json_answer, page, readable
from lineage.views.entries import body_entry, event_entry, tie_entry

FIRST = 1923  # the year with which the links from year to year begin
MOST = 100  # rows of each list of changes on a page
WHAT = "a year, a month or a day, such as 1953, 1953-11 or 1953-11-16"


@readable
def on(request: HttpRequest, when: str, form: str = "html") -> HttpResponse:
    """Who existed on a date, by country."""
    day = _date(when)
    found = present(day, timezone.localdate())
    if form == "json":
        return json_answer(_on_document(found))
    year = bounds(day)[0].year
    this_year = timezone.localdate().year
    near = [one for one in found if not one.remote]
    return page(
        request,
        "lineage/on.html",
        {
            "when": when,
            "day": day,
            "words": _in(day),
            "groups": _grouped(near),
            "count": len(near),
            "certain": sum(one.certain for one in near),
            "remote": [one for one in found if one.remote],
            "homonyms": homonyms(),
            "year": year,
            "before": year - 1 if year > FIRST else None,
            "after": year + 1 if year < this_year else None,
            "decades": range(FIRST // 10 * 10, this_year + 1, 10),
        },
        reverse("on-json", args=[when]),
    )


@readable
def any_date(request: HttpRequest) -> HttpResponse:
    """Where the forms for a date lead: on to its address, in the reader's own words."""
    asked = request.GET.get("date", "").strip()
    day = _understood(asked) if asked else str(timezone.localdate().year)
    return HttpResponseRedirect(reverse("on", args=[day]))


@readable
def changes(request: HttpRequest, since: str, until: str, form: str = "html") -> HttpResponse:
    """What changed between two dates, both included."""
    first, last = _date(since), _date(until)
    start, end = bounds(first)[0], bounds(last)[1]
    if start > end:
        raise BadQueryError(
            f"{until} is before {since}. Ask for the earlier date first: "
            f"{reverse('changes', args=[until, since])}"
        )
    found = changed(start, end)
    if form == "json":
        return json_answer(_changes_document(found))
    apart = homonyms()
    return page(
        request,
        "lineage/changes.html",
        {
            "since": since,
            "until": until,
            "words": first.words if first == last else f"{first.words} to {last.words}",
            "found": found,
            "most": MOST,
            "least": -MOST,
            "events": [told(event, apart) for event in found.events],
            "homonyms": apart,
        },
        reverse("changes-json", args=[since, until]),
    )


@readable
def any_changes(request: HttpRequest) -> HttpResponse:
    """Where the form for two dates leads: on to their address."""
    this_year = str(timezone.localdate().year)
    since = request.GET.get("from", "").strip()
    until = request.GET.get("to", "").strip()
    first = _understood(since) if since else str(timezone.localdate().year - 10)
    last = _understood(until) if until else this_year
    return HttpResponseRedirect(reverse("changes", args=[first, last]))


def _date(text: str) -> dates.HistoricalDate:
    """A date in an address, which must begin and end within one year."""
    try:
        day = dates.parse(text)
        first, last = bounds(day)
    except ValueError as error:
        raise BadQueryError(
            f"“{text[:40]}” is no date that can be asked for. Write {WHAT}."
        ) from error
    if first.year != last.year and not (day.approximate or day.uncertain):
        raise BadQueryError(f"“{text[:40]}” is more than one year. Write {WHAT}.")
    return day


def _understood(text: str) -> str:
    """A date as typed, as it stands in an address."""
    try:
        day = dates.understand(text)
    except dates.DateError as error:
        raise BadQueryError(str(error)) from error
    return _date(day.text).text


def _in(day: dates.HistoricalDate) -> str:
    """``in 1953``, ``on 16 November 1953``."""
    return f"{'on' if day.exact else 'in'} {day.words}"


def _grouped(found: list[Present]) -> list[tuple[str, str, list[Present]]]:
    """Code, name and bodies: the internationals first, then each country, then what has none."""
    groups: dict[str, list[Present]] = defaultdict(list)
    for one in found:
        if one.body.kind == OrganisationKind.INTERNATIONAL:
            groups["internationals"].append(one)
            continue
        for code in one.body.details.countries or [""]:
            groups[code].append(one)
    named = [
        (code, countries.NAMES.get(code, code), rows)
        for code, rows in groups.items()
        if code not in ("internationals", "")
    ]
    return [
        *(
            (("", "Internationals", groups["internationals"]),)
            if "internationals" in groups
            else ()
        ),
        *sorted(named, key=lambda group: group[1]),
        *((("", "Without a country", groups[""]),) if "" in groups else ()),
    ]


def _on_document(found: list[Present]) -> dict[str, Any]:
    return {
        "organisations": [
            {**body_entry(one.body), "called": one.called or one.body.name, "certain": one.certain}
            for one in found
        ],
        "affiliations": [
            {**tie_entry(tie.row), "certain": tie.certain} for one in found for tie in one.ties
        ],
    }


def _changes_document(found: Changed) -> dict[str, Any]:
    apart = homonyms()
    return {
        "founded": [body_entry(row) for row in found.founded],
        "dissolved": [body_entry(row) for row in found.dissolved],
        "events": [event_entry(row, apart) for row in found.events],
        "joined": [tie_entry(row) for row in found.joined],
        "left": [tie_entry(row) for row in found.left],
    }
