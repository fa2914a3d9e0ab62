"""What the history keeps beside each change: what stood before the first, and its occasion.

A row that came with the record has no history. The state in which it came is kept before it is
changed or deleted for the first time; what is written on one occasion has one moment, one reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from simple_history.signals import pre_create_historical_record

from lineage.models.organisation import Organisation
from lineage.models.statement import Account

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
AS_LOADED = "As first loaded"
LONGEST_REASON = 100  # characters, as many as the history holds


@dataclass(frozen=True, slots=True)
class Occasion:
    moment: datetime
    reason: str


_now: ContextVar[Occasion | None] = ContextVar("occasion", default=None)


@contextmanager
def occasion(reason: str = "") -> Iterator[Occasion]:
    """All that is written inside has one moment, and this reason where no row has its own.

    One inside another is the same occasion; a reason that it gives is that of its own rows.
    """
    outer = _now.get()
    if outer is None:
        here = Occasion(timezone.now(), reason[:LONGEST_REASON])
    else:
        here = Occasion(outer.moment, reason[:LONGEST_REASON] or outer.reason)
    token = _now.set(here)
    try:
        yield here
    finally:
        _now.reset(token)


def keep(model: Any, keys: Iterable[int]) -> None:
    """Keep the state of those of a model's rows that have no history, as they were first loaded.

    One query, and another where there are any.
    """
    own = model.history.filter(id=OuterRef("pk"))
    rows = list(QuerySet(model).filter(~Exists(own), pk__in=keys))
    for row in rows:
        row._history_user = None
    if rows:
        model.history.bulk_history_create(
            rows, default_date=FIRST, default_change_reason=AS_LOADED, batch_size=500
        )


def _before_save(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if _is_kept(sender) and instance.pk is not None:
        keep(sender, [instance.pk])
        if raw:
            instance._stood = QuerySet(sender).filter(pk=instance.pk).first()


def _after_save(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """What a fixture changes has its history, too, which the library leaves out."""
    stood = instance.__dict__.pop("_stood", None) if raw else None
    if stood is not None and _is_kept(sender):
        columns = [field.attname for field in sender.history.model.tracked_fields]
        if any(getattr(stood, name) != getattr(instance, name) for name in columns):
            _note(sender, [instance])


def _before_delete(sender: Any, instance: Any, **kwargs: Any) -> None:
    if _is_kept(sender):
        keep(sender, [instance.pk])
    if sender is Organisation:
        given = QuerySet(Account).filter(organisation=instance.pk)
        instance._given = list(given.values_list("pk", flat=True))
        if instance._given:
            keep(Account, instance._given)


def _after_delete(sender: Any, instance: Any, **kwargs: Any) -> None:
    """The accounts that a body gave stay, without it; no other signal tells of that."""
    given = instance.__dict__.pop("_given", ())
    if given:
        _note(Account, QuerySet(Account).filter(pk__in=given, organisation=None))


def _note(model: Any, rows: Iterable[Any]) -> None:
    here = _now.get()
    model.history.bulk_history_create(
        rows,
        update=True,
        default_date=here.moment if here else None,
        default_change_reason=here.reason if here else None,
    )


def _on_occasion(history_instance: Any, **kwargs: Any) -> None:
    here = _now.get()
    if here is not None:
        history_instance.history_date = here.moment
        history_instance.history_change_reason = (
            history_instance.history_change_reason or here.reason or None
        )


def _is_kept(model: type[models.Model]) -> bool:
    # Not asked of ``model.history``, for which the library makes a new class each time.
    return model._meta.app_label == "lineage" and hasattr(
        model._meta, "simple_history_manager_attribute"
    )


def connect() -> None:
    """Listen to every save and deletion, and to every row of the history."""
    pre_save.connect(_before_save, dispatch_uid="lineage.keeping.before")
    post_save.connect(_after_save, dispatch_uid="lineage.keeping.after")
    pre_delete.connect(_before_delete, dispatch_uid="lineage.keeping.going")
    post_delete.connect(_after_delete, dispatch_uid="lineage.keeping.gone")
    pre_create_historical_record.connect(_on_occasion, dispatch_uid="lineage.keeping.occasion")
