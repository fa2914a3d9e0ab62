"""Reading fixtures: a folder of YAML and JSON files → rows, and what can't be read as faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models

from lineage.exchange.parsing import parse_json, parse_yaml
from lineage.exchange.rows import KEYS, Fault, Progress, Refused, Row, shown
from lineage.models.fields import DerivedField

SUFFIXES = {".yaml", ".yml", ".json"}
PROSE = {".md", ".txt"}
_BY_LABEL = {model._meta.label_lower: model for model in KEYS}
_WORDS_FOR_TYPES = {
    "int": "a number",
    "float": "a number",
    "date": "a date",
    "datetime": "a date",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object",
}


def read_folder(
    folder: Path, faults: list[Fault], progress: Progress | None = None
) -> Iterator[Row]:
    """The rows of all files under a folder; what can't be read is added to ``faults``."""
    files = sorted(path for path in folder.rglob("*") if not path.is_dir())
    if not any(path.suffix in SUFFIXES for path in files):
        faults.append(Fault(str(folder), "", "It holds no YAML or JSON file. Name another folder."))
    for done, path in enumerate(files, start=1):
        name = str(path.relative_to(folder.parent))
        if path.suffix in SUFFIXES:
            yield from read_file(path, name, faults)
        elif path.suffix not in PROSE:
            message = "It is neither YAML nor JSON. Move it out of the record’s folder."
            faults.append(Fault(name, "", message))
        if progress:
            progress("Reading files", done, len(files))


def read_file(path: Path, name: str, faults: list[Fault]) -> Iterator[Row]:
    """The rows of one file."""
    try:
        entries = _entries(path, name, faults)
    except Refused as refused:
        faults.extend(refused.faults)
        return
    if not isinstance(entries, list):
        faults.append(Fault(name, "", "It is no list of records. Begin each with “- model:”."))
        return
    for position, entry in enumerate(entries, start=1):
        row = _row(f"{name}, record {position}", entry, faults)
        if row is not None:
            yield row


def rows_of(path: Path) -> list[Row]:
    """The rows of a file that holds records of the record and nothing else; of any other, none."""
    faults: list[Fault] = []
    rows = list(read_file(path, path.name, faults))
    return [] if faults else rows


def _entries(path: Path, name: str, faults: list[Fault]) -> Any:
    try:
        text = path.read_bytes()
    except OSError as error:
        told = f"It can’t be read ({error.strerror}). Put a readable file there, or none."
        raise Refused([Fault(name, "", told)]) from error
    parse = parse_json if path.suffix == ".json" else parse_yaml
    found: list[Fault] = []
    try:
        return parse(text, name, found)
    finally:
        faults.extend(found)


def _row(where: str, entry: Any, faults: list[Fault]) -> Row | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("fields"), dict):
        faults.append(Fault(where, "", "It is no record. Give it “model:” and “fields:”."))
        return None
    label = str(entry.get("model", "")).lower()
    model = _BY_LABEL.get(label)
    if model is None:
        known = ", ".join(sorted(_BY_LABEL))
        told = (
            f"“{shown(str(entry.get('model')))}” is no part of the record. Take it out; "
            f"a record’s model is one of {known}."
        )
        faults.append(Fault(where, "", told))
        return None
    if "pk" in entry:
        told = "It has a pk. Take it out: a record is found by its own words."
        faults.append(Fault(where, label, told))
    for name in entry:
        if name not in ("model", "fields", "pk"):
            told = f"The key “{shown(str(name))}” is unknown. Take it out."
            faults.append(Fault(where, label, told))
    return _filled(where, model, entry["fields"], faults)


def _filled(
    where: str, model: type[models.Model], given: dict[Any, Any], faults: list[Fault]
) -> Row:
    """The row with every column: one that a fixture leaves out holds its default, as for Django."""
    columns = {column.name: column for column in columns_of(model)}
    row = Row(where, model, {})
    for name, value in given.items():
        column = columns.get(name)
        if column is None:
            told = (
                f"It has no field “{shown(str(name))}”. Take it out, or write one of "
                f"{', '.join(columns)}."
            )
            faults.append(Fault(where, model._meta.label_lower, told))
            continue
        try:
            row.fields[name] = _value(column, value)
        except ValueError as error:
            faults.append(Fault(where, model._meta.label_lower, f"{name}: {error}"))
            row.unread.add(name)
            row.fields[name] = None if column.is_relation else str(value)
    for name, column in columns.items():
        if name not in row.fields:
            row.fields[name] = None if column.is_relation else column.get_default()
    return row


def columns_of(model: type[models.Model]) -> list[Any]:
    """The columns that a fixture may give: none that is derived, and no primary key."""
    return [
        column
        for column in model._meta.concrete_fields
        if column.editable and not column.primary_key and not isinstance(column, DerivedField)
    ]


def _value(column: Any, value: Any) -> Any:
    if isinstance(column, models.ForeignKey):
        if value is None:
            return None
        if not isinstance(value, list):
            raise ValueError(f"{shown(value)} is no natural key. Write a list, such as [imt].")
        return _key(column.related_model, value)
    texts = (models.CharField, models.TextField)
    if isinstance(column, texts) and value is not None and not isinstance(value, str):
        name = type(value).__name__
        told = shown(str(value))
        kind = _WORDS_FOR_TYPES.get(name, name)
        raise ValueError(f"{told} is read as {kind}. Put it in quotes: '{told}'.")
    return value


def _key(model: Any, value: list[Any]) -> tuple[Any, ...]:
    """A natural key of the fixture as the loader's: references inside it become tuples."""
    names = KEYS[model]
    if len(value) != len(names) or not all(isinstance(part, str) for part in value):
        told = ", ".join(names)
        raise ValueError(
            f"{shown(value)} is no natural key. Write the list of its {told}, each in quotes."
        )
    key = []
    for name, part in zip(names, value, strict=True):
        column = model._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            key.append((part,) if part else None)
        else:
            key.append(part)
    return tuple(key)
