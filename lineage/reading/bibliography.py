"""The sources of a page: numbered as they are first cited, each with its marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lineage.models import Citation, Source


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a source, and what is remarked of it, each in a sentence."""

    locator: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One source of a statement as a page shows it: its number, and the places cited in it."""

    number: int
    source: Source
    places: tuple[Place, ...]


class Bibliography:
    """Numbers sources in the order of their first mention."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.sources: list[Source] = []
        self.cited: Counter[int] = Counter()

    def marks(self, citations: Iterable[Citation]) -> list[Mark]:
        """The marks of one statement, one a source, by number; a place cited twice stands once."""
        by_source: dict[Source, dict[str, dict[str, None]]] = {}
        ordered = sorted(
            citations, key=lambda one: (one.source.slug, one.statement, one.locator, one.value)
        )
        for one in ordered:
            remarks = by_source.setdefault(one.source, {}).setdefault(one.locator, {})
            said = f"It says “{one.value}”." if one.value else ""
            remarks.update(dict.fromkeys(remark for remark in (said, one.note) if remark))
        marks = [
            self._mark(source, tuple(Place(where, tuple(said)) for where, said in places.items()))
            for source, places in by_source.items()
        ]
        return sorted(marks, key=lambda mark: mark.number)

    def _mark(self, source: Source, places: tuple[Place, ...]) -> Mark:
        if source.pk not in self.numbers:
            self.sources.append(source)
            self.numbers[source.pk] = len(self.sources)
        self.cited[source.pk] += 1
        return Mark(self.numbers[source.pk], source, places)

    def entries(self) -> list[tuple[int, Source, int]]:
        """Number, source, and at how many statements the page cites it."""
        return [
            (number, source, self.cited[source.pk])
            for number, source in enumerate(self.sources, start=1)
        ]
