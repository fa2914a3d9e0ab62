"""What is probably wrong in the times of bodies: warnings, each can be waived with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from lineage.dates import HistoricalDate, surely_before
from lineage.integrity.audit import WARNING, Finding, Record, reference, rule
from lineage.models import CountryPeriod, Name, Organisation
from lineage.models.fields import readable


@rule("outside-life", WARNING)
def _outside_life(record: Record) -> Iterator[Finding]:
    for edge in record.successions:
        when = readable(edge.event.date)
        if when is None:
            continue
        for body in (edge.predecessor, edge.successor):
            founded, dissolved = readable(body.founded), readable(body.dissolved)
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
                reference(edge.event),
            )


@rule("period-outside-life", WARNING)
def _period_outside_life(record: Record) -> Iterator[Finding]:
    """Of facts nothing is said: what went before a body and came after it is told as facts, too."""
    for row in (*record.parts[Name], *record.parts[CountryPeriod]):
        yield from _beyond(row, row.organisation, "its body")
    for row in record.affiliations:
        for body in (row.organisation, row.body):
            yield from _beyond(row, body, body.slug)


def _beyond(row: Any, body: Organisation, called: str) -> Iterator[Finding]:
    """Where a period surely leaves the life of a body, at one side or the other."""
    founded, dissolved = readable(body.founded), readable(body.dissolved)
    if founded is None and dissolved is None:
        return
    for verb, day in (("begins", readable(row.since)), ("ends", readable(row.until))):
        if day and founded and surely_before(day, founded):
            said = f"before {called} was founded ({founded.words})"
        elif day and dissolved and surely_before(dissolved, day):
            said = f"after the end of {called} ({dissolved.words})"
        else:
            continue
        yield (
            reference(row),
            f"It {verb} ({day.words}) {said}.",
            "Correct one of the dates.",
            reference(body),
        )


@rule("attested-after-end", WARNING)
def _attested_after_end(record: Record) -> Iterator[Finding]:
    for body in record.organisations.values():
        active, dissolved = readable(body.active), readable(body.dissolved)
        if active and dissolved and surely_before(dissolved, active):
            yield (
                reference(body),
                f"It is attested ({active.words}) after its end ({dissolved.words}).",
                "Correct one of the dates, or leave out when it was last attested.",
            )


@rule("ended-twice", WARNING)
def _ended_twice(record: Record) -> Iterator[Finding]:
    """Two renames of one body at once, or a merger of all of it after it had become another."""
    ends: dict[int, dict[str, Any]] = defaultdict(dict)
    for edge in record.successions:
        if not edge.predecessor_continues:
            ends[edge.predecessor_id][edge.event.slug] = edge.event
    for key, events in ends.items():
        if len(events) > 1:
            first, *others = (events[slug] for slug in sorted(events))
            told = " and in ".join((first.slug, *(one.slug for one in others)))
            yield (
                reference(record.organisations[key]),
                f"All of it became something else more than once: in {told}.",
                "Mark in all but one of them that the body before continued.",
                *(reference(one) for one in (first, *others)),
            )


@rule("two-sections-at-once", WARNING)
def _two_sections_at_once(record: Record) -> Iterator[Finding]:
    sections = defaultdict(list)
    for row in record.affiliations:
        span = _surely(row)
        if span and row.role == "section" and row.body.kind == "international":
            sections[row.organisation_id].append((*span, reference(row), row))
    for spans in sections.values():
        ordered = sorted(spans, key=lambda span: span[:3])
        for (_begun, end, earlier, one), (begin, _last, later, other) in combinations(ordered, 2):
            if begin <= end and one.body_id != other.body_id:
                yield (
                    later,
                    f"It is a section of {one.body.slug} at that time, too.",
                    "Date the end of one, correct a role, or waive this with the reason.",
                    earlier,
                )


def _surely(row: Any) -> tuple[date, date] | None:
    """The first and last day on which a membership surely stood; without a known end its first."""
    since, until = readable(row.since), readable(row.until)
    if since is None or since.latest is None:
        return None
    last = _day_before(until) or since.latest
    return (since.latest, last) if since.latest <= last else None


def _day_before(day: HistoricalDate | None) -> date | None:
    return day.earliest - timedelta(days=1) if day and day.earliest else None
