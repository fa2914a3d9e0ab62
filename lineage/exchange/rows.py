"""What is loaded, and what is told of it: rows, faults, and the answer of a load."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models

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
from lineage.models.source import TARGETS
from lineage.text import control_characters

Key = tuple[Any, ...]
Progress = Callable[[str, int, int], None]

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

# A double, in which SQLite keeps a number, holds so many digits faithfully.
DIGITS = 15


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one record of the input, where it stands, and what would be right."""

    where: str
    record: str
    message: str

    def __str__(self) -> str:
        named = f" ({shown(self.record, 120)})" if self.record else ""
        return f"{shown(self.where, 200)}{named}: {shown(self.message, 2000)}"


def shown(value: Any, length: int = 80) -> str:
    """A value on one line of a terminal: cut to a length, what can't be printed as ``\\x1b``."""
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= length else text[: length - 1] + "…"
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode()
        for character in cut
    )


class Refused(Exception):  # noqa: N818 - an answer, not an accident
    """The input is refused whole; ``faults`` lists all that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(dict.fromkeys(faults))
        super().__init__(f"{len(self.faults)} faults; nothing was written")


@dataclass(slots=True)
class Row:
    """One row to be loaded: fields by name, natural keys (tuples) where it points to others.

    ``unread`` names the fields whose values its reader has refused: no more is said of them.
    ``defaults`` are for a new row only.
    """

    where: str
    model: type[models.Model]
    fields: dict[str, Any]
    unread: set[str] = field(default_factory=set)
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Its natural key, defaults filled in."""
        return tuple(self._value(name) for name in KEYS[self.model])

    @property
    def record(self) -> str:
        """The name by which a person finds it."""
        return joined(self.key)

    def _value(self, name: str) -> Any:
        if name in self.fields:
            return self.fields[name]
        column = self.model._meta.get_field(name)
        return column.get_default() if isinstance(column, models.Field) else None


def joined(key: Iterable[Any]) -> str:
    """A natural key as people read it: ``imt/abbreviation/en/IMT``."""
    return "/".join(_flat(key))


def _flat(key: Iterable[Any]) -> list[str]:
    words: list[str] = []
    for part in key:
        words.extend(_flat(part) if isinstance(part, tuple) else [str(part)] if part else [])
    return words


@dataclass(slots=True)
class Lists:
    """For which owners the input gives all rows of a model: other rows of theirs are obsolete."""

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


def typed(column: Any, value: Any) -> Any:
    """The value as its column holds it; ``ValueError`` with a remedy where it can't hold it."""
    if isinstance(column, models.BooleanField):
        if not isinstance(value, bool):
            raise ValueError(f"“{shown(value)}” is neither true nor false. Write one of the two.")
        return value
    if isinstance(column, models.DecimalField):
        return None if value is None else _number(value)
    if isinstance(column, models.JSONField):
        return value
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"“{shown(value)}” is not a text. Put it in quotes.")
    return _text(column, value)


def _number(value: Any) -> Decimal:
    told = f"“{shown(value, 40)}”"
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise ValueError(f"{told} is no number. Write digits.")
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        raise ValueError(f"{told} is no number. Write digits.") from None
    if not number.is_finite():
        raise ValueError(f"{told} is no finite number. Write digits.")
    if len("".join(map(str, number.as_tuple().digits)).strip("0")) > DIGITS:
        raise ValueError(f"{told} has more than {DIGITS} digits. Round it.")
    return number


def _text(column: Any, value: str) -> str:
    if column.max_length and len(value) > column.max_length:
        raise ValueError(
            f"“{shown(value, 40)}” has {len(value)} characters. "
            f"Write {column.max_length} at the most."
        )
    if type(column) is models.CharField and not column.choices:
        # The fields of the record refuse them themselves; a column of stock Django does not.
        found = control_characters(value)
        if found:
            raise ValueError(
                f"The text holds the control character {', '.join(found)}. "
                f"Take it out, or type the text anew."
            )
    return value
