"""What of an earlier document can stand now: no more public, and naming only what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from lineage.exchange.differences import KEYS, Document, differences
from lineage.models import Status

_ORDER = (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED)
_WITH_STATUS = ("organisations", "events", "affiliations")


def no_more_public(document: Mapping[str, Any], standing: Mapping[str, Any]) -> Document:
    """An earlier document, each record of it as public as it was or is, whichever is less.

    A record that does not stand comes back as a draft. One whose key changed is the same one.
    """
    now = {
        (name, _key(name, entry)): entry.get("status", Status.PUBLISHED)
        for name in _WITH_STATUS
        for entry in standing.get(name, ())
    }
    for one in differences(standing, document):
        if one.was and len(one.path) == 2:
            now[one.path] = now[one.was]
    found: Document = deepcopy(dict(document))
    for name in _WITH_STATUS:
        for entry in found.get(name, ()):
            limits = entry.get("status", Status.PUBLISHED), now.get((name, _key(name, entry)))
            entry["status"] = min((one or Status.DRAFT for one in limits), key=_ORDER.index)
    return found


def without(
    document: Mapping[str, Any], gone: Collection[tuple[str, str]]
) -> tuple[Document, list[tuple[str, str]]]:
    """A document without what can be left out of it where bodies are gone, and those bodies.

    Memberships in them and of them are left out; an account stays without its claimant's record.
    Edges and citations are not: without them the record would say another thing.
    """
    found: Document = deepcopy(dict(document))
    left: dict[tuple[str, str], None] = {}

    def absent(slug: str | None) -> bool:
        named = ("organisations", slug or "")
        if named in gone:
            left[named] = None
        return named in gone

    if "affiliations" in found:
        found["affiliations"] = [
            entry
            for entry in found["affiliations"]
            if not any([absent(entry["organisation"]), absent(entry["body"])])
        ]
    for name in ("organisations", "events"):
        for entry in found.get(name, ()):
            for account in entry["accounts"]:
                if absent(account["organisation"]):
                    account["organisation"] = None
    return found, list(left)


def keeping(
    document: Mapping[str, Any], standing: Mapping[str, Any], locked: Collection[Any]
) -> Document:
    """A document in which the affiliations of some paths are as they stand."""
    found: Document = deepcopy(dict(document))
    if locked:
        others = [one for one in found.get("affiliations", ()) if _path(one) not in locked]
        kept = [one for one in standing.get("affiliations", ()) if _path(one) in locked]
        found["affiliations"] = [*others, *kept]
    return found


def _path(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return "affiliations", _key("affiliations", entry)


def _key(name: str, entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(entry.get(field) or None for field in KEYS[name])
