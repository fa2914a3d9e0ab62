"""Events as lists tell them, and the days of the year on which things happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from lineage.models import ChangeEvent, Organisation, Succession
from lineage.reading import sentences
from lineage.reading.homonyms import Homonyms


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


def happened_on(leap: date) -> QuerySet[ChangeEvent]:
    """The events of one known day that fall on this day of the year, oldest first.

    ``leap`` is the day in a leap year.
    """
    rows = ChangeEvent.objects.published().filter(
        date_earliest=F("date_latest"), date_earliest__month=leap.month, date_earliest__day=leap.day
    )
    return with_edges(rows.by_date())


def founded_on(leap: date) -> QuerySet[Organisation]:
    """The bodies founded on this day of the year, oldest first."""
    rows = Organisation.objects.published().filter(
        founded_earliest=F("founded_latest"),
        founded_earliest__month=leap.month,
        founded_earliest__day=leap.day,
    )
    return rows.prefetch_related("country_periods").order_by("founded_earliest", "slug")
