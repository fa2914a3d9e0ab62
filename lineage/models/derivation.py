"""What is derived across rows: each body's family and its principal predecessor.

Families and parents are computed from the successions by :mod:`lineage.graph`, for the families
that a change touches, and only what differs is written. Signals are the one door that
``loaddata`` can't pass by: it skips ``save()``, validators and ``Field.pre_save``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_delete, post_save, pre_save

from lineage.graph import Edge, Lineage
from lineage.models import edition
from lineage.models.change import ChangeEvent, Succession
from lineage.models.fields import derived_fields, rederive
from lineage.models.organisation import Organisation

BATCH = 400

_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Derive once, at the end, for all the changes made inside; they stand or fall with it."""
    if _waiting.get() is not None:
        yield
        return
    waiting: set[int] = set()
    with transaction.atomic(savepoint=False):
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        refresh(waiting)


def expected(
    families: set[int] | None = None,
) -> tuple[dict[int, tuple[int | None, int | None]], dict[int, tuple[int, int | None]]]:
    """What stands and what should stand, ``{pk: (family, parent)}``, for some families or all.

    Two queries.
    """
    organisations = QuerySet(Organisation).order_by()
    successions = Succession.objects.order_by()
    if families is not None:
        organisations = organisations.filter(family__in=families)
        # Those with both ends in them; an index serves this, and would not serve an "or".
        successions = successions.filter(predecessor__family__in=families)
    rows = list(organisations.values_list("pk", "slug", "family", "parent_id"))
    keys = {slug: key for key, slug, _family, _parent in rows}
    lineage = Lineage(
        edge
        for edge in edges_of(successions)
        if edge.predecessor in keys and edge.successor in keys
    )
    parents = lineage.parents
    should: dict[int, tuple[int, int | None]] = {}
    for family in lineage.components(keys):
        number = min(keys[slug] for slug in family)
        for slug in family:
            parent = parents.get(slug)
            should[keys[slug]] = (number, keys[parent] if parent else None)
    return {key: (family, parent) for key, _slug, family, parent in rows}, should


def edges_of(successions: QuerySet) -> list[Edge]:
    """The successions of a queryset as edges of a graph, in one query."""
    columns = successions.values_list(
        "event__slug",
        "predecessor__slug",
        "successor__slug",
        "event__kind",
        "event__date_earliest",
        "event__date_latest",
        "predecessor_continues",
        "successor_existed",
        "principal",
        "event__manner",
    )
    return [edge_of(row) for row in columns]


def edge_of(row: Sequence[Any]) -> Edge:
    """An edge from its columns: those of :class:`Edge` in order, with the event's manner last."""
    event, before, after, kind, earliest, latest, continues, existed, principal, manner = row
    flags = bool(continues), bool(existed), bool(principal)
    return Edge(event, before, after, kind, earliest, latest, *flags, manner == "disputed")


def refresh(organisations: Iterable[int]) -> None:
    """Set family and parent right in the families of these bodies (primary keys)."""
    organisations = {key for key in organisations if key is not None}
    if not organisations:
        return
    waiting = _waiting.get()
    if waiting is not None:
        waiting.update(organisations)
        return
    families: set[int] = set()
    ordered = sorted(organisations)
    with transaction.atomic(savepoint=False):
        edition.hold()
        for start in range(0, len(ordered), BATCH):
            some = QuerySet(Organisation).filter(pk__in=ordered[start : start + BATCH])
            families.update(some.values_list("family", flat=True))
        families.discard(None)
        _write(*expected(families if len(families) <= BATCH else None))


def refresh_all() -> int:
    """Derive everything again, columns of a row included; the number of rows that were wrong.

    Columns first: principal lines are drawn by the dates of events.
    """
    with transaction.atomic(savepoint=False):
        edition.hold()
        wrong = sum(
            rederive(QuerySet(model))
            for model in Organisation._meta.apps.get_app_config("lineage").get_models()
            if not hasattr(model, "history_object")
        )
        return wrong + _write(*expected())


def _write(
    standing: dict[int, tuple[int | None, int | None]],
    should: dict[int, tuple[int, int | None]],
) -> int:
    wrong = sorted(key for key, value in should.items() if standing[key] != value)
    rows = [Organisation(pk=key, family=should[key][0], parent_id=should[key][1]) for key in wrong]
    QuerySet(Organisation).bulk_update(rows, ["family", "parent"], batch_size=BATCH)
    return len(wrong)


def _before_save(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if sender._meta.app_label != "lineage":
        return
    if raw:
        for field in derived_fields(sender):
            field.pre_save(instance, add=False)
    if sender is Organisation:
        standing = (
            QuerySet(Organisation).filter(pk=instance.pk).values_list("family", "parent_id").first()
            if instance.pk
            else None
        )
        instance.family, instance.parent_id = standing or (None, None)
    elif sender is Succession and instance.pk:
        instance._joined = Succession.objects.filter(pk=instance.pk)._bodies()


def _after_save(
    sender: Any,
    instance: Any,
    created: bool = False,
    raw: bool = False,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    if sender._meta.app_label != "lineage":
        return
    stale = [f for f in derived_fields(sender) if update_fields and f.source in update_fields]
    if stale:
        columns = {field.name: field.pre_save(instance, add=False) for field in stale}
        QuerySet(sender).filter(pk=instance.pk).update(**columns)
    # A fixture may bring edges before their bodies and their event.
    if sender is Organisation:
        if created:
            instance.family = instance.pk
            QuerySet(Organisation).filter(pk=instance.pk).update(family=instance.pk)
        if raw:
            edges = Succession.objects.filter(Q(predecessor=instance.pk) | Q(successor=instance.pk))
            refresh({instance.pk} | edges.order_by()._bodies())
        elif not created:
            refresh([instance.pk])  # its id orders edges of one date
    elif sender is Succession:
        joined_before = getattr(instance, "_joined", set())
        refresh(joined_before | {instance.predecessor_id, instance.successor_id})
    elif sender is ChangeEvent and (raw or not created):
        refresh(instance.successions.order_by()._bodies())


def _after_delete(sender: Any, instance: Any, **kwargs: Any) -> None:
    refresh({instance.predecessor_id, instance.successor_id})


def connect() -> None:
    """Listen to every save and to the deletion of successions."""
    pre_save.connect(_before_save, dispatch_uid="lineage.derivation.before")
    post_save.connect(_after_save, dispatch_uid="lineage.derivation.after")
    post_delete.connect(_after_delete, sender=Succession, dispatch_uid="lineage.derivation.gone")
