"""What is probably wrong in how bodies are called: warnings, each can be waived with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Any, NamedTuple

from lineage.dates import HistoricalDate, surely_before
from lineage.integrity.audit import WARNING, Finding, Record, reference, rule
from lineage.models import CountryPeriod, Name, NameKind, Organisation
from lineage.models.fields import readable
from lineage.text import fold


@rule("official-names-overlap", WARNING, gap=True)
def _official_names_overlap(record: Record) -> Iterator[Finding]:
    """Of names without dates nothing says which came first: they stand as names of one time."""
    official = defaultdict(list)
    for name in record.parts[Name]:
        if name.kind == NameKind.OFFICIAL:
            official[name.organisation_id, name.language].append(name)
    for (key, language), names in official.items():
        overlap: dict[str, Any] = {}
        for one, other in combinations(sorted(names, key=lambda name: (name.text, name.since)), 2):
            if one.text != other.text and not _follow_each_other(one, other):
                overlap |= {reference(one): one, reference(other): other}
        if overlap:
            told = " and ".join(dict.fromkeys(f"“{name.text}”" for name in overlap.values()))
            message = f"Official names of one language ({language or 'none'}) overlap: {told}."
            yield (
                reference(record.organisations[key]),
                message,
                "Date when one took the place of another, or call it “also known as”.",
                *overlap,
            )


def _follow_each_other(one: Any, other: Any) -> bool:
    """Whether one of two periods can have ended by the time at which the other began."""
    return any(
        (end := readable(before.until)) is not None
        and (start := readable(after.since)) is not None
        and not surely_before(start, end)
        for before, after in ((one, other), (other, one))
    )


class _Seen(NamedTuple):
    """A body as it is compared: what is known of its founding, and the days it is known on."""

    body: Organisation
    founded: HistoricalDate | None
    days: tuple[date, date] | None


@rule("likely-duplicate", WARNING)
def _likely_duplicate(record: Record) -> Iterator[Finding]:
    """Two bodies of one name and country that can be of one founding, and were there at one time.

    Names of every kind count, without regard to case and accents. Two that a change or a
    membership joins are no double: many a split leaves two bodies of one name.
    """
    joined = _joined_pairs(record)
    seen = _seen(record)
    shared: dict[tuple[int, int], str] = {}
    for (_country, name), bodies in sorted(_namesakes(record).items()):
        for pair in combinations(sorted(bodies, key=lambda key: seen[key].body.slug), 2):
            shared.setdefault(pair, name)
    for (one, other), name in shared.items():
        if frozenset((one, other)) not in joined and _may_be_one(seen[one], seen[other]):
            like = seen[one].body.slug
            yield (
                reference(seen[other].body),
                f"It has a name (“{name}”), the country and perhaps the founding of {like}.",
                "Delete one of the two, date their foundings, or waive this with the reason.",
                reference(seen[one].body),
            )


def _namesakes(record: Record) -> dict[tuple[str, str], set[int]]:
    """The bodies of each country and folded name; those without a country are of one, too."""
    names: dict[int, set[str]] = {
        key: {fold(body.name)} for key, body in record.organisations.items()
    }
    for name in record.parts[Name]:
        names[name.organisation_id].add(fold(name.text))
    places: dict[int, set[str]] = defaultdict(set)
    for period in record.parts[CountryPeriod]:
        places[period.organisation_id].add(period.country)
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for key, own in names.items():
        for name in own - {""}:
            for country in places[key] or {""}:
                found[country, name].add(key)
    return found


def _joined_pairs(record: Record) -> set[frozenset[int]]:
    """The pairs of bodies that one change names, or of which one belongs to the other."""
    pairs = {frozenset((row.organisation_id, row.body_id)) for row in record.affiliations}
    for edges in record.by_event.values():
        bodies = {key for edge in edges for key in (edge.predecessor_id, edge.successor_id)}
        pairs.update(frozenset(pair) for pair in combinations(bodies, 2))
    return pairs


def _seen(record: Record) -> dict[int, _Seen]:
    """What is known of the times of each body: of its own dates and of its changes."""
    texts: dict[int, list[str]] = {
        key: [body.founded, body.dissolved, body.active]
        for key, body in record.organisations.items()
    }
    for edge in record.successions:
        for key in (edge.predecessor_id, edge.successor_id):
            texts[key].append(edge.event.date)
    return {
        key: _Seen(body, readable(body.founded), _days(map(readable, texts[key])))
        for key, body in record.organisations.items()
    }


def _days(dates: Iterable[HistoricalDate | None]) -> tuple[date, date] | None:
    """From the first to the last day that some dates speak of; a side without bound says none."""
    bounds = [day for one in dates if one for day in (one.earliest, one.latest) if day]
    return (min(bounds), max(bounds)) if bounds else None


def _may_be_one(one: _Seen, other: _Seen) -> bool:
    for first, second in ((one, other), (other, one)):
        if first.founded and second.founded and surely_before(first.founded, second.founded):
            return False
        if first.days and second.days and first.days[1] < second.days[0]:
            return False
    return True
