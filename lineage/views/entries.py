"""Bodies, events and memberships as lists of JSON hold them: enough to tell which they are."""

from __future__ import annotations

from typing import Any

from lineage.models import Affiliation, ChangeEvent
from lineage.reading import sentences
from lineage.reading.details import codes_of
from lineage.reading.homonyms import Homonyms


def body_entry(row: Any) -> dict[str, Any]:
    """A body, whose country periods are at hand."""
    return {
        "id": row.slug,
        "name": row.name,
        "kind": row.kind,
        "countries": sorted(codes_of(row)),
        "founded": row.founded or None,
        "dissolved": row.dissolved or None,
    }


def event_entry(row: ChangeEvent, apart: Homonyms) -> dict[str, Any]:
    """An event with the edges that readers may see."""
    return {
        "id": row.slug,
        "kind": row.kind,
        "title": sentences.title_of(row, row.successions.all(), apart),
        "date": row.date or None,
    }


def tie_entry(row: Affiliation) -> dict[str, Any]:
    """A membership, whose two bodies are at hand."""
    return {
        "organisation": row.organisation.slug,
        "body": row.body.slug,
        "role": row.role,
        "from": row.since or None,
        "to": row.until or None,
    }
