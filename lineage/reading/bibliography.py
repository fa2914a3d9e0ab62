"""The sources of a page: numbered as they are first cited, each with its marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lineage.models import Citation, Source


@dataclass(frozen=True, slots=True)
class Mark:
    """One source of a statement as a page shows it: its number, and the places cited in it."""

    number: int
    source: Source
    places: tuple[Citation, ...]


class Bibliography:
    """Numbers sources in the order of their first mention."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.sources: list[Source] = []
        self.cited: Counter[int] = Counter()

    def marks(self, citations: Iterable[Citation]) -> list[Mark]:
        """The marks of one statement, one a source; a place cited twice stands once."""
        by_source: dict[int, dict[tuple[str, str, str], Citation]] = {}
        ordered = sorted(
            citations, key=lambda one: (one.source.slug, one.statement, one.locator, one.value)
        )
        for one in ordered:
            places = by_source.setdefault(one.source_id, {})
            places.setdefault((one.locator, one.value, one.note), one)
        return [self._mark(tuple(places.values())) for places in by_source.values()]

    def _mark(self, places: tuple[Citation, ...]) -> Mark:
        source = places[0].source
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
