"""What would come of putting an earlier document back: as a user may, and as the record allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from lineage.admin.differing import Names, Told, in_words
from lineage.admin.previewing import mark_of
from lineage.admin.publication import PUBLISHED_ONE_BY_ONE, may_change, may_publish
from lineage.exchange.differences import KEYS, Difference, Document, Path, differences
from lineage.exchange.restoring import keeping, no_more_public, without
from lineage.exchange.rows import Refused
from lineage.exchange.versions import Gone, Versions, ids_named, with_names
from lineage.exchange.wholes import put
from lineage.models import Affiliation, Organisation, edition


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deleted body or source, and the page on which its deletion is undone."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Restoration:
    """An earlier document as it would stand, what that changes, and what keeps it from standing.

    ``without`` are the deleted bodies whose memberships and accounts are left out; ``needed`` the
    deleted bodies and sources without which it can't stand; ``kept`` the affiliations that stay as
    they are, since a publisher changes them. ``seen`` marks what stands now.
    """

    document: Document
    standing: Document
    told: list[Told]
    without: list[Deleted]
    needed: list[Deleted]
    kept: list[str]
    seen: str


def restoration(user: Any, versions: Versions, document: Mapping[str, Any]) -> Restoration:
    """What would come of putting a document of a record back. At most five queries."""
    now = versions.present
    wanted = no_more_public(document, now)
    wanted, left = without(wanted, versions.gone.keys())
    locked = _locked(user, differences(now, wanted))
    wanted = keeping(wanted, now, locked)
    needed = sorted(ids_named(wanted) & versions.gone.keys())
    names = Names([now, document, with_names(versions.gone.values())])
    found = differences(now, wanted, expand=True)
    return Restoration(
        document=wanted,
        standing=now,
        told=in_words(found, names),
        without=[deleted(versions.gone[one]) for one in left],
        needed=[deleted(versions.gone[one]) for one in needed],
        kept=[names.record(path) for path in sorted(locked, key=str)],
        seen=mark_of(now),
    )


def carried_out(
    found: Restoration, versions: Versions, key: str, *, reason: str, faults: list[str]
) -> bool:
    """Put it back; whether it was. What the rules say against it is added to ``faults``."""
    try:
        with transaction.atomic():
            edition.hold()
            put(
                found.document,
                instead_of=found.standing,
                reason=reason,
                former=versions.numbers(key),
            )
    except Refused as refused:
        faults.extend(fault.message for fault in refused.faults)
    except IntegrityError:
        faults.append("Another writer came between. Look at it again.")
    return not faults


def deleted(one: Gone) -> Deleted:
    """A deleted body or source as a page links to it."""
    kind = one.model._meta.model_name
    return Deleted(one.name, reverse("admin:deleted_record", args=[kind, one.pk]))


def _locked(user: Any, found: Iterable[Difference]) -> set[Path]:
    """The affiliations among differences that only a publisher may change. Two queries."""
    paths = {
        path
        for one in found
        for path in (one.record, one.was[:2])
        if path and path[0] == "affiliations"
    }
    if not paths or all(may_publish(user, model) for model in PUBLISHED_ONE_BY_ONE):
        return set()
    keys = [dict(zip(KEYS["affiliations"], key, strict=True)) for _name, key in paths]
    members = {key["organisation"] for key in keys}
    bodies = {row.slug: row for row in Organisation.objects.filter(slug__in=members)}
    chosen = Q(organisation__slug__in=members, body__slug__in={key["body"] for key in keys})
    rows = {
        ("affiliations", (row.organisation.slug, row.body.slug, row.role, row.since or None)): row
        for row in Affiliation.objects.filter(chosen).select_related("organisation", "body")
    }
    return {
        path for path in paths if not may_change(user, rows.get(path) or bodies.get(path[1][0]))
    }
