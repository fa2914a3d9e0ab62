"""What is derived across rows: each body's family and its principal predecessor.

Families and parents are computed from the successions by :mod:`lineage.graph`, for the families
that a change touches, and only what differs is written. Signals are the one door that
``loaddata`` can't pass by: it skips ``save()``, validators and ``Field.pre_save``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.signals import post_delete, post_save, pre_save

from lineage.graph import Edge, Lineage
from lineage.models.change import ChangeEvent, Succession
from lineage.models.fields import derived_fields
from lineage.models.organisation import Organisation, start_families

BATCH = 400

_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Derive once, at the end, for all the changes made inside."""
    if _waiting.get() is not None:
        yield
        return
    waiting: set[int] = set()
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
        successions = successions.filter(
            Q(predecessor__family__in=families) | Q(successor__family__in=families)
        )
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
    return [Edge(*row[:-1], disputed=row[-1] == "disputed") for row in columns]


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
    for start in range(0, len(ordered), BATCH):
        some = QuerySet(Organisation).filter(pk__in=ordered[start : start + BATCH])
        families.update(some.values_list("family", flat=True))
    families.discard(None)  # type: ignore[arg-type]
    _write(*expected(families if len(families) <= BATCH else None))


def refresh_all() -> int:
    """Derive everything again, columns of a row included; the number of rows that were wrong."""
    start_families(Organisation)
    return _write(*expected()) + sum(
        _rederive_columns(model)
        for model in Organisation._meta.apps.get_app_config("lineage").get_models()
        if not hasattr(model, "history_object")
    )


def _rederive_columns(model: Any) -> int:
    wrong = []
    fields = derived_fields(model)
    if not fields:
        return 0
    for row in model.objects.all():
        before = [getattr(row, field.attname) for field in fields]
        after = [field.pre_save(row, add=False) for field in fields]
        if before != after:
            wrong.append(row)
    QuerySet(model).bulk_update(wrong, [field.name for field in fields], batch_size=BATCH)
    return len(wrong)


def _write(
    standing: dict[int, tuple[int | None, int | None]],
    should: dict[int, tuple[int, int | None]],
) -> int:
    wrong = sorted(key for key, value in should.items() if standing[key] != value)
    for start in range(0, len(wrong), BATCH):
        some = wrong[start : start + BATCH]
        QuerySet(Organisation).filter(pk__in=some).update(
            family=Case(*(When(pk=key, then=Value(should[key][0])) for key in some)),
            parent_id=Case(
                *(When(pk=key, then=Value(should[key][1])) for key in some),
                output_field=Organisation._meta.pk.__class__(),
            ),
        )
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


def _after_save(sender: Any, instance: Any, created: bool = False, **kwargs: Any) -> None:
    if sender is Organisation:
        if created:
            instance.family = instance.pk
            QuerySet(Organisation).filter(pk=instance.pk).update(family=instance.pk)
        else:
            refresh([instance.pk])  # its id orders edges of one date
    elif sender is Succession:
        joined_before = getattr(instance, "_joined", set())
        refresh(joined_before | {instance.predecessor_id, instance.successor_id})
    elif sender is ChangeEvent and not created:
        refresh(instance.successions.order_by()._bodies())


def _after_delete(sender: Any, instance: Any, **kwargs: Any) -> None:
    refresh({instance.predecessor_id, instance.successor_id})


def connect() -> None:
    """Listen to every save and to the deletion of successions."""
    pre_save.connect(_before_save, dispatch_uid="lineage.derivation.before")
    for model in (Organisation, ChangeEvent, Succession):
        post_save.connect(_after_save, sender=model, dispatch_uid="lineage.derivation.after")
    post_delete.connect(_after_delete, sender=Succession, dispatch_uid="lineage.derivation.gone")
