"""What is probably wrong or merely incomplete: listed, and can be waived with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from lineage.dates import surely_before
from lineage.integrity.audit import WARNING, Finding, Record, reference, rule
from lineage.models import CountryPeriod, Fact
from lineage.models.fields import readable
from lineage.text import fold


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
            )


@rule("return-not-marked", WARNING)
def _return_not_marked(record: Record) -> Iterator[Finding]:
    births = {(edge.event, edge.predecessor, edge.successor) for edge in record.lineage.births}
    for edge in record.lineage.edges:
        pair = (edge.event, edge.predecessor, edge.successor)
        if not edge.successor_existed and pair not in births:
            yield (
                f"changeevent:{edge.event}",
                f"It says that {edge.successor} came into being; other changes date it earlier.",
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
                "Add the others, untick that the list is complete, or call it a continuation.",
            )


@rule("split-with-one-product", WARNING)
def _split_with_one_product(record: Record) -> Iterator[Finding]:
    remedy = (
        "Mark that the body before continued, add what else came of it, untick that the list is "
        "complete, or call it a continuation."
    )
    for event in record.events.values():
        edges = record.by_event[event.pk]
        if (
            event.kind == "split"
            and event.complete
            and len({edge.successor_id for edge in edges}) == 1
            and not any(edge.predecessor_continues for edge in edges)
        ):
            yield reference(event), "The body before ended, and one body came of it.", remedy


@rule("repeated-change", WARNING)
def _repeated_change(record: Record) -> Iterator[Finding]:
    alike = defaultdict(list)
    for event in record.events.values():
        edges = frozenset(
            (edge.predecessor_id, edge.successor_id) for edge in record.by_event[event.pk]
        )
        if edges:
            alike[event.kind, edges].append(event)
    for events in alike.values():
        for position, event in enumerate(events):
            same = next((one for one in events[:position] if _may_be_one_day(one, event)), None)
            if same:
                yield (
                    reference(event),
                    f"It records the same change as {same.slug}.",
                    "Delete one of the two, or waive this with the reason.",
                )


def _may_be_one_day(one: Any, other: Any) -> bool:
    """Whether two events can fall on one day: "1953" and "1953-11-16" can."""
    first, second = readable(one.date), readable(other.date)
    if first is None or second is None:
        return True
    return not surely_before(first, second) and not surely_before(second, first)


@rule("end-without-successor", WARNING)
def _end_without_successor(record: Record) -> Iterator[Finding]:
    led_on = {edge.predecessor_id for edge in record.successions if not edge.predecessor_continues}
    for organisation in record.organisations.values():
        if organisation.dissolved and organisation.pk not in led_on:
            yield (
                reference(organisation),
                "It ended, and nothing is said of what became of it.",
                "Record the change in which it ended, or waive this with the reason.",
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
                f"It has the name, the country and the founding of {seen[key]}.",
                "Delete one of the two, or waive this with the reason.",
            )
        seen.setdefault(key, organisation.slug)
