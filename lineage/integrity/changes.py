"""What is probably wrong in the shape of a change: warnings, each can be waived with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lineage.dates import surely_before
from lineage.integrity.audit import WARNING, Finding, Record, reference, rule
from lineage.models.fields import readable


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


@rule("rename-of-several", WARNING)
def _rename_of_several(record: Record) -> Iterator[Finding]:
    remedy = "Call it a split, a merger or a continuation, or correct who led to whom."
    for event in record.events.values():
        edges = record.by_event[event.pk]
        if event.kind != "rename":
            continue
        if len({edge.predecessor_id for edge in edges}) > 1:
            yield reference(event), "Several bodies took one new name.", remedy
        elif len({edge.successor_id for edge in edges}) > 1:
            yield reference(event), "One body took the names of several.", remedy
        elif any(edge.predecessor_continues for edge in edges):
            yield reference(event), "The body went on beside the one that has its new name.", remedy


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
                    reference(same),
                )


def _may_be_one_day(one: Any, other: Any) -> bool:
    """Whether two events can fall on one day: "1953" and "1953-11-16" can."""
    first, second = readable(one.date), readable(other.date)
    if first is None or second is None:
        return True
    return not surely_before(first, second) and not surely_before(second, first)
