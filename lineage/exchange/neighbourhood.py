"""The rows that stand around a few records: all that a plan for these has to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from lineage.exchange.rows import Row
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Organisation,
    Source,
    Succession,
    Waiver,
)


class Neighbourhood:
    """What rows speak of: the records that they are of, with their parts, and those they name."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.named: dict[Any, set[str]] = {Organisation: set(), ChangeEvent: set(), Source: set()}
        self.own: dict[Any, set[str]] = {Organisation: set(), ChangeEvent: set()}
        self.joined: set[tuple[str, str]] = set()
        for row in rows:
            if row.model in self.named:
                self.named[row.model].add(row.fields["slug"])
            if row.model in self.own:
                self.own[row.model].add(row.fields["slug"])
            if row.model is Affiliation:
                self.joined.add((row.fields["organisation"][0], row.fields["body"][0]))
            for column in row.model._meta.concrete_fields:
                related: Any = column.related_model
                key = row.fields.get(column.name) if related in self.named else None
                if key:
                    self.named[related].add(key[0])

    def of(self, model: type[models.Model], rows: QuerySet) -> QuerySet:
        """Those of a model's rows that are near."""
        chosen = self._chosen(model)
        return rows.none() if chosen is None else rows.filter(chosen).distinct()

    def _chosen(self, model: type[models.Model]) -> Q | None:
        bodies, events = self.own[Organisation], self.own[ChangeEvent]
        if model is Source:
            cited = Citation.objects.filter(self._cited()).order_by()
            return Q(slug__in=self.named[Source]) | Q(pk__in=cited.values("source"))
        if model is Organisation:
            edges = Succession.objects.filter(event__slug__in=events).order_by()
            accounts = Account.objects.filter(self._told()).order_by()
            return (
                Q(slug__in=self.named[Organisation])
                | Q(pk__in=edges.values("predecessor"))
                | Q(pk__in=edges.values("successor"))
                | Q(pk__in=accounts.values("organisation"))
            )
        if model is ChangeEvent:
            return Q(slug__in=self.named[ChangeEvent])
        if model is Succession:
            return Q(event__slug__in=events)
        if model is Affiliation:
            return self._affiliated()
        if model is Account:
            return self._told()
        if model is Citation:
            return self._cited()
        return None if model is Waiver else Q(organisation__slug__in=bodies)

    def _affiliated(self, way: str = "") -> Q:
        found = Q(pk__in=[])
        for member, body in self.joined:
            found |= Q(**{f"{way}organisation__slug": member, f"{way}body__slug": body})
        return found

    def _told(self) -> Q:
        return Q(event__slug__in=self.own[ChangeEvent]) | Q(
            subject__slug__in=self.own[Organisation]
        )

    def _cited(self) -> Q:
        bodies, events = self.own[Organisation], self.own[ChangeEvent]
        affiliations = Affiliation.objects.filter(self._affiliated()).order_by().values("pk")
        accounts = Account.objects.filter(self._told()).order_by().values("pk")
        return (
            Q(organisation__slug__in=bodies)
            | Q(name__organisation__slug__in=bodies)
            | Q(fact__organisation__slug__in=bodies)
            | Q(event__slug__in=events)
            | Q(affiliation__in=affiliations)
            | Q(account__in=accounts)
        )
