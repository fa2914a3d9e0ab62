"""A record with all that hangs on it, as a document: written out, put in its place, tried out.

A body's document holds its affiliations, both ways; an event's its edges and accounts. What is
tried inside :func:`rehearsal` is saved like anything else, can be read, drawn and told, and is
gone afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from lineage import integrity
from lineage.exchange.differences import KEYS as DOCUMENT_KEYS
from lineage.exchange.differences import RECORDS, Document
from lineage.exchange.document import read
from lineage.exchange.export import Export, source_entry
from lineage.exchange.loading import carry_out
from lineage.exchange.planning import Plan
from lineage.exchange.rows import Fault, Key, Refused, Row, joined
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Organisation,
    Source,
    Succession,
)
from lineage.models.derivation import edges_of, together
from lineage.models.keeping import occasion
from lineage.models.source import TARGETS

OWNERS = ("organisation", "event", "affiliation", "name", "fact", "account", "subject")
_WHOLE = (Organisation, ChangeEvent, Affiliation, Source)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Whatever is saved inside is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def whole_of(record: models.Model) -> models.Model:
    """The body, event, affiliation or source that a record is, or is a part of."""
    found: Any = record
    while not isinstance(found, _WHOLE):
        found = next(
            owner
            for name in OWNERS
            if (owner := getattr(found, name, None)) is not None
            and not (isinstance(found, Account) and name == "organisation")
        )
    return found


def document_of(record: models.Model) -> Document:
    """The document of a body, event, affiliation or source, as the database holds it."""
    export = Export(drafts=True)
    own: Any = type(record)._default_manager.filter(pk=record.pk)
    if isinstance(record, Organisation):
        joined = Affiliation.objects.filter(Q(organisation=record) | Q(body=record))
        return _plain(
            organisations=export.organisations(own), affiliations=export.affiliations(joined)
        )
    if isinstance(record, ChangeEvent):
        return _plain(events=export.events(own))
    if isinstance(record, Affiliation):
        return _plain(affiliations=export.affiliations(own))
    return _plain(sources=[source_entry(row) for row in own])


def _plain(**lists: list[dict[str, Any]]) -> Document:
    for entry in lists.get("organisations", ()):
        entry.pop("parent", None)
    return lists


def put(
    document: Mapping[str, Any],
    *,
    instead_of: Mapping[str, Any] | None = None,
    reason: str = "",
    trying: bool = False,
    numbers: Mapping[str, int] | None = None,
    former: Mapping[tuple[type[models.Model], Key], int] | None = None,
) -> None:
    """Write the records of a document as it has them, or raise :class:`Refused` with every fault.

    Records that ``instead_of`` holds and ``document`` lacks are deleted. ``reason`` stands in the
    history. While ``trying``, inside a rehearsal, new rows get numbers below zero that are the same
    each time, so that a form can name them again; or those of ``numbers``, by their references.
    ``former`` are the numbers that new rows had once, by their natural keys; they have them again
    where they are free.
    """
    rows, lists = read(dict(document), set())
    with transaction.atomic(), together(), occasion(reason):
        for gone in _gone(instead_of or {}, document):
            gone.delete()
        plan = Plan(rows, lists, update=True, narrow=True)
        if trying:
            for new in plan.new.values():
                for row, instance in new:
                    known = (numbers or {}).get(_reference(row))
                    instance.pk = _number(row.model, row.key) if known is None else known
        if plan.faults:
            raise Refused(plan.faults)
        for (model, key), number in (former or {}).items():
            for row, instance in plan.new[model]:
                if row.key == key and not models.QuerySet(model).filter(pk=number).exists():
                    instance.pk = number
        carry_out(plan, reason=reason)
        faults = [*_backwards(plan), *_broken(document)]
        if faults:
            raise Refused(faults)


def standing(document: Mapping[str, Any]) -> list[models.Model]:
    """The records of a document that are in the database."""
    by_id: dict[str, Any] = {
        "sources": Source,
        "organisations": Organisation,
        "events": ChangeEvent,
    }
    found: list[models.Model] = []
    for name, model in by_id.items():
        slugs = [entry["id"] for entry in document.get(name, ())]
        if slugs:
            found += model.objects.filter(slug__in=slugs)
    for entry in document.get("affiliations", ()):
        found += _affiliation(entry)
    return found


def _affiliation(entry: Mapping[str, Any]) -> list[Affiliation]:
    return list(
        Affiliation.objects.filter(
            organisation__slug=entry["organisation"],
            body__slug=entry["body"],
            role=entry["role"],
            since=entry["from"] or "",
        )
    )


def _gone(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Any]:
    gone: Document = {}
    for name in RECORDS:
        kept = {tuple(entry[key] for key in DOCUMENT_KEYS[name]) for entry in after.get(name, ())}
        gone[name] = [
            entry
            for entry in before.get(name, ())
            if tuple(entry[key] for key in DOCUMENT_KEYS[name]) not in kept
        ]
    return standing(gone)


def _reference(row: Row) -> str:
    """How the audit names what a row becomes."""
    target = next((f"{name}/" for name in TARGETS if row.fields.get(name)), "")
    of = target if row.model is Citation else ""
    return f"{row.model._meta.model_name}:{of}{joined(row.key)}"


def _number(model: type[models.Model], key: Any) -> int:
    digest = hashlib.blake2b(f"{model.__name__}{key}".encode(), digest_size=6).digest()
    return -1 - int.from_bytes(digest, "big")


def _backwards(plan: Plan) -> Iterator[Fault]:
    """The lives and periods of written rows that surely end before they begin."""
    written = [pair for new in plan.new.values() for pair in new]
    written += [(row, instance) for row, instance, _changes in plan.differ]
    for row, instance in written:
        try:
            integrity.refuse_backwards(instance)
        except ValidationError as error:
            yield Fault(row.where.partition("[")[0], row.record, " ".join(error.messages))


def _broken(document: Mapping[str, Any]) -> Iterator[Fault]:
    """The circles that the events of a document close."""
    for record in standing({"events": document.get("events", [])}):
        event: Any = record
        own = event.successions.order_by()
        families = {
            family
            for pair in own.values_list("predecessor__family", "successor__family")
            for family in pair
        }
        joined = Q(predecessor__family__in=families) | Q(successor__family__in=families)
        near = Succession.objects.order_by().filter(joined)
        try:
            integrity.refuse_circles(edges_of(near), event.slug)
        except ValidationError as error:
            yield Fault("events", event.slug, " ".join(error.messages))
