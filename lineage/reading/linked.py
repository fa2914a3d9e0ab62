"""A body and an event as linked data: schema.org and the W3C Organization Ontology, in JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from lineage import countries
from lineage.models import ChangeEvent, NameKind, Organisation, Succession

CONTEXT = {
    "@vocab": "https://schema.org/",
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
REGISTERS = {
    "wikidata": "http://www.wikidata.org/entity/{}",
    "viaf": "https://viaf.org/viaf/{}",
}

Absolute = Callable[[str], str]  # from a path of this site to its whole address


def of_organisation(
    body: Organisation, absolute: Absolute, events: Iterable[ChangeEvent], members: Iterable[Any]
) -> dict[str, Any]:
    """A body, the events that it came out of and went into, and what it belonged to.

    Only a date that is a year, a month or a day is told: what is uncertain has no place there.
    """
    names = [name for name in body.names.all() if name.text != body.name]
    before, after = [], []
    for event in events:
        link = {"@id": absolute(event.get_absolute_url())}
        edges = list(event.successions.all())
        if any(edge.successor_id == body.pk for edge in edges):
            before.append(link)
        if any(edge.predecessor_id == body.pk for edge in edges):
            after.append(link)
    codes = dict.fromkeys(period.country for period in body.country_periods.all())
    same = [
        REGISTERS[one.scheme.lower()].format(one.value)
        for one in body.identifiers.all()
        if one.scheme.lower() in REGISTERS
    ]
    return _without_nothing(
        {
            "@context": CONTEXT,
            "@id": absolute(body.get_absolute_url()),
            "@type": ["Organization", "org:Organization"],
            "name": body.name,
            "url": absolute(body.get_absolute_url()),
            "description": body.summary,
            "alternateName": [n.text for n in names if n.kind != NameKind.ABBREVIATION],
            "skos:altLabel": [n.text for n in names if n.kind == NameKind.ABBREVIATION],
            "foundingDate": _plain(body.founded),
            "dissolutionDate": _plain(body.dissolved),
            "location": [{"@type": "Country", "name": countries.NAMES.get(c, c)} for c in codes],
            "sameAs": same,
            "memberOf": [{"@id": absolute(row.body.get_absolute_url())} for row in members],
            "org:resultedFrom": before,
            "org:changedBy": after,
        }
    )


def of_event(
    event: ChangeEvent, title: str, absolute: Absolute, edges: Iterable[Succession]
) -> dict[str, Any]:
    """An event with the bodies before and after it."""
    edges = list(edges)
    before = dict.fromkeys(absolute(edge.predecessor.get_absolute_url()) for edge in edges)
    after = dict.fromkeys(absolute(edge.successor.get_absolute_url()) for edge in edges)
    return _without_nothing(
        {
            "@context": CONTEXT,
            "@id": absolute(event.get_absolute_url()),
            "@type": ["Event", "org:ChangeEvent"],
            "name": title,
            "url": absolute(event.get_absolute_url()),
            "startDate": _plain(event.date),
            "org:originalOrganization": [{"@id": one} for one in before],
            "org:resultingOrganization": [{"@id": one} for one in after],
        }
    )


def _plain(date: str) -> str:
    return date if _DAY.fullmatch(date) else ""


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
