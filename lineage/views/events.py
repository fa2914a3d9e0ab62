"""Events: all of them by decade, and the page of one."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from lineage import countries
from lineage.exchange.export import Export
from lineage.models import (
    Account,
    ChangeEvent,
    ChangeKind,
    Citation,
    Manner,
    Organisation,
    Succession,
)
from lineage.reading import families, sentences
from lineage.reading.annals import told, with_edges
from lineage.reading.bibliography import Bibliography
from lineage.reading.homonyms import Homonyms, homonyms
from lineage.reading.intervals import falls_within
from lineage.reading.linked import of_event
from lineage.reading.sourcing import sourcing_of
from lineage.views.answers import BadQueryError, json_answer, missing, page, page_of, readable
from lineage.views.citing import sharing_of
from lineage.views.devices import DESK, time_on
from lineage.views.entries import event_entry
from lineage.views.organisations import countries_recorded
from lineage.views.telling import as_told, teller_asked

PAGE_SIZE = 100
FILTERS = ("kind", "manner", "country", "from", "to")
NONE = "There is no event with this id."
FIELDS = ("summary", "date", "kind", "manner")  # as the page tells them, before the accounts


@readable
def events(request: HttpRequest, form: str = "html") -> HttpResponse:
    """The events that a query asks for, oldest first, a page of them at a time."""
    asked = _asked(request.GET)
    rows = with_edges(_filtered(asked).by_date())
    shown = page_of(request, rows, PAGE_SIZE)
    apart = homonyms()
    query = urlencode([(name, value) for name, value in asked.items() if value])
    if form == "json":
        return json_answer(_list_document(query, shown, apart))
    listed = [told(event, apart) for event in shown]
    decades = [
        (decade, list(group))
        for decade, group in groupby(listed, lambda one: _decade(one["event"]))
    ]
    at = f"page={shown.number}" if shown.has_previous() else ""
    here = "&".join(part for part in (query, at) if part)
    return page(
        request,
        "lineage/events.html",
        {
            "decades": decades,
            "shown": shown,
            "count": shown.paginator.count,
            "since": asked["from"],
            "asked": asked,
            "query": query,
            "countries": countries_recorded(),
            "kinds": ChangeKind.choices,
            "manners": Manner.choices,
        },
        reverse("events-json") + (f"?{here}" if here else ""),
    )


def _list_document(query: str, shown: Any, apart: Homonyms) -> dict[str, Any]:
    following = None
    if shown.has_next():
        more = "&".join(part for part in (query, f"page={shown.next_page_number()}") if part)
        following = f"{reverse('events-json')}?{more}"
    return {
        "count": shown.paginator.count,
        "next": following,
        "events": [event_entry(one, apart) for one in shown],
    }


def _asked(query: QueryDict) -> dict[str, str]:
    asked = {name: query.get(name, "").strip() for name in FILTERS}
    right: dict[str, tuple[Container[str], str]] = {
        "kind": (ChangeKind.values, f"one of {', '.join(ChangeKind.values)}"),
        "manner": (Manner.values, f"one of {', '.join(Manner.values)}"),
        "country": (countries.NAMES, "a code of two capital letters, as LK"),
    }
    for name, (values, what) in right.items():
        if asked[name] and asked[name] not in values:
            raise BadQueryError(f"The parameter “{name}” is {what}. Correct it, or leave it out.")
    for name in ("from", "to"):
        if asked[name] and not (re.fullmatch("[0-9]{4}", asked[name]) and int(asked[name])):
            raise BadQueryError(f"The parameter “{name}” is a year of four digits, as 1953.")
    if asked["from"] and asked["to"] and asked["from"] > asked["to"]:
        raise BadQueryError(
            f"{asked['to']} is before {asked['from']}. Give the earlier year first."
        )
    return asked


def _filtered(asked: dict[str, str]) -> Any:
    rows = ChangeEvent.objects.published()
    for name in ("kind", "manner"):
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    if asked["country"]:
        there = Organisation.objects.published().in_country(asked["country"])
        edges = Succession.objects.published().filter(
            Q(predecessor__in=there) | Q(successor__in=there)
        )
        rows = rows.filter(pk__in=edges.order_by().values("event"))
    if asked["from"] or asked["to"]:
        first = date(int(asked["from"] or 1), 1, 1)
        last = date(int(asked["to"] or 9999), 12, 31)
        rows = rows.exclude(date="").filter(falls_within("date", first, last))
    return rows


def _decade(event: ChangeEvent) -> str:
    day = event.date_earliest or event.date_latest
    return f"The {day.year // 10 * 10}s" if day else "Without a date"


@readable
def event(request: HttpRequest, slug: str, form: str = "html") -> HttpResponse:
    """One event: as a page, or as its part of the document."""
    published = ChangeEvent.objects.published()
    if form == "json":
        found = Export().events(published.filter(slug=slug))
        if not found:
            raise missing(ChangeEvent, slug, NONE)
        return json_answer(found[0])
    sources = Prefetch("citations", Citation.objects.select_related("source"))
    accounts = Account.objects.published().select_related("organisation").prefetch_related(sources)
    rows = with_edges(published.filter(slug=slug))
    row: Any = rows.prefetch_related(sources, Prefetch("accounts", accounts)).first()
    if row is None:
        raise missing(ChangeEvent, slug, NONE)
    edges, teller = list(row.successions.all()), teller_asked(request)
    # In the order in which the page tells it, so that the first mark that one reads is 1.
    bibliography = Bibliography()
    citations = [] if row.partly_hidden else list(row.citations.all())
    marks = _marks(FIELDS, citations, bibliography)
    told_accounts = [
        (account, bibliography.marks(account.citations.all())) for account in row.accounts.all()
    ]
    others = sorted({one.statement for one in citations} - {*FIELDS})
    marks |= _marks(others, citations, bibliography)
    apart = homonyms()
    title = sentences.title_of(row, edges, apart)
    return page(
        request,
        "lineage/event.html",
        {
            "event": row,
            "title": title,
            "heading": sentences.heading_of(row, title),
            "homonyms": apart,
            "summary": "" if row.partly_hidden else row.summary,
            "incomplete": row.partly_hidden or not row.complete,
            "before": _sides(edges, "predecessor"),
            "after": _sides(edges, "successor"),
            "marks": marks,
            "accounts": told_accounts,
            **as_told(teller, told_accounts),
            "sources": bibliography.entries(),
            "sourcing": sourcing_of(row, citations, [account for account, _ in told_accounts]),
            "chart": _chart(edges, title, time_on(request), teller.slug if teller else ""),
            "root": edges[0].successor,
            "linked": of_event(row, title, request.build_absolute_uri, edges),
            **sharing_of(request, row, title),
        },
        reverse("event-json", args=[slug]),
    )


def _marks(
    names: Iterable[str], citations: list[Citation], bibliography: Bibliography
) -> dict[str, Any]:
    """The marks of an event's own statements, by what they support."""
    return {
        name: bibliography.marks([one for one in citations if one.statement == name])
        for name in names
    }


def _sides(edges: list[Succession], side: str) -> list[dict[str, Any]]:
    """The bodies on one side of the event, each once, with what became of them."""
    found: dict[int, dict[str, Any]] = {}
    for edge in edges:
        body: Organisation = getattr(edge, side)
        flag = edge.predecessor_continues if side == "predecessor" else edge.successor_existed
        known = found.setdefault(body.pk, {"organisation": body, "flag": flag})
        known["flag"] = known["flag"] or flag
    return list(found.values())


def _chart(edges: list[Succession], title: str, time: str, teller: str) -> Any:
    """The bodies of the event, and the edges among them."""
    slugs = {edge.predecessor.slug for edge in edges} | {edge.successor.slug for edge in edges}
    family = families.of_bodies(slugs)
    return family.chart(timezone.localdate(), title=title, time=time, teller=teller, within=DESK)
