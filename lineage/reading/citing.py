"""What cites a source: the records, and which of their statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lineage.models import ChangeEvent, Citation, Organisation

# What a citation supports, in a reader's words, where the field's own name doesn't say it.
_WORDS = {
    "": "the whole record",
    "active": "that it exists",
    "countries": "its country",
    "dissolved": "its end",
    "existence": "that it existed",
    "founded": "its founding",
    "successions": "which bodies took part",
    "complete": "that others took part",
}


@dataclass(slots=True)
class Citing:
    """A record that cites a source, with what it draws from it."""

    record: Organisation | ChangeEvent
    statements: dict[str, None] = field(default_factory=dict)

    @property
    def is_event(self) -> bool:
        """Whether it is an event, and not a body."""
        return isinstance(self.record, ChangeEvent)


def citing(citations: Iterable[Citation]) -> list[Citing]:
    """The records that some citations belong to, bodies by name and then events by date.

    What they hang on must be fetched with them.
    """
    found: dict[tuple[bool, int], Citing] = {}
    for one in citations:
        record = _record(one)
        entry = found.setdefault((isinstance(record, ChangeEvent), record.pk), Citing(record))
        entry.statements[_statement(one)] = None
    return sorted(found.values(), key=_order)


def _record(one: Citation) -> Any:
    """The body or the event whose page shows a citation."""
    if one.account:
        return one.account.event or one.account.subject
    held = one.name or one.fact or one.affiliation
    return held.organisation if held else one.organisation or one.event


def _statement(one: Citation) -> str:
    if one.name:
        return f"the name {one.name.text}"
    if one.fact:
        return one.fact.get_kind_display().lower()
    if one.affiliation:
        return f"its place in {one.affiliation.body.name}"
    if one.account:
        return f"what {one.account.claimant} says"
    return _WORDS.get(one.statement, f"its {one.statement}")


def _order(entry: Citing) -> tuple[bool, str, str]:
    record = entry.record
    if isinstance(record, Organisation):
        return False, record.folded, record.slug
    return True, str(record.date_earliest or "9999"), record.slug
