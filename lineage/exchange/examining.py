"""What would become of what is given: each entry new, changed, unchanged or wrong, and why.

It is loaded for a trial, with everything that a load refuses. What points to an entry that is wrong
is wrong, too; the others could be loaded without it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import models

from lineage import countries
from lineage.exchange.collector import uncollected
from lineage.exchange.given import Entry, Given
from lineage.exchange.loading import Review, load
from lineage.exchange.planning import Plan
from lineage.exchange.rows import KEYS, Fault, Refused, Row, joined, shown
from lineage.models import Citation, CountryPeriod, Succession
from lineage.models.fields import EDTFField, readable

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
_CIRCLE = re.compile(r": (\S+(?: → \S+)+)\. ")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a record, or a part of it, as it stands and as it would."""

    what: str
    before: str
    after: str


@dataclass(slots=True)
class Outcome:
    """What would become of one entry; ``reasons`` say why it is wrong."""

    entry: Entry
    state: str = UNCHANGED
    differences: list[Difference] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Examined:
    """The outcomes in order, what is wrong with the whole, and what could be loaded."""

    outcomes: list[Outcome]
    faults: list[str]
    right: Given

    @property
    def counts(self) -> Counter[str]:
        """How many entries there are of each state."""
        return Counter(outcome.state for outcome in self.outcomes)

    @property
    def mark(self) -> str:
        """The same for the same outcomes: what a person saw is what is then loaded."""
        told = repr([(one.entry.where, one.state, one.differences) for one in self.outcomes])
        return hashlib.sha256(f"{told}{self.faults}".encode()).hexdigest()


@uncollected()
def examine(given: Given, review: Review) -> Examined:
    """Try what is given; nothing is written. ``review`` may refuse what the rules allow."""
    own = [Fault(one.where, "", told) for one in given.entries for told in one.faults]
    seen: list[_Seen] = []
    placed, unplaced = _placed(given, _tried(given, own, review, seen))
    _spread(given, placed, seen[0].coming)
    right = given.without(set(placed))
    outcomes = _outcomes(right, seen[0])
    return Examined(
        [
            outcomes.get(entry.where)
            or Outcome(entry, WRONG, reasons=_in_words(given, placed[entry.where]))
            for entry in given.entries
        ],
        [fault.message for fault in (*given.faults, *unplaced)],
        right,
    )


@uncollected()
def carry_out(examined: Examined, review: Review, reason: str) -> None:
    """Load what was found right, all of it, or raise :class:`Refused`."""
    right = examined.right
    load(
        right.rows,
        update=True,
        lists=right.lists,
        faults=right.faults,
        review=review,
        reason=reason,
    )


class _Seen:
    """A plan before it is carried out: what is to come, and what stands of what it changes."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.coming = {
            (model, key)
            for model, known in plan.known.items()
            for key, pk in known.items()
            if pk is None
        }
        self.before = {
            (id(row), name): self._value(standing, name)
            for row, standing, changes in plan.differ
            for name in changes
        }

    def _value(self, standing: Any, name: str) -> Any:
        column = standing._meta.get_field(name)
        if not isinstance(column, models.ForeignKey):
            return getattr(standing, name)
        key = getattr(standing, column.attname)
        known = self.plan.known[column.related_model]  # type: ignore[index]
        return next((natural for natural, pk in known.items() if pk == key), None)


def _tried(given: Given, own: list[Fault], review: Review, seen: list[_Seen]) -> list[Fault]:
    """What a load refuses of it; its plan is added to ``seen``."""

    def look(plan: Plan) -> Iterable[Fault]:
        seen.append(_Seen(plan))
        return review(plan)

    try:
        load(given.rows, update=True, dry_run=True, lists=given.lists, faults=own, review=look)
    except Refused as refused:
        return refused.faults
    return []


def _placed(given: Given, found: list[Fault]) -> tuple[dict[str, list[str]], list[Fault]]:
    """Faults by the entry that they are of, and those that are of none."""
    there = {entry.where for entry in given.entries}
    placed: dict[str, list[str]] = {}
    unplaced = []
    for fault in found:
        own = [fault.where] if fault.where in there else []
        places = _on_circle(given, fault) or own
        for place in places:
            placed.setdefault(place, []).append(fault.message)
        if not places:
            unplaced.append(fault)
    return placed, unplaced


def _on_circle(given: Given, fault: Fault) -> list[str]:
    """The entries with an edge of the circle that a fault tells of."""
    told = _CIRCLE.search(fault.message)
    if not told:
        return []
    along = told[1].split(" → ")
    steps = set(pairwise(along))
    return [
        row.where
        for row in given.rows
        if row.model is Succession
        and tuple(joined(row.fields.get(end) or ()) for end in ("predecessor", "successor"))
        in steps
    ]


def _spread(given: Given, placed: dict[str, list[str]], coming: set[Any]) -> None:
    """Let fall what can't stand without an entry that is wrong: its kin, and what points to it.

    ``coming`` are the records that do not stand yet.
    """
    providers: dict[Any, set[str]] = defaultdict(set)
    needs: dict[str, set[Any]] = defaultdict(set)
    for row in given.rows:
        if (row.model, row.key) in coming:
            providers[row.model, row.key].add(row.where)
        needs[row.where].update(
            (column.related_model, row.fields[column.name])
            for column in row.model._meta.concrete_fields
            if isinstance(column, models.ForeignKey) and row.fields.get(column.name)
        )
    while True:
        fallen: dict[str, str] = {}
        for group in given.groups:
            wrong = sorted(group & set(placed), key=lambda where: (len(where), where))
            told = " and ".join(wrong) + (" is" if len(wrong) == 1 else " are")
            for where in group - set(placed) if wrong else ():
                fallen[where] = f"It is right, but {told} wrong, which is of the same change."
        for where, keys in needs.items():
            for model, key in keys if where not in placed else ():
                there = providers.get((model, key))
                if there and there <= set(placed):
                    told = f"{model._meta.verbose_name} “{shown(joined(key), 100)}”"
                    fallen[where] = f"It needs the {told}, which is wrong ({min(there)})."
        if not fallen:
            return
        placed.update((where, [told]) for where, told in fallen.items())


def _in_words(given: Given, reasons: Iterable[str]) -> list[str]:
    """Sentences with the headings of the sheet instead of the names of fields, each once."""
    said: dict[str, None] = {}
    for reason in reasons:
        name, colon, sentence = reason.partition(": ")
        heading = given.headings.get(name) if colon else None
        said[f"{heading}: {sentence}" if heading else reason] = None
    return list(said)


def _outcomes(given: Given, seen: _Seen) -> dict[str, Outcome]:
    """The outcomes of entries that are right, as a plan has them."""
    plan = seen.plan
    outcomes = {entry.where: Outcome(entry) for entry in given.entries}
    main = {id(entry.rows[0]) for entry in given.entries if entry.rows}
    words = given.headings
    for new in plan.new.values():
        for row, _instance in new:
            outcome = outcomes.get(row.where)
            if outcome is None:
                continue
            if id(row) in main:
                outcome.state = NEW
            outcome.differences.append(Difference(_called(row), "", _told(row)))
    for row, _standing, changes in plan.differ:
        if row.where not in outcomes:
            continue
        of = "" if id(row) in main else f"{row.model._meta.verbose_name} "
        for name, value in changes.items():
            column: Any = row.model._meta.get_field(name)
            what = of + words.get(name, str(column.verbose_name))
            before = _said(column, seen.before[id(row), name])
            after = _said(column, value)
            outcomes[row.where].differences.append(Difference(what, before, after))
    owners = {(row.model, row.key): row.where for row in given.rows}
    for model, key, _instance in plan.obsolete:
        where = _owner(model, key, owners)
        if where:
            row = Row(where, model, dict(zip(KEYS[model], key, strict=True)))
            outcomes[where].differences.append(Difference(_called(row), _told(row), ""))
    for outcome in outcomes.values():
        if outcome.state == UNCHANGED and outcome.differences:
            outcome.state = CHANGED
    return outcomes


def _owner(model: type[models.Model], key: Any, owners: dict[Any, str]) -> str:
    for name, part in zip(KEYS[model], key, strict=True):
        column = model._meta.get_field(name)
        where = owners.get((column.related_model, part)) if isinstance(part, tuple) else None
        if where:
            return where
    return ""


def _called(row: Row) -> str:
    if row.model is Citation:
        return "source"
    return "country" if row.model is CountryPeriod else str(row.model._meta.verbose_name)


def _told(row: Row) -> str:
    """A row in a few words: what it is of is told by its entry."""
    fields = row.fields
    if row.model is Citation:
        words = [joined(fields["source"]), fields.get("locator"), fields.get("statement")]
        return ", ".join(shown(word, 100) for word in words if word)
    if row.model is Succession:
        return " → ".join(joined(fields[end]) for end in ("predecessor", "successor"))
    plain = [
        _said(row.model._meta.get_field(name), value)
        for name, value in fields.items()
        if not isinstance(value, tuple) and name not in ("slug", "summary")
    ]
    return ", ".join(filter(None, [fields.get("slug"), *plain]))


def _said(column: Any, value: Any) -> str:
    """The value of a column as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if value is None or isinstance(value, tuple):
        return joined(value or ())
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if column.name == "country":
        return countries.NAMES.get(value, value)
    date = readable(value) if isinstance(column, EDTFField) else None
    return date.words if date else shown(str(value), 400)
