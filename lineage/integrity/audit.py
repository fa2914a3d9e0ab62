"""The audit: the whole record in memory, and every rule held against it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.db.models import QuerySet

from lineage.graph import Lineage
from lineage.integrity.rows import faults_of
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Succession,
    Waiver,
)
from lineage.models.derivation import edges_of

ERROR = "error"
WARNING = "warning"

PARTS = (CountryPeriod, Name, Identifier, Link, Fact)


@dataclass(frozen=True, slots=True)
class Problem:
    """One record at fault: by which rule, what is wrong, and what would be right.

    ``also`` are other records that it is about: mending one of them can mend it, too.
    """

    rule: str
    severity: str
    record: str
    message: str
    remedy: str
    also: tuple[str, ...] = dataclasses.field(default=(), compare=False)

    def as_dict(self) -> dict[str, str]:
        """What the audit tells of it in JSON."""
        names = ("rule", "severity", "record", "message", "remedy")
        return {name: getattr(self, name) for name in names}

    def is_about(self, records: Collection[str]) -> bool:
        """Whether it is about one of these records, named as :func:`reference` names them."""
        return self.record in records or any(one in records for one in self.also)

    def __str__(self) -> str:
        return f"{self.record}: {self.message} {self.remedy} [{self.rule}]"


Finding = tuple[str, ...]  # the record, what is wrong, what would be right; then other records


class Rule(NamedTuple):
    """A rule of the audit. A *gap* is what is merely not known yet, and not probably wrong.

    What is found ``everywhere`` can't be found from a record and its neighbours alone.
    """

    severity: str
    find: Callable[[Record], Iterable[Finding]]
    gap: bool = False
    everywhere: bool = False


RULES: dict[str, Rule] = {}


def rule(
    name: str, severity: str, *, gap: bool = False, everywhere: bool = False
) -> Callable[[Any], Any]:
    """Enter a function of the record among the rules of the audit."""

    def enter(
        find: Callable[[Record], Iterable[Finding]],
    ) -> Callable[[Record], Iterable[Finding]]:
        RULES[name] = Rule(severity, find, gap, everywhere)
        return find

    return enter


def reference(instance: models.Model) -> str:
    """How a record is named to people: ``organisation:imt``, ``name:imt/abbreviation/en/IMT``."""
    key = instance.natural_key() if hasattr(instance, "natural_key") else (instance.pk,)
    return f"{instance._meta.model_name}:{'/'.join(_words(key))}"


def _words(key: Iterable[Any]) -> list[str]:
    words = []
    for part in key:
        words.extend(_words(part) if isinstance(part, (list, tuple)) else [str(part)])
    return [word for word in words if word]


def every(model: Any) -> QuerySet:
    """All rows of a model."""
    return model.objects.all()


class Record:
    """The record in memory, or a part of it, in a constant number of queries.

    ``rows_of`` gives for each model the rows that belong to the part.
    """

    def __init__(self, rows_of: Callable[[Any], QuerySet] = every) -> None:
        self._rows_of = rows_of
        self.organisations = {row.pk: row for row in rows_of(Organisation).order_by("slug")}
        self.events = {row.pk: row for row in rows_of(ChangeEvent).order_by("slug")}
        self.sources = {row.pk: row for row in rows_of(Source).order_by("slug")}
        self.successions = self._joined(Succession, event=self.events)
        self.affiliations = self._joined(Affiliation)
        self.accounts = self._joined(Account, event=self.events)
        self.parts: dict[type, list[Any]] = {model: self._joined(model) for model in PARTS}
        self.citations = self._joined(
            Citation,
            source=self.sources,
            event=self.events,
            name={row.pk: row for row in self.parts[Name]},
            fact={row.pk: row for row in self.parts[Fact]},
            affiliation={row.pk: row for row in self.affiliations},
            account={row.pk: row for row in self.accounts},
        )

    def _joined(self, model: Any, **known: dict[int, Any]) -> list[Any]:
        """Rows with their relations set from memory, so that naming one asks for nothing."""
        rows = list(self._rows_of(model).order_by("pk"))
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                cache = known.get(field.name, self.organisations)
                for row in rows:
                    setattr(row, field.name, cache.get(getattr(row, field.attname)))
        return rows

    @cached_property
    def rows(self) -> list[Any]:
        """Every row of the record."""
        return [
            *self.sources.values(),
            *self.organisations.values(),
            *(row for rows in self.parts.values() for row in rows),
            *self.events.values(),
            *self.successions,
            *self.affiliations,
            *self.accounts,
            *self.citations,
        ]

    @cached_property
    def field_faults(self) -> list[tuple[Any, str, str, str]]:
        """What is wrong with the rows' own fields, as ``(row, field, rule, sentence)``."""
        return [(row, *fault) for row in self.rows for fault in faults_of(row)]

    @cached_property
    def by_event(self) -> dict[int, list[Any]]:
        """The successions of each event, by its primary key."""
        grouped = defaultdict(list)
        for succession in self.successions:
            grouped[succession.event_id].append(succession)
        return grouped

    @cached_property
    def lineage(self) -> Lineage:
        """The graph of all edges, by id."""
        return Lineage(edges_of(self._rows_of(Succession).order_by()))


@dataclass(frozen=True, slots=True)
class Report:
    """What the audit found: problems that stand, errors first, and warnings that were waived."""

    problems: list[Problem]
    waived: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == WARNING]


def check(*, severity: str | None = None) -> Report:
    """Every rule over the whole record as the database holds it; ``severity`` narrows the rules.

    A number of queries that does not grow with the record.
    """
    rules = [name for name, one in RULES.items() if severity in (None, one.severity)]
    return weigh(find(Record(), rules))


def find(record: Record, rules: Iterable[str]) -> list[Problem]:
    """What some rules find in the record, each problem once."""
    return [
        Problem(name, RULES[name].severity, where, message, remedy, tuple(also))
        for name in rules
        for where, message, remedy, *also in dict.fromkeys(RULES[name].find(record))
    ]


def weigh(problems: Iterable[Problem]) -> Report:
    """The problems in their order, and those apart that an editor lets stand; one query."""
    waivers = set(Waiver.objects.values_list("rule", "record"))
    ordered = sorted(problems, key=lambda one: (one.severity, one.rule, one.record))
    stands: list[Problem] = []
    waived: list[Problem] = []
    for one in ordered:
        set_aside = one.severity == WARNING and (one.rule, one.record) in waivers
        (waived if set_aside else stands).append(one)
    return Report(stands, waived)
