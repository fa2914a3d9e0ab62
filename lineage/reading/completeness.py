"""How complete the record is: by country, by international, and as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lineage import countries
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    ChangeKind,
    Citation,
    CountryPeriod,
    Fact,
    Name,
    Organisation,
    OrganisationKind,
    Succession,
)
from lineage.models.source import TARGETS
from lineage.reading.sourcing import STATED


@dataclass(slots=True)
class Tally:
    """What one record states, how much of that is cited, by which sources, and how it is dated."""

    statements: int = 0
    cited: int = 0
    dates: int = 0
    dated: int = 0
    sources: set[int] = field(default_factory=set)

    def add(self, other: Tally) -> None:
        """Count another record's in."""
        self.statements += other.statements
        self.cited += other.cited
        self.dates += other.dates
        self.dated += other.dated
        self.sources |= other.sources


@dataclass(slots=True)
class Measure:
    """A part of the record in numbers.

    ``bodies`` counts a chain of changes of name once; ``dates`` are those that a complete record
    would know: the founding of each body, its end unless it is attested as living, the day of
    each change. ``single`` are the bodies that rest on one source, ``unsourced`` those that cite
    none, each under its last name.
    """

    key: str
    label: str
    bodies: int
    changes: int
    tally: Tally
    single: list[Organisation]
    unsourced: list[Organisation]

    @property
    def cited(self) -> int | None:
        """Statements cited, in per cent, rounded down: 100 means all."""
        return share(self.tally.cited, self.tally.statements)

    @property
    def dated(self) -> int | None:
        """Dates known, in per cent, rounded down."""
        return share(self.tally.dated, self.tally.dates)


def share(part: int, whole: int) -> int | None:
    """A part in per cent, rounded down; ``None`` of nothing."""
    return part * 100 // whole if whole else None


class _Cited:
    """Which statements of which records cite which sources."""

    def __init__(self) -> None:
        self.statements: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.sources: dict[tuple[str, int], set[int]] = defaultdict(set)
        keys = [f"{target}_id" for target in TARGETS]
        rows = Citation.objects.order_by().values_list("source_id", "statement", *keys)
        for source, statement, *found in rows.iterator():
            for target, key in zip(TARGETS, found, strict=True):
                if key is not None:
                    self.statements[target, key].add(statement)
                    self.sources[target, key].add(source)

    def own(self, kind: str, row: Any) -> Tally:
        """A record's own fields."""
        known = self.statements[kind, row.pk]
        stated = [name for name in STATED[type(row)] if getattr(row, name)]
        return Tally(
            len(stated),
            sum(name in known for name in stated),
            sources=set(self.sources[kind, row.pk]),
        )

    def part(self, kind: str, key: int) -> Tally:
        """One statement that hangs on a record."""
        found = self.sources[kind, key]
        return Tally(1, int(bool(found)), sources=set(found))


class Completeness:
    """The whole of what readers may see, measured in a constant number of queries."""

    def __init__(self) -> None:
        rows = Organisation.objects.published().order_by("name", "slug")
        self.organisations: dict[int, Organisation] = {row.pk: row for row in rows}
        edges = list(
            Succession.objects.published()
            .order_by()
            .values_list("event", "predecessor", "successor", "event__kind")
        )
        self.events = {row.pk: row for row in ChangeEvent.objects.published().order_by()}
        self.bodies_of: dict[int, set[int]] = defaultdict(set)  # of an event
        for event, predecessor, successor, _kind in edges:
            self.bodies_of[event] |= {predecessor, successor}
        self.chains = _chains(
            self.organisations,
            [
                (predecessor, successor)
                for _event, predecessor, successor, kind in edges
                if kind == ChangeKind.RENAME
            ],
        )
        self.ties = list(
            Affiliation.objects.published().order_by().values_list("pk", "organisation", "body")
        )
        self._weigh()

    def _weigh(self) -> None:
        """A tally for each organisation and each event, with what hangs on it."""
        cited = _Cited()
        self.of_organisation: dict[int, Tally] = {}
        for key, row in self.organisations.items():
            tally = self.of_organisation[key] = cited.own("organisation", row)
            tally.dates = 1 if row.active else 2
            tally.dated = bool(row.founded) + bool(row.dissolved and not row.active)
        self.of_event: dict[int, Tally] = {}
        for key, event in self.events.items():
            tally = self.of_event[key] = (
                Tally() if event.partly_hidden else cited.own("event", event)
            )
            tally.dates, tally.dated = 1, int(bool(event.date))
        for model, kind in ((Name, "name"), (Fact, "fact")):
            for key, organisation in model.objects.order_by().values_list("pk", "organisation"):
                if organisation in self.of_organisation:
                    self.of_organisation[organisation].add(cited.part(kind, key))
        accounts = Account.objects.published().order_by()
        for key, subject, event in accounts.values_list("pk", "subject", "event"):
            holder = self.of_event[event] if event else self.of_organisation[subject]
            holder.add(cited.part("account", key))
        for key, organisation, _body in self.ties:
            self.of_organisation[organisation].add(cited.part("affiliation", key))
        self.sources_of: dict[int, set[int]] = defaultdict(set)  # of a whole chain of names
        for key, tally in self.of_organisation.items():
            self.sources_of[self.chains[key]] |= tally.sources

    def whole(self) -> Measure:
        """All of it."""
        return self.measure("", "The whole record", self.organisations, self.events)

    def by_country(self) -> list[Measure]:
        """Country by country, in order of name, and what belongs to none.

        A body of two countries counts in each.
        """
        members: dict[str, set[int]] = defaultdict(set)
        for code, key in CountryPeriod.objects.order_by().values_list("country", "organisation"):
            if key in self.organisations:
                members[code].add(key)
        placed: set[int] = set().union(*members.values())
        found = sorted(
            (
                self.measure(code, countries.NAMES.get(code, code), keys)
                for code, keys in members.items()
            ),
            key=lambda measure: measure.label,
        )
        if elsewhere := self.organisations.keys() - placed:
            found.append(self.measure("", "No country", elsewhere))
        return found

    def by_international(self) -> list[tuple[Organisation, Measure]]:
        """International by international, oldest first: itself and all that belonged to it."""
        members: dict[int, set[int]] = defaultdict(set)
        for _key, organisation, body in self.ties:
            members[body].add(organisation)
        rows = [
            row for row in self.organisations.values() if row.kind == OrganisationKind.INTERNATIONAL
        ]
        rows.sort(key=lambda row: (row.founded_earliest is None, row.founded or ""))  # then by name
        return [(row, self.measure(row.slug, row.name, {row.pk} | members[row.pk])) for row in rows]

    def measure(
        self, key: str, label: str, bodies: Iterable[int], events: Iterable[int] | None = None
    ) -> Measure:
        """These organisations, and the changes that they took part in."""
        chosen = set(bodies)
        if events is None:
            events = [event for event, parts in self.bodies_of.items() if parts & chosen]
        events = list(events)
        total = Tally()
        for organisation in chosen:
            total.add(self.of_organisation[organisation])
        for event in events:
            total.add(self.of_event[event])
        heads = {self.chains[organisation] for organisation in chosen}
        listed = [row for row in self.organisations.values() if row.pk in heads]
        return Measure(
            key,
            label,
            len(heads),
            len(events),
            total,
            [row for row in listed if len(self.sources_of[row.pk]) == 1],
            [row for row in listed if not self.sources_of[row.pk]],
        )


def _chains(bodies: Iterable[int], renames: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each body the last of its chain of names, which stands for all of them."""
    head = {body: body for body in bodies}

    def root(body: int) -> int:
        while head[body] != body:
            head[body] = head[head[body]]
            body = head[body]
        return body

    for before, after in renames:
        head[root(before)] = root(after)
    return {body: root(body) for body in head}
