"""As a party tells it: who gave accounts, and all that one of them says."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lineage.models import Account, ChangeEvent, Citation, Organisation
from lineage.reading.annals import told, with_edges
from lineage.reading.bibliography import Bibliography
from lineage.reading.homonyms import homonyms
from lineage.views.answers import json_answer, missing, page, readable


@readable
def tellers(request: HttpRequest, form: str = "html") -> HttpResponse:
    """The bodies that gave accounts, each with their number."""
    rows = (
        Organisation.objects.published()
        .filter(accounts_given__in=Account.objects.published())
        .annotate(number=Count("accounts_given", distinct=True))
        .order_by("-number", "folded", "slug")
    )
    if form == "json":
        return json_answer(
            {"tellers": [{"id": r.slug, "name": r.name, "accounts": r.number} for r in rows]}
        )
    others = Account.objects.published().filter(organisation=None)
    return page(
        request,
        "lineage/tellers.html",
        {"tellers": rows, "others": others.count(), "homonyms": homonyms()},
        reverse("tellers-json"),
    )


@readable
def teller(request: HttpRequest, slug: str, form: str = "html") -> HttpResponse:
    """What one body says of changes and of bodies, changes by date."""
    body = Organisation.objects.published().filter(slug=slug).first()
    if body is None:
        raise missing(Organisation, slug, "There is no organisation with this id.")
    rows = accounts_by(slug)
    if form == "json":
        return json_answer({"teller": slug, "accounts": [_entry(row) for row in rows]})
    bibliography, apart = Bibliography(), homonyms()
    named = with_edges(_events(rows))
    titles = {row.pk: told(row, apart) for row in named}
    return page(
        request,
        "lineage/teller.html",
        {
            "body": body,
            "accounts": [
                (row, titles.get(row.event_id or 0), bibliography.marks(row.citations.all()))
                for row in rows
            ],
            "sources": bibliography.entries(),
            "homonyms": apart,
        },
        reverse("teller-json", args=[slug]),
    )


def accounts_by(slug: str) -> list[Account]:
    """The accounts that a body gave: of events by date, then of bodies by name."""
    cited = Prefetch("citations", Citation.objects.select_related("source"))
    by_date = F("event__date_earliest").asc(nulls_last=True)
    rows = Account.objects.published().filter(organisation__slug=slug)
    rows = rows.select_related("event", "subject").prefetch_related(cited)
    return list(rows.order_by(by_date, "event__slug", "subject__folded", "pk"))


def _events(rows: list[Account]) -> Any:
    keys = [row.event_id for row in rows if row.event_id]
    return ChangeEvent.objects.published().filter(pk__in=keys)


def _entry(row: Account) -> dict[str, Any]:
    of: Any = row.event or row.subject
    return {"event" if row.event else "organisation": of.slug, "text": row.text}
