"""Reading an interchange document: JSON text → faults, or rows to load."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from jsonschema import Draft202012Validator

from lineage.exchange.collector import uncollected
from lineage.exchange.loading import load
from lineage.exchange.parsing import parse_json
from lineage.exchange.reading import Reader
from lineage.exchange.rows import Fault, Lists, Loaded, Progress, Refused, Row, shown
from lineage.exchange.schema import SCHEMA

_VALIDATOR = Draft202012Validator(SCHEMA)
LISTS = ("sources", "organisations", "events", "affiliations")


@uncollected()
def import_document(
    text: str | bytes,
    *,
    update: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Load a document whole, or raise :class:`Refused` with every fault."""
    faults: list[Fault] = []
    document = parse_json(text, "the document", faults)
    broken = list(schema_faults(document))
    faults.extend(broken)
    if not isinstance(document, dict):
        raise Refused(faults)
    rows, lists = read(document, {fault.where for fault in broken})
    return load(rows, update=update, dry_run=dry_run, lists=lists, faults=faults, progress=progress)


def schema_faults(document: Any) -> Iterator[Fault]:
    """What in the document is not of the published schema."""
    for error in sorted(_VALIDATOR.iter_errors(document), key=lambda error: error.json_path):
        steps = list(error.absolute_path)
        yield Fault(_entry(steps), _id(document, steps), _schema_sentence(error, steps))


def _entry(steps: list[Any]) -> str:
    """The list and place of the record that a path leads into: ``organisations[3]``."""
    if len(steps) >= 2 and isinstance(steps[1], int):
        return f"{steps[0]}[{steps[1]}]"
    return str(steps[0]) if steps else "the document"


def _id(document: Any, steps: list[Any]) -> str:
    """The record's id, or for an affiliation the ids of its two bodies."""
    if len(steps) < 2:
        return ""
    entry = document[steps[0]][steps[1]]
    if not isinstance(entry, dict):
        return ""
    words = [entry.get(name) for name in ("id", "organisation", "body")]
    return "/".join(word for word in words if isinstance(word, str))


# Typed loosely below: jsonschema tells that any of an error's attributes may be unset.
_TYPES = {"array": "list"}


def _schema_sentence(error: Any, steps: list[Any]) -> str:
    place = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps[2:]
    ).lstrip(".")
    where = f"{place}: " if place else ""
    return where + _SENTENCES[str(error.validator)](error)


def _value(error: Any) -> str:
    return shown(json.dumps(error.instance, ensure_ascii=False))


def _unknown_key(error: Any) -> str:
    known = ", ".join(error.schema["properties"])
    unknown = sorted(set(error.instance) - set(error.schema["properties"]))
    told = "”, “".join(shown(key) for key in unknown)
    what = f"key “{told}” is" if len(unknown) == 1 else f"keys “{told}” are"
    return f"The {what} no part of it. Take it out; the keys are {known}."


def _missing_key(error: Any) -> str:
    missing = [name for name in error.validator_value if name not in error.instance]
    return f"It has no “{'”, “'.join(missing)}”. Add it."


def _unknown_word(error: Any) -> str:
    known = ", ".join(choice for choice in error.validator_value if choice)
    return f"{_value(error)} is unknown. Write one of: {known}."


def _wrong_type(error: Any) -> str:
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else wanted
    told = " or ".join(_TYPES.get(name, name) for name in names)
    return f"{_value(error)} is of another type. Write a value of type {told}."


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "enum": _unknown_word,
    "type": _wrong_type,
    "const": lambda error: (
        f"{_value(error)} is another format. Write {json.dumps(error.validator_value)}."
    ),
    "pattern": lambda error: (
        f"{_value(error)} does not match {error.validator_value}. Write it in that form."
    ),
    "minLength": lambda error: "It is empty. Write a text.",
    "minItems": lambda error: "The list is empty. Name one at the least.",
    "maxLength": lambda error: (
        f"{_value(error)} has {len(error.instance)} characters. "
        f"Write {error.validator_value} at the most."
    ),
}


def read(document: dict[str, Any], broken: set[str]) -> tuple[list[Row], Lists]:
    """The rows of a document, leaving out what the schema has refused already.

    ``broken`` names the entries at fault, such as ``events[2]``.
    """
    reader = Reader()
    for name in LISTS:
        entries = document.get(name, [])
        for position, entry in enumerate(entries if isinstance(entries, list) else []):
            where = f"{name}[{position}]"
            if where not in broken:
                reader.read(name, where, entry)
                continue
            sound = _pruned(name, entry)
            if sound is None:
                reader.placeholder(name, where, entry)
            else:
                reader.read(name, where, sound, whole=False)
    return reader.rows, reader.lists


def _pruned(name: str, entry: Any) -> Any:
    """An entry without the parts that are at fault, or ``None`` where nothing can be kept."""
    validator = _VALIDATOR.evolve(schema=SCHEMA["properties"][name]["items"])
    entry = deepcopy(entry)
    while paths := {path for error in validator.iter_errors(entry) for path in _at_fault(error)}:
        if () in paths:
            return None
        for *steps, last in sorted(paths, reverse=True):
            part = entry
            for step in steps:
                part = part[step]
            del part[last]
    return entry


def _at_fault(error: Any) -> Iterator[tuple[Any, ...]]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        for key in set(error.instance) - set(error.schema["properties"]):
            yield (*path, key)
    else:
        yield path
