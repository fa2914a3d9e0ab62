"""How well a record is sourced: its statements, those cited, and by how many sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lineage.models import ChangeEvent, Citation, Organisation

# Fields of a record that each state something when they are filled.
STATED = {
    Organisation: ("name", "founded", "dissolved", "active"),
    ChangeEvent: ("kind", "date", "manner"),
}


@dataclass(frozen=True, slots=True)
class Sourcing:
    """Counts of statements, and the sources (ids) that they cite."""

    statements: int
    cited: int
    sources: frozenset[str]

    @property
    def words(self) -> str:
        """The counts as a sentence for readers."""
        if not self.statements:
            return "No statement yet."
        noun = "statement" if self.statements == 1 else "statements"
        if not self.cited:
            return f"{self.statements} {noun}, none cited."
        of = "all cited" if self.cited == self.statements else f"{self.cited} cited"
        if len(self.sources) == 1:
            return f"{self.statements} {noun}, {of}, all from one source."
        return f"{self.statements} {noun}, {of}, from {len(self.sources)} sources."


def sourcing_of(record: Any, own: Iterable[Citation], parts: Iterable[Any]) -> Sourcing:
    """The sourcing of a body or an event with the rows that hang on it.

    ``own`` are the record's citations that readers may see. ``parts`` have theirs fetched, and
    all citations their sources.
    """
    own = list(own)
    supported = {citation.statement for citation in own}
    stated = [name for name in STATED[type(record)] if getattr(record, name)]
    statements, cited = len(stated), sum(name in supported for name in stated)
    sources = {citation.source.slug for citation in own}
    for part in parts:
        citations = list(part.citations.all())
        statements += 1
        cited += bool(citations)
        sources.update(citation.source.slug for citation in citations)
    return Sourcing(statements, cited, frozenset(sources))
