"""Records by their id or by a name that can't be mistaken, in memory."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from lineage import countries
from lineage.exchange.rows import shown
from lineage.models import ChangeEvent, CountryPeriod, Name, Organisation, Source, Succession
from lineage.text import fold

LONGEST_ID = 80


class Unclear(ValueError):  # noqa: N818 - an answer, not an accident
    """A name that no record bears, or several do. The message is a sentence with the remedy."""


class Bodies:
    """The organisations of the record. Three queries."""

    def __init__(self) -> None:
        self.by_id: dict[str, Organisation] = {}
        self._named: dict[str, dict[str, None]] = defaultdict(dict)
        self._countries: dict[str, dict[str, None]] = defaultdict(dict)
        slugs: dict[int, str] = {}
        for body in Organisation.objects.order_by("slug"):
            self.by_id[body.slug] = body
            slugs[body.pk] = body.slug
            self._named[body.folded][body.slug] = None
        names = Name.objects.order_by("pk").values_list("organisation_id", "folded")
        for pk, folded in names:
            self._named[folded][slugs[pk]] = None
        periods = CountryPeriod.objects.order_by("country", "since")
        for pk, code in periods.values_list("organisation_id", "country"):
            self._countries[slugs[pk]][code] = None

    def countries(self, slug: str) -> set[str]:
        """The codes of a body's countries."""
        return set(self._countries.get(slug, ()))

    def named(self, text: str) -> list[str]:
        """The ids of those that bear a name, or once bore it."""
        return list(self._named.get(fold(text), ())) if fold(text) else []

    def own_name(self, text: str) -> list[str]:
        """The ids of those that go by a name."""
        folded = fold(text)
        return [slug for slug in self.named(text) if self.by_id[slug].folded == folded]

    def find(self, text: str) -> str:
        """The id of the body; raises :class:`Unclear`."""
        if text in self.by_id:
            return text
        found = self.named(text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise Unclear(
                f"There is no organisation “{shown(text)}” in the record. Correct the name, write "
                f"its id, or add the organisation first."
            )
        raise Unclear(f"“{shown(text)}” could be {self.told(found)}. Write the id.")

    def told(self, slugs: Iterable[str]) -> str:
        """Bodies among homonyms: ``Socialist Party (1899–1901), France [sp-fr] or …``."""
        slugs = list(slugs)
        said = [
            ", ".join(
                [
                    str(self.by_id[slug]),
                    *(countries.NAMES[c] for c in self._countries.get(slug, ())),
                ]
            )
            + f" [{slug}]"
            for slug in slugs[:6]
        ]
        more = [f"{len(slugs) - 6} more"] if len(slugs) > 6 else []
        return " or ".join(said + more)


class Events:
    """The changes of the record, with their edges. Two queries."""

    def __init__(self) -> None:
        self.by_id = {event.slug: event for event in ChangeEvent.objects.order_by("slug")}
        self._of_edge: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        edges = Succession.objects.order_by("pk")
        columns = "event__kind", "predecessor__slug", "successor__slug", "event__slug"
        for *edge, event in edges.values_list(*columns):
            self._of_edge[edge[0], edge[1], edge[2]].append(event)

    def with_edge(self, kind: str, before: str, after: str) -> list[str]:
        """The ids of the changes of a kind by which one body led to another."""
        return self._of_edge.get((kind, before, after), [])

    def find(self, text: str) -> str:
        """The id of a change, given as an id; raises :class:`Unclear`."""
        if text in self.by_id:
            return text
        raise Unclear(f"There is no change “{shown(text)}” in the record. Write the id of one.")


class Sources:
    """The sources of the record. One query."""

    def __init__(self) -> None:
        self.by_id: dict[str, Source] = {}
        self._by_title: dict[str, list[str]] = defaultdict(list)
        self._by_address: dict[str, list[str]] = defaultdict(list)
        for source in Source.objects.order_by("slug"):
            self.by_id[source.slug] = source
            self._by_title[fold(source.title)].append(source.slug)
            if source.url:
                self._by_address[source.url].append(source.slug)

    def known(self, title: str, year: str, url: str) -> list[str]:
        """The ids of those that a work seems to be: by its address, or by title and year."""
        found = self._by_address.get(url, []) if url else []
        return found or [
            slug
            for slug in self._by_title.get(fold(title), [])
            if not year or self.by_id[slug].year[:4] in ("", year[:4])
        ]

    def find(self, text: str) -> str:
        """The id of a source, given by id, title or address; raises :class:`Unclear`."""
        if text in self.by_id:
            return text
        found = self._by_address.get(text) or self._by_title.get(fold(text), [])
        if len(found) == 1:
            return found[0]
        if not found:
            raise Unclear(
                f"There is no source “{shown(text)}” in the record. Write the id, title or address "
                f"of one, or add the source first."
            )
        raise Unclear(f"“{shown(text)}” could be {' or '.join(found[:6])}. Write the id.")


def id_of(*words: str, longest: int = 60) -> str:
    """An id made of words: ``"Parti Communiste", "1936"`` → ``parti-communiste-1936``."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(" ".join(words))).strip("-")
    if len(plain) <= longest:
        return plain
    return plain[: longest + 1].rpartition("-")[0] or plain[:longest]


def free(wanted: str, taken: Mapping[str, Any] | set[str]) -> str:
    """An id that no record has: the one wanted, or with the next number."""
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted[: LONGEST_ID - 4]}-{number}", number + 1
    return found
