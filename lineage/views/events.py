"""Events: all of them by decade, and the page of one."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from lineage.exchange.export import Export
from lineage.models import Account, ChangeEvent, Citation, Organisation, Succession
from lineage.reading import families, sentences
from lineage.reading.bibliography import Bibliography
from lineage.reading.homonyms import Homonyms, homonyms
from lineage.reading.sourcing import sourcing_of
from lineage.views.answers import json_answer, page, page_of, readable
from lineage.views.citing import sharing_of
from lineage.views.devices import time_on
from lineage.views.entries import event_entry

PAGE_SIZE = 100
NONE = "There is no event with this id."


def with_edges(events: QuerySet[ChangeEvent]) -> QuerySet[ChangeEvent]:
    """Events with the edges that readers may see."""
    edges = Succession.objects.published().select_related("predecessor", "successor")
    return events.prefetch_related(
        Prefetch("successions", edges.order_by("predecessor", "successor"))
    )


def told(event: Any, apart: Homonyms) -> dict[str, Any]:
    """An event in a list: its title as readers may see it, and without the year beside it."""
    title = sentences.title_of(event, event.successions.all(), apart)
    return {"event": event, "title": title, "heading": sentences.heading_of(event, title)}


@readable
def events(request: HttpRequest, form: str = "html") -> HttpResponse:
    """All events, oldest first, a page of them at a time."""
    rows = with_edges(ChangeEvent.objects.published().by_date())
    shown = page_of(request, rows, PAGE_SIZE)
    apart = homonyms()
    if form == "json":
        following = (
            f"{reverse('events-json')}?page={shown.next_page_number()}"
            if shown.has_next()
            else None
        )
        return json_answer(
            {
                "count": shown.paginator.count,
                "next": following,
                "events": [event_entry(one, apart) for one in shown],
            }
        )
    listed = [told(event, apart) for event in shown]
    decades = [
        (decade, list(group))
        for decade, group in groupby(listed, lambda one: _decade(one["event"]))
    ]
    return page(
        request,
        "lineage/events.html",
        {"decades": decades, "shown": shown, "count": shown.paginator.count},
        reverse("events-json") + (f"?page={shown.number}" if shown.has_previous() else ""),
    )


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
            raise Http404(NONE)
        return json_answer(found[0])
    sources = Prefetch("citations", Citation.objects.select_related("source"))
    accounts = Account.objects.published().select_related("organisation").prefetch_related(sources)
    rows = with_edges(published.filter(slug=slug))
    row: Any = rows.prefetch_related(sources, Prefetch("accounts", accounts)).first()
    if row is None:
        raise Http404(NONE)
    edges = list(row.successions.all())
    bibliography = Bibliography()
    citations = [] if row.partly_hidden else list(row.citations.all())
    marks = {
        name: bibliography.marks([one for one in citations if one.statement == name])
        for name in sorted({one.statement for one in citations})
    }
    told_accounts = [
        (account, bibliography.marks(account.citations.all())) for account in row.accounts.all()
    ]
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
            "sources": bibliography.entries(),
            "sourcing": sourcing_of(row, citations, [account for account, _ in told_accounts]),
            "chart": _chart(edges, title, time_on(request)),
            "root": edges[0].successor,
            **sharing_of(request, row, title),
        },
        reverse("event-json", args=[slug]),
    )


def _sides(edges: list[Succession], side: str) -> list[dict[str, Any]]:
    """The bodies on one side of the event, each once, with what became of them."""
    found: dict[int, dict[str, Any]] = {}
    for edge in edges:
        body: Organisation = getattr(edge, side)
        flag = edge.predecessor_continues if side == "predecessor" else edge.successor_existed
        known = found.setdefault(body.pk, {"organisation": body, "flag": flag})
        known["flag"] = known["flag"] or flag
    return list(found.values())


def _chart(edges: list[Succession], title: str, time: str) -> Any:
    """The bodies of the event, and the edges among them."""
    slugs = {edge.predecessor.slug for edge in edges} | {edge.successor.slug for edge in edges}
    return families.of_bodies(slugs).chart(timezone.localdate(), title=title, time=time)
