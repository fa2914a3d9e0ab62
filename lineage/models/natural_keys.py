"""Rows by their natural keys, kept in memory while ``loaddata`` asks for thousands of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.db import models
from django.db.models.signals import post_save

_memory: ContextVar[Memory | None] = ContextVar("memory", default=None)


class Memory:
    """The rows of each model that was asked for, read once, and those that were saved since."""

    def __init__(self) -> None:
        self.by_natural_key: dict[type[models.Model], dict[Any, Any]] = {}
        self.by_primary_key: dict[type[models.Model], dict[Any, Any]] = {}
        self.doubtful: set[type[models.Model]] = set()  # has rows whose relations come later

    def find(self, model: Any, key: Any) -> Any:
        """The row of a natural key; raises the model's ``DoesNotExist``."""
        self._read(model)
        try:
            return self.by_natural_key[model][_frozen(key)]
        except KeyError:
            raise model.DoesNotExist(str(key)) from None

    def remember(self, row: Any) -> None:
        """Keep a row that was just saved."""
        model = type(row)
        self._read(model)
        for name, related in _relations(model):
            key = getattr(row, f"{name}_id")
            if key is not None:
                self._read(related)
                if key not in self.by_primary_key[related]:
                    self.doubtful.add(model)
                    return
        self.by_natural_key[model][_frozen(row.natural_key())] = row
        self.by_primary_key[model][row.pk] = row

    def _read(self, model: Any) -> None:
        if model in self.by_natural_key:
            return
        self.by_natural_key[model], self.by_primary_key[model] = {}, {}
        for row in list(model._base_manager.order_by()):
            self.remember(row)


def _relations(model: Any) -> list[tuple[str, Any]]:
    return [
        (column.name, column.related_model)
        for column in model._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and column.related_model is not model
    ]


def _frozen(key: Any) -> Any:
    return tuple(map(_frozen, key)) if isinstance(key, (list, tuple)) else key


def related(row: Any, name: str) -> Any:
    """What a relation points to, from memory where there is one; ``None`` where to nothing.

    A fixture may name a row that a later file brings: the relation is empty until then.
    """
    key = getattr(row, f"{name}_id")
    memory = _memory.get()
    if key is None:
        return None
    if memory is not None:
        model = row._meta.get_field(name).related_model
        found = memory.by_primary_key.get(model, {}).get(key)
        if found is not None:
            return found
    return getattr(row, name)


def slug_of(row: Any, name: str) -> str:
    """The id of the body, event or source that a relation points to; empty where to nothing."""
    found = related(row, name)
    return found.slug if found is not None else ""


@contextmanager
def in_memory() -> Iterator[Memory]:
    """Look natural keys up in memory, in which each row that is saved meanwhile is kept."""
    memory = Memory()

    def keep(instance: Any, **kwargs: Any) -> None:
        if hasattr(type(instance)._default_manager, "get_by_natural_key"):
            memory.remember(instance)

    token = _memory.set(memory)
    post_save.connect(keep)
    try:
        yield memory
    finally:
        post_save.disconnect(keep)
        _memory.reset(token)


def remembered(find: Callable[..., Any]) -> Callable[..., Any]:
    """Let a manager's ``get_by_natural_key`` answer from memory, where there is one."""

    @wraps(find)
    def get(self: Any, *key: Any) -> Any:
        memory = _memory.get()
        if memory is None or self.model in memory.doubtful:
            return find(self, *key)
        return memory.find(self.model, key)

    return get
