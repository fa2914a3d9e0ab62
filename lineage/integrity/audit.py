"""The audit: the whole record in memory, and every rule held against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.db import models

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
    """One record at fault: by which rule, what is wrong, and what would be right."""

    rule: str
    severity: str
    record: str
    message: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.record}: {self.message} {self.remedy} [{self.rule}]"


Finding = tuple[str, str, str]
RULES: dict[str, tuple[str, Callable[[Record], Iterable[Finding]]]] = {}


def rule(name: str, severity: str) -> Callable[[Any], Any]:
    """Enter a function of the whole record among the rules of the audit."""

    def enter(
        check: Callable[[Record], Iterable[Finding]],
    ) -> Callable[[Record], Iterable[Finding]]:
        RULES[name] = (severity, check)
        return check

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


class Record:
    """The whole record in memory, in a constant number of queries."""

    def __init__(self) -> None:
        self.organisations = {row.pk: row for row in Organisation.objects.order_by("slug")}
        self.events = {row.pk: row for row in ChangeEvent.objects.order_by("slug")}
        self.sources = {row.pk: row for row in Source.objects.order_by("slug")}
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
        rows = list(model.objects.order_by("pk"))
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
        return Lineage(edges_of(Succession.objects.order_by()))


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
    record = Record()
    waivers = set(Waiver.objects.values_list("rule", "record"))
    problems: list[Problem] = []
    waived: list[Problem] = []
    for name, (gravity, find) in RULES.items():
        if severity not in (None, gravity):
            continue
        for where, message, remedy in dict.fromkeys(find(record)):  # each once
            problem = Problem(name, gravity, where, message, remedy)
            set_aside = gravity == WARNING and (name, where) in waivers
            (waived if set_aside else problems).append(problem)
    problems.sort(key=lambda problem: (problem.severity, problem.rule, problem.record))
    return Report(problems, waived)
