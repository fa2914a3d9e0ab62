"""The record's fixtures: Django's own format, in YAML, a file a family, with natural keys.

``load_record`` reads them through the same door as an interchange document, so that what stock
``loaddata`` would take on trust is refused with its reasons. ``write_fixtures`` writes them,
sorted, so that a hand edit and an export meet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import models
from django.utils.text import slugify

from lineage import countries
from lineage.exchange.loading import KEYS, Fault, Loaded, Progress, Refused, Row, load
from lineage.integrity import Record
from lineage.models import Organisation, OrganisationKind, Waiver
from lineage.models.fields import DerivedField

SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
PROSE = {".md", ".txt"}
_BY_LABEL = {model._meta.label_lower: model for model in KEYS}
_WORDS_FOR_TYPES = {
    "int": "a number",
    "date": "a date",
    "bool": "true or false",
    "float": "a number",
}


def load_fixtures(
    folder: Path, *, dry_run: bool = False, progress: Progress | None = None
) -> Loaded:
    """Load every YAML and JSON file under a folder, all of them or none.

    Raises :class:`~lineage.exchange.loading.Refused` with every fault.
    """
    faults: list[Fault] = []
    rows = list(read_folder(folder, faults))
    return load(rows, update=True, dry_run=dry_run, faults=faults, progress=progress)


def read_folder(folder: Path, faults: list[Fault]) -> Iterator[Row]:
    """The rows of all files under a folder; what can't be read is added to ``faults``."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not any(path.suffix in SUFFIXES for path in files):
        faults.append(Fault(str(folder), "", "It holds no YAML or JSON file. Name another folder."))
    for path in files:
        name = str(path.relative_to(folder.parent))
        if path.suffix in SUFFIXES:
            yield from read_file(path, name, faults)
        elif path.suffix not in PROSE:
            message = "It is neither YAML nor JSON. Move it out of the record’s folder."
            faults.append(Fault(name, "", message))


def read_file(path: Path, name: str, faults: list[Fault]) -> Iterator[Row]:
    """The rows of one file."""
    try:
        text = path.read_text(encoding="utf-8")
        entries = json.loads(text) if path.suffix == ".json" else _load_yaml(text)
    except UnicodeDecodeError:
        faults.append(Fault(name, "", "It is not UTF-8 text. Save it as UTF-8."))
        return
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = " ".join(str(error).split())
        faults.append(Fault(name, "", f"It can’t be read: {told}. Correct it there."))
        return
    if not isinstance(entries, list):
        faults.append(Fault(name, "", "It is no list of records. Begin each with “- model:”."))
        return
    for position, entry in enumerate(entries, start=1):
        row = _row(f"{name}, record {position}", entry, faults)
        if row is not None:
            yield row


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses a key given twice and a document that refers to itself."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.YAMLError(f"an alias (*) in line {mark.line + 1}; write the value out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise yaml.YAMLError(f"the key “{key.value}” stands twice, in line {line} again")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _load_yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader made stricter


def _row(where: str, entry: Any, faults: list[Fault]) -> Row | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("fields"), dict):
        faults.append(Fault(where, "", "It is no record. Give it “model:” and “fields:”."))
        return None
    label = str(entry.get("model", "")).lower()
    model = _BY_LABEL.get(label)
    if model is None:
        known = ", ".join(sorted(_BY_LABEL))
        faults.append(
            Fault(
                where,
                "",
                f"“{entry.get('model')}” is no part of the record. Take it out; "
                f"a record’s model is one of {known}.",
            )
        )
        return None
    if "pk" in entry:
        faults.append(
            Fault(where, label, "It has a pk. Take it out: a record is found by its own words.")
        )
    unknown = sorted(set(entry) - {"model", "fields", "pk"})
    if unknown:
        faults.append(Fault(where, label, f"The key “{unknown[0]}” is unknown. Take it out."))
    fields = {}
    for name, value in entry["fields"].items():
        column = _column(model, str(name))
        if column is None:
            known = ", ".join(field.name for field in _columns(model))
            faults.append(
                Fault(
                    where, label, f"It has no field “{name}”. Take it out, or write one of {known}."
                )
            )
            continue
        try:
            fields[str(name)] = _value(column, value)
        except ValueError as error:
            faults.append(Fault(where, label, f"{name}: {error}"))
    return Row(where, model, fields)


def _columns(model: type[models.Model]) -> list[Any]:
    """The columns that a fixture may give: none that is derived, and no primary key."""
    return [
        column
        for column in model._meta.concrete_fields
        if column.editable and not column.primary_key and not isinstance(column, DerivedField)
    ]


def _column(model: type[models.Model], name: str) -> Any:
    return next((column for column in _columns(model) if column.name == name), None)


def _value(column: Any, value: Any) -> Any:
    if isinstance(column, models.ForeignKey):
        if value is None:
            return None
        if not isinstance(value, list):
            raise ValueError(f"{value!r} is no natural key. Write a list, such as [imt].")
        return _key(column.related_model, value)
    texts = (models.CharField, models.TextField)
    if isinstance(column, texts) and value is not None and not isinstance(value, str):
        kind = _WORDS_FOR_TYPES.get(type(value).__name__, type(value).__name__)
        raise ValueError(f"{value!s} is read as {kind}. Put it in quotes: '{value!s}'.")
    return value


def _key(model: type[models.Model], value: list[Any]) -> tuple[Any, ...]:
    """A natural key of the fixture as the loader's: references inside it become tuples."""
    names = KEYS[model]
    if len(value) != len(names) or not all(isinstance(part, str) for part in value):
        told = ", ".join(names)
        raise ValueError(
            f"{value!r} is no natural key. Write the list of its {told}, each in quotes."
        )
    key = []
    for name, part in zip(names, value, strict=True):
        column = model._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            key.append((part,) if part else None)
        else:
            key.append(part)
    return tuple(key)


# --- writing -------------------------------------------------------------------------------------


def write_fixtures(folder: Path) -> dict[str, int]:
    """Write the whole record into a folder, a file a family; the number of records by file.

    Files that hold nothing any more are removed, prose is left alone.
    """
    files: dict[str, list[Any]] = {}
    record = Record()
    places = _places(record)
    by_event = {key: rows[0].successor_id for key, rows in record.by_event.items() if rows}
    for row in record.rows:
        files.setdefault(_file_of(row, places, by_event), []).append(row)
    files.setdefault("waivers", []).extend(Waiver.objects.order_by("rule", "record"))
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, rows in sorted(files.items()):
        if not rows:
            continue
        path = folder / f"{name}.yaml"
        path.write_text(as_yaml(rows), encoding="utf-8")
        written[path.name] = len(rows)
    for path in folder.iterdir():
        if path.suffix in SUFFIXES and path.name not in written:
            path.unlink()
    return written


def as_yaml(rows: Iterable[models.Model]) -> str:
    """Rows as a Django fixture in YAML: natural keys, quoted texts, no derived columns, sorted."""
    order = {model: position for position, model in enumerate(KEYS)}
    entries = sorted(
        ((order[type(row)], _plain_key(row), row) for row in rows), key=lambda entry: entry[:2]
    )
    return "\n".join(_entry(row) for _order, _key, row in entries)


def _plain_key(row: Any) -> str:
    key = row.natural_key() if hasattr(row, "natural_key") else (row.rule, row.record)
    return json.dumps(key, ensure_ascii=False)


def _entry(row: models.Model) -> str:
    lines = [f"- model: {row._meta.label_lower}", "  fields:"]
    for column in _columns(type(row)):
        value = getattr(row, column.name)
        if isinstance(column, models.ForeignKey):
            if value is None:
                continue
            value = list(value.natural_key())
        elif value == column.get_default() and column.name != "status":
            continue
        lines.append(f"    {column.name}: {_scalar(value)}")
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:
    """A value on one line, as JSON, which is YAML too: every text is quoted."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    return json.dumps(value, ensure_ascii=False)


def _places(record: Record) -> dict[int, str]:
    """For each body the file of its family: its first country, or the internationals."""
    codes: dict[int, list[str]] = {}
    for part in record.parts[apps.get_model("lineage", "CountryPeriod")]:
        codes.setdefault(part.organisation_id, []).append(part.country)
    return {
        key: "internationals"
        if body.kind == OrganisationKind.INTERNATIONAL or key not in codes
        else slugify(countries.NAMES[min(codes[key])])
        for key, body in record.organisations.items()
    }


def _file_of(row: Any, places: dict[int, str], by_event: dict[int, int]) -> str:
    """A row stands with the body it hangs on; an event with its first body after."""
    if isinstance(row, Organisation):
        return places[row.pk]
    for name in ("organisation_id", "subject_id"):
        if getattr(row, name, None) and not hasattr(row, "claimant"):
            return places[getattr(row, name)]
    if row._meta.model_name == "changeevent":
        return places.get(by_event.get(row.pk, 0), "internationals")
    if getattr(row, "event_id", None):
        return places.get(by_event.get(row.event_id, 0), "internationals")
    if getattr(row, "subject_id", None):
        return places[row.subject_id]
    for name in ("name", "fact", "affiliation", "account"):
        if getattr(row, f"{name}_id", None):
            return _file_of(getattr(row, name), places, by_event)
    return "sources"
