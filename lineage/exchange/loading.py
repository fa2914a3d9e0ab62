"""Loading rows, all of them or none, with every fault named.

Fixtures and interchange documents become the same rows: a model, its fields, and natural keys
where it points to others. References are resolved in memory, so the order of rows and files is
no matter, and the number of queries does not grow with the rows that stand already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from lineage import integrity
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Source,
    Succession,
    Waiver,
)
from lineage.models.derivation import together
from lineage.models.fields import DerivedField
from lineage.models.source import TARGETS

Key = tuple[Any, ...]

# In the order in which they can be written: each after those that it points to.
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    Source: ("slug",),
    Organisation: ("slug",),
    **{model: model.NATURAL_KEY for model in (CountryPeriod, Identifier, Link, Name, Fact)},
    ChangeEvent: ("slug",),
    Succession: ("event", "predecessor", "successor"),
    Affiliation: ("organisation", "body", "role", "since"),
    Account: ("event", "subject", "claimant"),
    Citation: (*TARGETS, "statement", "source", "locator", "value"),
    Waiver: ("rule", "record"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one record of the input, where it stands, and what would be right."""

    where: str
    record: str
    message: str

    def __str__(self) -> str:
        named = f" ({self.record})" if self.record else ""
        return f"{self.where}{named}: {self.message}"


class Refused(Exception):  # noqa: N818 - an answer, not an accident
    """The input is refused whole; ``faults`` lists all that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(dict.fromkeys(faults))
        super().__init__(f"{len(self.faults)} faults; nothing was written")


@dataclass(slots=True)
class Row:
    """One row to be loaded: fields by name, with natural keys (tuples) where it points to others."""

    where: str
    model: type[models.Model]
    fields: dict[str, Any]
    pk: int | None = None

    @property
    def key(self) -> Key:
        """Its natural key, defaults filled in."""
        return tuple(self._value(name) for name in KEYS[self.model])

    @property
    def record(self) -> str:
        """The name by which a person finds it."""
        return "/".join(_flat(self.key))

    def _value(self, name: str) -> Any:
        if name in self.fields:
            return self.fields[name]
        column = self.model._meta.get_field(name)
        return column.get_default() if isinstance(column, models.Field) else None


def _flat(key: Iterable[Any]) -> list[str]:
    words: list[str] = []
    for part in key:
        words.extend(_flat(part) if isinstance(part, tuple) else [str(part)] if part else [])
    return words


@dataclass(slots=True)
class Lists:
    """Of which owner the input gives a model's rows completely: others of the owner are obsolete."""

    of: dict[tuple[type[models.Model], str], set[Key]] = field(default_factory=dict)

    def complete(self, model: type[models.Model], column: str, owner: Key) -> None:
        self.of.setdefault((model, column), set()).add(owner)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, or would do: ids of records added, changed and left, by model name."""

    added: dict[str, list[str]]
    changed: dict[str, list[str]]
    left: dict[str, list[str]]
    removed: dict[str, list[str]]

    def counts(self) -> dict[str, int]:
        """The numbers of rows added, changed, left and removed."""
        return {
            what: sum(len(records) for records in getattr(self, what).values())
            for what in ("added", "changed", "left", "removed")
        }


Progress = Callable[[str, int, int], None]


def load(
    rows: list[Row],
    *,
    update: bool,
    dry_run: bool = False,
    lists: Lists | None = None,
    faults: Iterable[Fault] = (),
    progress: Progress | None = None,
) -> Loaded:
    """Write the rows in one transaction, or raise :class:`Refused` with every fault.

    ``update`` lets a row that stands already be changed, and rows left out of a list that
    ``lists`` calls complete be removed; without it such a row is a fault. ``faults`` found
    before by the reader of the input are told with those found here. ``dry_run`` writes nothing.
    """
    loader = _Loader(rows, lists or Lists(), update=update, progress=progress)
    loader.faults.extend(faults)
    loader.read()
    if loader.faults:
        raise Refused(loader.faults)
    with transaction.atomic():
        with together():
            loader.write()
        refused = loader.broken_rules()
        if refused or dry_run:
            transaction.set_rollback(True)
    if refused:
        standing = {str(problem) for problem in integrity.check(severity=integrity.ERROR).errors}
        fresh = [fault for fault in refused if fault[0] not in standing]
        if fresh:
            raise Refused(fault for _problem, fault in fresh)
        if not dry_run:
            return _write_beside_old_errors(loader)
    return loader.loaded()


def _write_beside_old_errors(loader: _Loader) -> Loaded:
    """Errors that stood before are no reason to refuse an input that makes none."""
    again = _Loader(loader.rows, loader.lists, update=loader.update, progress=loader.progress)
    again.read()
    with transaction.atomic(), together():
        again.write()
    return again.loaded()


class _Loader:
    def __init__(
        self, rows: list[Row], lists: Lists, *, update: bool, progress: Progress | None
    ) -> None:
        self.rows, self.lists, self.update, self.progress = rows, lists, update, progress
        self.faults: list[Fault] = []
        self.standing: dict[type[models.Model], dict[Key, Any]] = {}
        self.keys: dict[type[models.Model], dict[int, Key]] = {}
        self.new: dict[type[models.Model], list[tuple[Row, Any]]] = {model: [] for model in KEYS}
        self.differ: list[tuple[Row, Any, dict[str, Any]]] = []
        self.same: list[Row] = []
        self.obsolete: list[tuple[type[models.Model], Key, Any]] = []
        self.known: dict[type[models.Model], dict[Key, int | None]] = {}

    # reading: everything that can be known before a row is written

    def read(self) -> None:
        for model in KEYS:
            self._read_standing(model)
        given: dict[tuple[type[models.Model], Key], Row] = {}
        for row in self.rows:
            self._normalise(row)
        for row in self.rows:
            try:
                first = given.setdefault((row.model, row.key), row)
            except TypeError:
                continue  # a value of the wrong type, told as a fault of its field
            if first is not row:
                self._fault(
                    row,
                    f"There are two {row.model._meta.verbose_name} records with this id; the other "
                    f"is at {first.where}. Give one of them another id, or delete it.",
                )
        for row in self.rows:
            try:
                self.known[row.model].setdefault(row.key, None)
            except TypeError:
                continue
        for row in self.rows:
            self._resolve(row)
            self._sort(row)
        self._find_obsolete(set(given))

    def _read_standing(self, model: type[models.Model]) -> None:
        found: dict[Key, Any] = {}
        for instance in model._default_manager.order_by("pk"):
            found[tuple(self._part(instance, name) for name in KEYS[model])] = instance
        self.standing[model] = found
        self.keys[model] = {instance.pk: key for key, instance in found.items()}
        self.known[model] = {key: instance.pk for key, instance in found.items()}

    def _part(self, instance: Any, name: str) -> Any:
        column = instance._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            return self.keys[column.related_model].get(getattr(instance, column.attname))
        return getattr(instance, name)

    def _fault(self, row: Row, message: str) -> None:
        self.faults.append(Fault(row.where, row.record, message))

    def _normalise(self, row: Row) -> None:
        """Bring each value to its column's type; a value of another type is a fault."""
        for name, value in list(row.fields.items()):
            column = row.model._meta.get_field(name)
            if isinstance(column, models.ForeignKey):
                continue
            try:
                row.fields[name] = _typed(column, value)
            except (TypeError, ValueError, InvalidOperation, ValidationError) as error:
                told = " ".join(error.messages) if isinstance(error, ValidationError) else error
                self._fault(row, f"{name}: {told}")
                del row.fields[name]

    def _resolve(self, row: Row) -> None:
        for name, value in row.fields.items():
            column = row.model._meta.get_field(name)
            if not isinstance(column, models.ForeignKey) or value is None:
                continue
            if value not in self.known[column.related_model]:
                kind = column.related_model._meta.verbose_name
                self._fault(
                    row,
                    f"{name}: there is no {kind} “{'/'.join(_flat(value))}”, here or in the record. "
                    f"Correct the id, or add the {kind}.",
                )
        for column in row.model._meta.concrete_fields:
            needed = isinstance(column, models.ForeignKey) and not column.null
            if needed and row.fields.get(column.name) is None:
                self._fault(row, f"{column.name}: it names none. Name one.")

    def _sort(self, row: Row) -> None:
        """Decide whether the row is new, the same as one that stands, or differs from it."""
        plain = {
            name: value
            for name, value in row.fields.items()
            if not isinstance(row.model._meta.get_field(name), models.ForeignKey)
        }
        standing = self.standing[row.model].get(row.key)
        if standing is None:
            instance = row.model(**plain)
            for name, _rule, sentence in integrity.faults_of(instance):
                self._fault(row, f"{name}: {sentence}")
            self._self_edge(row)
            self.new[row.model].append((row, instance))
            return
        changes = {name: value for name, value in plain.items() if getattr(standing, name) != value}
        for column in row.model._meta.concrete_fields:
            if isinstance(column, models.ForeignKey) and column.name in row.fields:
                related = self.keys[column.related_model]
                if related.get(getattr(standing, column.attname)) != row.fields[column.name]:
                    changes[column.name] = row.fields[column.name]
        if not changes:
            self.same.append(row)
            return
        trial = row.model(**{**_plain_values(standing), **plain})
        for name, _rule, sentence in integrity.faults_of(trial):
            self._fault(row, f"{name}: {sentence}")
        self._differs(row, ", ".join(sorted(changes)))
        self.differ.append((row, standing, changes))

    def _self_edge(self, row: Row) -> None:
        pairs = {Succession: ("predecessor", "successor"), Affiliation: ("organisation", "body")}
        one, other = pairs.get(row.model, ("", ""))
        if one and row.fields.get(one) == row.fields.get(other):
            self._fault(row, f"{one} and {other} are one and the same body. Choose two bodies.")

    def _differs(self, row: Row, what: str) -> None:
        if not self.update:
            self._fault(
                row,
                f"It is in the record already and differs in {what}. Load with --update to change "
                f"the record, or take it out of the document.",
            )

    def _find_obsolete(self, given: set[tuple[type[models.Model], Key]]) -> None:
        for (model, column), owners in self.lists.of.items():
            position = KEYS[model].index(column)
            for key, instance in self.standing[model].items():
                if key[position] in owners and (model, key) not in given:
                    if not self.update:
                        self.faults.append(
                            Fault(
                                "the record",
                                "/".join(_flat(key)),
                                f"This {model._meta.verbose_name} is in the record, and not in "
                                f"the document. Load with --update to remove it.",
                            )
                        )
                    self.obsolete.append((model, key, instance))

    # writing: parents before those that point to them

    def write(self) -> None:
        done, total = 0, len(self.rows)
        for model, _key, instance in reversed(self.obsolete):
            model._default_manager.filter(pk=instance.pk).delete()
        for model, new in self.new.items():
            for row, instance in new:
                self._point(row, instance, row.fields)
            created = model._default_manager.bulk_create(
                [instance for _row, instance in new], batch_size=500
            )
            for (row, _instance), saved in zip(new, created, strict=True):
                self.known[model][row.key] = saved.pk
            for row, standing, changes in self.differ:
                if row.model is model:
                    self._point(row, standing, changes)
                    standing.save()
            done += sum(1 for row in self.rows if row.model is model) if self.progress else 0
            if self.progress:
                self.progress(str(model._meta.verbose_name_plural), done, total)

    def _point(self, row: Row, instance: Any, values: dict[str, Any]) -> None:
        for name, value in values.items():
            column = row.model._meta.get_field(name)
            if isinstance(column, models.ForeignKey):
                key = None if value is None else self.known[column.related_model][value]
                setattr(instance, column.attname, key)
            else:
                setattr(instance, name, value)

    def broken_rules(self) -> list[tuple[str, Fault]]:
        """The errors of the audit over the record as written, each with the row that it names."""
        places = {
            f"{row.model._meta.model_name}:{'/'.join(_flat(row.key))}": row for row in self.rows
        }
        broken = []
        for problem in integrity.check(severity=integrity.ERROR).errors:
            row = places.get(problem.record)
            fault = Fault(
                row.where if row else "the record",
                problem.record,
                f"{problem.message} {problem.remedy}",
            )
            broken.append((str(problem), fault))
        return broken

    def loaded(self) -> Loaded:
        return Loaded(
            added=_by_model((row.model, row.key) for new in self.new.values() for row, _ in new),
            changed=_by_model((row.model, row.key) for row, _standing, _changes in self.differ),
            left=_by_model((row.model, row.key) for row in self.same),
            removed=_by_model((model, key) for model, key, _instance in self.obsolete),
        )


def _by_model(records: Iterable[tuple[type[models.Model], Key]]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for model, key in records:
        named.setdefault(str(model._meta.verbose_name_plural), []).append("/".join(_flat(key)))
    return named


def _plain_values(instance: models.Model) -> dict[str, Any]:
    return {
        column.name: getattr(instance, column.attname)
        for column in instance._meta.concrete_fields
        if not column.is_relation and not isinstance(column, DerivedField)
    }


def _typed(column: Any, value: Any) -> Any:
    """The value as its column holds it; ``TypeError`` with a remedy for one of another type."""
    if isinstance(column, models.BooleanField):
        if not isinstance(value, bool):
            raise TypeError(f"{value!r} is neither true nor false. Write one of the two.")
        return value
    if isinstance(column, models.DecimalField):
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
            raise TypeError(f"{value!r} is no number. Write digits.")
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise TypeError(f"{value!r} is no number. Write digits.") from None
        if not number.is_finite():
            raise TypeError(f"{value!r} is no finite number. Write digits.")
        return number
    if isinstance(column, models.JSONField):
        return value
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text. Put it in quotes.")
    return value


def repeated(ids: Iterable[str]) -> list[str]:
    """The ids that stand more than once."""
    return sorted(name for name, count in Counter(ids).items() if count > 1)
