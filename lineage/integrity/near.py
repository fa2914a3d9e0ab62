"""What the rules say of one record: held against it and its neighbours, not the whole record."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q, QuerySet

from lineage.integrity.audit import RULES, Record, Report, find, reference, weigh
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Name,
    Organisation,
    Source,
    Succession,
)


def near(record: Model) -> Report:
    """What the whole audit would say of a saved record and its parts, without loading the rest.

    The rules that must see everything (circles, what is derived) are left out. A number of queries
    that does not grow.
    """
    part = Record(Neighbourhood(record).rows_of)
    own = {reference(row) for row in part.rows if _belongs(row, record)}
    rules = [name for name, rule in RULES.items() if not rule.everywhere]
    return weigh(problem for problem in find(part, rules) if problem.is_about(own))


def _belongs(row: Any, record: Model) -> bool:
    """Whether a row is the record or a part of it; a membership is both bodies'."""
    if type(row) is type(record):
        return row.pk == record.pk
    names = {
        Organisation: ("organisation_id", "body_id", "subject_id"),
        ChangeEvent: ("event_id",),
    }.get(type(record), ())
    if isinstance(row, Account):
        names = tuple(name for name in names if name != "organisation_id")  # that is who speaks
    return any(getattr(row, name, None) == record.pk for name in names)


class Neighbourhood:
    """The rows that the rules must see to judge one record.

    At its middle stand the bodies of the record; round them their namesakes, the changes of all
    of these with the other bodies in them, and what they and their members belong to.
    """

    def __init__(self, record: Any) -> None:
        self.record = record
        self.middle = _bodies_of(record)
        self.close = self.middle | _namesakes_of(record)
        touching = Q(predecessor__in=self.close) | Q(successor__in=self.close)
        self.events = set(Succession.objects.filter(touching).values_list("event", flat=True))
        if isinstance(record, ChangeEvent):
            self.events.add(record.pk)
        edges = Succession.objects.filter(event__in=self.events)
        bodies = {key for pair in edges.values_list("predecessor", "successor") for key in pair}
        about = Q(organisation__in=self.close) | Q(body__in=self.middle)
        members = Affiliation.objects.filter(about).values_list("organisation", flat=True)
        self.members = self.close | set(members)
        belongs = Affiliation.objects.filter(organisation__in=self.members)
        joined = {key for pair in belongs.values_list("organisation", "body") for key in pair}
        self.bodies = self.close | bodies | joined

    def rows_of(self, model: Any) -> QuerySet:
        """The rows of a model that are here."""
        rows = model.objects.all()
        if model is Organisation:
            return rows.filter(pk__in=self.bodies)
        if model is ChangeEvent:
            return rows.filter(pk__in=self.events)
        if model is Succession:
            return rows.filter(event__in=self.events)
        if model is Affiliation:
            return rows.filter(organisation__in=self.members)
        if model is Account:
            return rows.filter(Q(event__in=self.events) | Q(subject__in=self.middle))
        if model is Citation:
            return rows.filter(self._cited())
        if model is Source:
            return rows.filter(pk__in=Citation.objects.filter(self._cited()).values("source"))
        return rows.filter(organisation__in=self.close)

    def _cited(self) -> Q:
        """The citations of the record and its parts."""
        own = {self.record.pk}
        if isinstance(self.record, Organisation):
            affiliations = Affiliation.objects.filter(Q(organisation__in=own) | Q(body__in=own))
            return (
                Q(organisation__in=own)
                | Q(name__in=Name.objects.filter(organisation__in=own).values("pk"))
                | Q(fact__in=self.record.facts.values("pk"))
                | Q(account__in=self.record.accounts.values("pk"))
                | Q(affiliation__in=affiliations.values("pk"))
            )
        if isinstance(self.record, ChangeEvent):
            return Q(event__in=own) | Q(account__in=self.record.accounts.values("pk"))
        target = self.record._meta.model_name
        return Q(**{f"{target}__in": own})


def _bodies_of(record: Any) -> set[int]:
    if isinstance(record, Organisation):
        return {record.pk}
    if isinstance(record, ChangeEvent):
        pairs = record.successions.order_by().values_list("predecessor", "successor")
        return {key for pair in pairs for key in pair}
    names = ("organisation_id", "subject_id")
    bodies = {key for name in names if (key := getattr(record, name, None))}
    if getattr(record, "event_id", None):
        bodies |= _bodies_of(record.event)
    return bodies


def _namesakes_of(record: Any) -> set[int]:
    """The bodies that bear a name of the record, where it is a body."""
    if not isinstance(record, Organisation):
        return set()
    folded = {record.folded, *record.names.values_list("folded", flat=True)} - {""}
    bodies = Organisation.objects.filter(folded__in=folded).values_list("pk", flat=True)
    bearers = Name.objects.filter(folded__in=folded).values_list("organisation", flat=True)
    return {*bodies, *bearers}
