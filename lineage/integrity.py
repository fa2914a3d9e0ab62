"""The rules that the record keeps: errors refuse a save and an import, warnings are listed.

A rule has a stable name, a severity, and says for each record at fault what is wrong and what
would be right. Admin, import and audit call the same rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from lineage.dates import DateError, HistoricalDate, parse, surely_before
from lineage.graph import Edge, Lineage
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
from lineage.models.derivation import edges_of, expected
from lineage.models.fields import DerivedField, derived_fields
from lineage.text import fold

ERROR = "error"
WARNING = "warning"

PARTS = (CountryPeriod, Name, Identifier, Link, Fact)
MODELS = (Source, Organisation, *PARTS, ChangeEvent, Succession, Affiliation, Account, Citation)


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
    problems, waived = [], []
    for name, (gravity, find) in RULES.items():
        if severity not in (None, gravity):
            continue
        for where, message, remedy in find(record):
            problem = Problem(name, gravity, where, message, remedy)
            set_aside = gravity == WARNING and (name, where) in waivers
            (waived if set_aside else problems).append(problem)
    problems.sort(key=lambda problem: (problem.severity, problem.rule, problem.record))
    return Report(problems, waived)


# --- one row at a time ---------------------------------------------------------------------------

_RULE_OF_CODE = {
    "date-unreadable": "date-unreadable",
    "control-characters": "control-characters",
    "unknown-country": "unknown-country",
    "unknown-address": "unknown-address",
    "invalid_choice": "unknown-kind",
}


def faults_of(instance: models.Model) -> list[tuple[str, str, str]]:
    """What is wrong with a row's own fields, as ``(field, rule, sentence with the remedy)``."""
    faults = []
    for field in instance._meta.concrete_fields:
        if field.primary_key or field.is_relation or isinstance(field, DerivedField):
            continue
        if not field.editable:
            continue
        value = getattr(instance, field.attname)
        try:
            field.clean(value, instance)
        except ValidationError as error:
            for part in error.error_list:
                faults.append(
                    (
                        field.name,
                        _RULE_OF_CODE.get(part.code or "", "malformed"),
                        _sentence(field, value, part),
                    )
                )
    return faults


def _sentence(field: Any, value: Any, error: ValidationError) -> str:
    if error.code == "invalid_choice":
        known = ", ".join(str(key) for key, _label in field.flatchoices)
        return f"“{value}” is no {field.verbose_name} that the record knows. Write one of: {known}."
    if error.code in {"blank", "null"}:
        return f"It has no {field.verbose_name}. Give it one."
    return " ".join(error.messages)


def end_before_founding(organisation: Organisation) -> None:
    """Refuse a body whose end is surely before its founding; other faults of dates are no matter."""
    try:
        founded, dissolved = _date(organisation.founded), _date(organisation.dissolved)
    except DateError:
        return
    if founded and dissolved and surely_before(dissolved, founded):
        raise ValidationError(
            {
                "dissolved": ValidationError(
                    "It ended (%(end)s) before it was founded (%(start)s). Correct one of the two.",
                    code="end-before-founding",
                    params={"end": dissolved.words, "start": founded.words},
                )
            }
        )


def refuse_circles(edges: Iterable[Edge], event: str) -> None:
    """Refuse an event whose edges close a circle that no reading of the dates can order.

    ``edges`` are those of the event and of all others in the families that it touches.
    """
    edges = list(edges)
    own = {(edge.predecessor, edge.successor) for edge in edges if edge.event == event}
    for circle in Lineage(edges).circles():
        if any(pair in own for pair in zip(circle, [*circle[1:], circle[0]], strict=True)):
            raise ValidationError(
                "%(circle)s %(remedy)s",
                code="circle",
                params={"circle": _circle_sentence(circle), "remedy": CIRCLE_REMEDY},
            )


CIRCLE_REMEDY = (
    "Correct a date, or mark the body after as one that existed already where a body returns."
)


def _circle_sentence(circle: list[str]) -> str:
    return (
        f"The changes go round in a circle that no reading of their dates can order: "
        f"{' → '.join([*circle, circle[0]])}."
    )


def _date(text: str) -> HistoricalDate | None:
    return parse(text) if text else None


def _readable(text: str) -> HistoricalDate | None:
    try:
        return _date(text)
    except DateError:
        return None


# --- errors --------------------------------------------------------------------------------------


def _by_fields(name: str) -> Callable[[Record], Iterator[Finding]]:
    def find(record: Record) -> Iterator[Finding]:
        for row in record.rows:
            for field, broken, sentence in faults_of(row):
                if broken == name:
                    yield reference(row), f"Its {field} can’t stand.", sentence

    return find


for _name in (
    "date-unreadable",
    "control-characters",
    "unknown-kind",
    "unknown-country",
    "unknown-address",
    "malformed",
):
    rule(_name, ERROR)(_by_fields(_name))


@rule("self-edge", ERROR)
def _self_edge(record: Record) -> Iterator[Finding]:
    for edge in record.successions:
        if edge.predecessor_id == edge.successor_id:
            yield (
                reference(edge.event),
                f"{edge.predecessor.slug} is its own predecessor.",
                "Choose two bodies.",
            )


@rule("circle", ERROR)
def _circle(record: Record) -> Iterator[Finding]:
    for circle in record.lineage.circles():
        yield f"organisation:{circle[0]}", _circle_sentence(circle), CIRCLE_REMEDY


@rule("end-before-founding", ERROR)
def _end_before_founding(record: Record) -> Iterator[Finding]:
    for organisation in record.organisations.values():
        try:
            end_before_founding(organisation)
        except ValidationError as error:
            message = " ".join(error.messages)
            yield reference(organisation), message, "Correct its founding or its end."


@rule("derived", ERROR)
def _derived(record: Record) -> Iterator[Finding]:
    remedy = "Run manage.py check_lineage --repair."
    standing, should = expected()
    for key, organisation in record.organisations.items():
        if standing[key] != should[key]:
            family, parent = should[key]
            chief = record.organisations[parent].slug if parent else "none"
            yield (
                reference(organisation),
                f"Its family and principal predecessor are not those of its successions "
                f"(family {family}, predecessor {chief}).",
                remedy,
            )
    for row in record.rows:
        for field in derived_fields(type(row)):
            if getattr(row, field.attname) != field.derive(getattr(row, field.source)):
                yield reference(row), f"Its {field.name} is not that of its {field.source}.", remedy


# --- warnings ------------------------------------------------------------------------------------


@rule("outside-life", WARNING)
def _outside_life(record: Record) -> Iterator[Finding]:
    for edge in record.successions:
        when = _readable(edge.event.date)
        if when is None:
            continue
        for body in (edge.predecessor, edge.successor):
            founded, dissolved = _readable(body.founded), _readable(body.dissolved)
            if founded and surely_before(when, founded):
                message = f"It changed ({when.words}) before it was founded ({founded.words})."
            elif dissolved and surely_before(dissolved, when):
                message = f"It changed ({when.words}) after its end ({dissolved.words})."
            else:
                continue
            yield (
                reference(body),
                message,
                f"Correct one of the dates; the event is {edge.event.slug}.",
            )


@rule("return-not-marked", WARNING)
def _return_not_marked(record: Record) -> Iterator[Finding]:
    births = {(edge.event, edge.predecessor, edge.successor) for edge in record.lineage.births}
    for edge in record.lineage.edges:
        pair = (edge.event, edge.predecessor, edge.successor)
        if not edge.successor_existed and pair not in births:
            yield (
                f"event:{edge.event}",
                f"It says that {edge.successor} came into being, but other changes date it earlier.",
                "Tick that the body after existed already, or correct a date.",
            )


@rule("merger-of-one", WARNING)
def _merger_of_one(record: Record) -> Iterator[Finding]:
    for event in record.events.values():
        edges = record.by_event[event.pk]
        joining = {edge.predecessor_id for edge in edges}
        joined = {edge.successor_id for edge in edges if edge.successor_existed}
        if event.kind == "merger" and event.complete and len(joining | joined) == 1:
            yield (
                reference(event),
                "Only one body merges in it.",
                (
                    "Add the other bodies, untick that the list is complete, or call it a continuation."
                ),
            )


@rule("split-with-one-product", WARNING)
def _split_with_one_product(record: Record) -> Iterator[Finding]:
    for event in record.events.values():
        edges = record.by_event[event.pk]
        if (
            event.kind == "split"
            and event.complete
            and len({edge.successor_id for edge in edges}) == 1
            and not any(edge.predecessor_continues for edge in edges)
        ):
            yield (
                reference(event),
                "The body before ended, and one body came of it.",
                (
                    "Mark that the body before continued, add what else came of it, untick that the "
                    "list is complete, or call it a continuation."
                ),
            )


@rule("repeated-change", WARNING)
def _repeated_change(record: Record) -> Iterator[Finding]:
    seen: dict[tuple[str, str, frozenset], str] = {}
    for event in record.events.values():
        edges = frozenset(
            (edge.predecessor_id, edge.successor_id) for edge in record.by_event[event.pk]
        )
        key = (event.kind, event.date, edges)
        if edges and key in seen:
            yield (
                reference(event),
                f"It records the same change as {seen[key]}.",
                ("Delete one of the two."),
            )
        seen.setdefault(key, event.slug)


@rule("end-without-successor", WARNING)
def _end_without_successor(record: Record) -> Iterator[Finding]:
    led_on = {edge.predecessor_id for edge in record.successions if not edge.predecessor_continues}
    for organisation in record.organisations.values():
        if organisation.dissolved and organisation.pk not in led_on:
            yield (
                reference(organisation),
                "It ended, and nothing is said of what became of it.",
                ("Record the change in which it ended, or waive this with the reason."),
            )


@rule("missing-date", WARNING)
def _missing_date(record: Record) -> Iterator[Finding]:
    born = {
        edge.successor_id
        for edge in record.successions
        if edge.event.date and not edge.successor_existed
    }
    for organisation in record.organisations.values():
        if not organisation.founded and organisation.pk not in born:
            yield reference(organisation), "No date of its founding is known.", "Find a source."
    for event in record.events.values():
        if not event.date:
            yield reference(event), "It has no date.", "Find a source."


@rule("missing-source", WARNING)
def _missing_source(record: Record) -> Iterator[Finding]:
    cited = {
        (target, getattr(citation, f"{target}_id"))
        for citation in record.citations
        for target in ("organisation", "event", "affiliation", "fact", "account")
    }
    groups: tuple[tuple[str, Iterable[Any]], ...] = (
        ("organisation", record.organisations.values()),
        ("event", record.events.values()),
        ("affiliation", record.affiliations),
        ("fact", record.parts[Fact]),
        ("account", record.accounts),
    )
    for target, rows in groups:
        for row in rows:
            if (target, row.pk) not in cited:
                yield (
                    reference(row),
                    "It cites no source.",
                    "Cite the source that it is drawn from.",
                )


@rule("likely-duplicate", WARNING)
def _likely_duplicate(record: Record) -> Iterator[Finding]:
    places = defaultdict(set)
    for period in record.parts[CountryPeriod]:
        places[period.organisation_id].add(period.country)
    seen: dict[tuple[str, frozenset, str], str] = {}
    for organisation in record.organisations.values():
        key = (fold(organisation.name), frozenset(places[organisation.pk]), organisation.founded)
        if key in seen:
            yield (
                reference(organisation),
                (f"It has the name, the country and the founding of {seen[key]}."),
                "Delete one of the two, or waive this with the reason.",
            )
        seen.setdefault(key, organisation.slug)
