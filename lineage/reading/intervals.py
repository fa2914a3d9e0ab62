"""What changed between two dates: who began and ended, the events, who joined what and left it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, Q

from lineage.models import Affiliation, ChangeEvent, CountryPeriod, Organisation, Succession


@dataclass(frozen=True, slots=True)
class Changed:
    """Each list by date: bodies, events with the edges that readers may see, memberships."""

    founded: list[Any]
    dissolved: list[Any]
    events: list[Any]
    joined: list[Affiliation]
    left: list[Affiliation]

    @property
    def count(self) -> int:
        return sum(
            len(rows)
            for rows in (self.founded, self.dissolved, self.events, self.joined, self.left)
        )


def changed(start: date, end: date) -> Changed:
    """All that may have happened from the day ``start`` to the day ``end``. Eight queries.

    A date that is known but roughly counts wherever one of its days falls within; one without a
    bound on one side, where the bound that it has does.
    """
    bodies = Organisation.objects.published().prefetch_related(
        Prefetch("country_periods", CountryPeriod.objects.order_by("country", "since"))
    )
    edges = Succession.objects.published().select_related("predecessor", "successor")
    ties = Affiliation.objects.published().select_related("organisation", "body")

    def within(rows: Any, field: str) -> list[Any]:
        first = F(f"{field}_earliest")
        rows = rows.filter(falls_within(field, start, end)).exclude(**{field: ""})
        return list(rows.order_by(first.asc(nulls_last=True), f"{field}_latest", "pk"))

    return Changed(
        within(bodies, "founded"),
        within(bodies, "dissolved"),
        within(
            ChangeEvent.objects.published().prefetch_related(
                Prefetch("successions", edges.order_by("predecessor", "successor"))
            ),
            "date",
        ),
        within(ties, "since"),
        within(ties, "until"),
    )


def falls_within(field: str, start: date, end: date) -> Q:
    """Whether a date may fall from one day to another."""
    first, last = f"{field}_earliest", f"{field}_latest"
    return (
        Q(**{f"{first}__lte": end, f"{last}__gte": start})
        | Q(**{first: None, f"{last}__range": (start, end)})
        | Q(**{last: None, f"{first}__range": (start, end)})
    )
