"""What a load would do: each row new, the same, or different, and all that is wrong with it.

References are resolved in memory, so the order of rows and files is no matter, and the number of
queries does not grow with the rows that stand already. Nothing is written here. A plan reads the
whole record, or only what its rows speak of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from lineage import integrity
from lineage.exchange.neighbourhood import Neighbourhood
from lineage.exchange.rows import KEYS, Fault, Key, Lists, Loaded, Row, joined, shown, typed
from lineage.models import Account, Affiliation, ChangeEvent, Citation, Succession
from lineage.models.fields import DerivedField
from lineage.models.source import TARGETS

# Of these columns exactly one points to a record.
_ONE_OF: dict[type[models.Model], tuple[str, ...]] = {
    Citation: TARGETS,
    Account: ("event", "subject"),
}
_TWO_BODIES: dict[type[models.Model], tuple[str, str]] = {
    Succession: ("predecessor", "successor"),
    Affiliation: ("organisation", "body"),
}


class Plan:
    """Rows sorted into new ones, different ones and those that stand the same, with the faults."""

    def __init__(
        self, rows: list[Row], lists: Lists, *, update: bool, narrow: bool = False
    ) -> None:
        self.rows, self.lists, self.update = rows, lists, update
        self._near = Neighbourhood(rows) if narrow else None
        self.faults: list[Fault] = []
        self.new: dict[type[models.Model], list[tuple[Row, Any]]] = {model: [] for model in KEYS}
        self.differ: list[tuple[Row, Any, dict[str, Any]]] = []
        self.same: list[Row] = []
        self.obsolete: list[tuple[type[models.Model], Key, Any]] = []
        # Primary keys by natural key: of rows that stand, and None of those that are to come.
        self.known: dict[type[models.Model], dict[Key, int | None]] = {}
        self._standing: dict[type[models.Model], dict[Key, Any]] = {}
        self._keys: dict[type[models.Model], dict[int, Key]] = {}
        self._unsound: set[int] = set()
        for model in KEYS:
            self._read_standing(model)
        for row in rows:
            self._type(row)
        given = self._given()
        for row in rows:
            self._resolve(row)
            self._sort(row)
        self._find_bodiless(given)
        self._find_obsolete(given)
        self._drop_unsound()

    def loaded(self) -> Loaded:
        """What is added, changed, left and removed when the plan is carried out."""
        return Loaded(
            added=_by_model((row.model, row.key) for new in self.new.values() for row, _ in new),
            changed=_by_model((row.model, row.key) for row, _standing, _changes in self.differ),
            left=_by_model((row.model, row.key) for row in self.same),
            removed=_by_model((model, key) for model, key, _instance in self.obsolete),
        )

    def _read_standing(self, model: type[models.Model]) -> None:
        found: dict[Key, Any] = {}
        rows = model._default_manager.order_by("pk")
        for instance in self._near.of(model, rows) if self._near else rows:
            found[tuple(self._part(instance, name) for name in KEYS[model])] = instance
        self._standing[model] = found
        self._keys[model] = {instance.pk: key for key, instance in found.items()}
        self.known[model] = {key: instance.pk for key, instance in found.items()}

    def _part(self, instance: Any, name: str) -> Any:
        column: Any = instance._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            related: Any = column.related_model
            return self._keys[related].get(getattr(instance, column.attname))
        return getattr(instance, name)

    def _fault(self, row: Row, message: str, *, sound: bool = False) -> None:
        """``sound`` says that the row could be written, were it allowed."""
        self.faults.append(Fault(row.where, row.record, message))
        if not sound:
            self._unsound.add(id(row))

    def _type(self, row: Row) -> None:
        """Bring each value to its column's type; one that the column can't hold is a fault."""
        for name, value in list(row.fields.items()):
            column = row.model._meta.get_field(name)
            if isinstance(column, models.ForeignKey) or name in row.unread:
                continue
            try:
                row.fields[name] = typed(column, value)
            except ValueError as error:
                self._fault(row, f"{name}: {error}")
                row.unread.add(name)

    def _given(self) -> dict[tuple[type[models.Model], Key], Row]:
        """The rows by key; of two with one key the second is a fault."""
        given: dict[tuple[type[models.Model], Key], Row] = {}
        for row in self.rows:
            if row.unread:
                self._unsound.add(id(row))
            first = given.setdefault((row.model, row.key), row)
            if first is not row and not row.unread.intersection(KEYS[row.model]):
                self._fault(
                    row,
                    f"There are two {row.model._meta.verbose_name} records with this id; the other "
                    f"is at {first.where}. Give one of them another id, or delete it.",
                )
            self.known[row.model].setdefault(row.key, None)
        return given

    def _resolve(self, row: Row) -> None:
        for column in _references(row.model):
            value = row.fields.get(column.name)
            if column.name in row.unread:
                continue
            if value is None:
                if not column.null:
                    self._fault(row, f"{column.name}: it names none. Name one.")
            elif value not in self.known[column.related_model]:
                kind = column.related_model._meta.verbose_name
                self._fault(
                    row,
                    f"{column.name}: there is no {kind} “{shown(joined(value), 200)}”, here or in "
                    f"the record. Correct the id, or add the {kind}.",
                )

    def _sort(self, row: Row) -> None:
        """Decide whether the row is new, the same as one that stands, or differs from it."""
        plain = {
            name: value
            for name, value in row.fields.items()
            if name not in row.unread
            and not isinstance(row.model._meta.get_field(name), models.ForeignKey)
        }
        standing = self._standing[row.model].get(row.key)
        if standing is None:
            instance = row.model(**{**row.defaults, **plain})
            self._check(row, instance)
            self.new[row.model].append((row, instance))
            return
        changes = {name: value for name, value in plain.items() if getattr(standing, name) != value}
        for column in _references(row.model):
            if column.name in row.fields and column.name not in row.unread:
                pointed = self._keys[column.related_model].get(getattr(standing, column.attname))
                if pointed != row.fields[column.name]:
                    changes[column.name] = row.fields[column.name]
        if not changes:
            self.same.append(row)
            return
        self._check(row, row.model(**{**_plain_values(standing), **plain}))
        if not self.update:
            self._fault(
                row,
                f"It is in the record already and differs in {', '.join(sorted(changes))}. Load "
                f"with --update to change the record, or take it out of the document.",
                sound=True,
            )
        self.differ.append((row, standing, changes))

    def _check(self, row: Row, instance: Any) -> None:
        for name, _rule, sentence in integrity.faults_of(instance):
            if name not in row.unread:
                self._fault(row, f"{name}: {sentence}")
        one, other = _TWO_BODIES.get(row.model, ("", ""))
        if one and row.fields.get(one) and row.fields.get(one) == row.fields.get(other):
            self._fault(row, f"{one} and {other} are one and the same body. Choose two bodies.")
        targets = _ONE_OF.get(row.model, ())
        named = [name for name in targets if row.fields.get(name) is not None]
        if targets and len(named) != 1 and not row.unread.intersection(targets):
            self._fault(
                row,
                f"It points to {' and '.join(named) or 'no record'}. Give it exactly one of "
                f"{', '.join(targets)}.",
            )

    def _find_bodiless(self, given: dict[tuple[type[models.Model], Key], Row]) -> None:
        told = {key[0] for model, key in given if model is Succession}
        told.update(key[0] for key in self._standing[Succession])
        for (model, key), row in given.items():
            if model is ChangeEvent and key not in told and not row.unread:
                self._fault(row, "It has no succession. Say who led to whom.")

    def _find_obsolete(self, given: dict[tuple[type[models.Model], Key], Row]) -> None:
        for (model, column), owners in self.lists.of.items():
            position = KEYS[model].index(column)
            for key, instance in self._standing[model].items():
                if key[position] not in owners or (model, key) in given:
                    continue
                if not self.update:
                    told = (
                        f"This {model._meta.verbose_name} is in the record, and not in the "
                        f"document. Load with --update to remove it."
                    )
                    self.faults.append(Fault("the record", joined(key), told))
                self.obsolete.append((model, key, instance))

    def _drop_unsound(self) -> None:
        """Leave out rows at fault and what hangs on them, so that the rest can be tried."""
        if not self.faults and not self._unsound:
            return
        coming: dict[type[models.Model], set[Key]] = {model: set() for model in KEYS}

        def holds(row: Row) -> bool:
            return id(row) not in self._unsound and all(
                value is None
                or self.known[column.related_model].get(value) is not None
                or value in coming[column.related_model]
                for column in _references(row.model)
                for value in (row.fields.get(column.name),)
            )

        for model, new in self.new.items():
            self.new[model] = [(row, instance) for row, instance in new if holds(row)]
            coming[model] = {row.key for row, _instance in self.new[model]}
        self.differ = [entry for entry in self.differ if holds(entry[0])]


def _references(model: type[models.Model]) -> list[Any]:
    """The columns by which a row points to others, those that are derived left out."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and column.editable
    ]


def _by_model(records: Iterable[tuple[type[models.Model], Key]]) -> dict[str, list[str]]:
    named: dict[type[models.Model], list[str]] = {model: [] for model in KEYS}
    for model, key in records:
        named[model].append(joined(key))
    return {str(model._meta.verbose_name_plural): keys for model, keys in named.items() if keys}


def _plain_values(instance: models.Model) -> dict[str, Any]:
    return {
        column.name: getattr(instance, column.attname)
        for column in instance._meta.concrete_fields
        if not column.is_relation and not isinstance(column, DerivedField)
    }
