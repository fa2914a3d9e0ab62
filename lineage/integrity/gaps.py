"""What is merely not known yet: warnings, each can be waived with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lineage.integrity.audit import WARNING, Finding, Record, reference, rule
from lineage.models import Fact


@rule("end-without-successor", WARNING, gap=True)
def _end_without_successor(record: Record) -> Iterator[Finding]:
    led_on = {edge.predecessor_id for edge in record.successions if not edge.predecessor_continues}
    for organisation in record.organisations.values():
        if organisation.dissolved and organisation.pk not in led_on:
            yield (
                reference(organisation),
                "It ended, and nothing is said of what became of it.",
                "Record the change in which it ended, or waive this with the reason.",
            )


@rule("missing-date", WARNING, gap=True)
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


@rule("missing-source", WARNING, gap=True)
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
