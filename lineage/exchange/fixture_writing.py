"""Writing the record as fixtures, sorted, so that a hand edit and an export meet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.text import slugify

from lineage import countries
from lineage.exchange.fixture_reading import SUFFIXES, columns_of, rows_of
from lineage.exchange.rows import KEYS, Fault, Refused
from lineage.integrity import Record
from lineage.models import (
    Account,
    ChangeEvent,
    Citation,
    Organisation,
    OrganisationKind,
    Source,
    Waiver,
)


def write_fixtures(folder: Path, *, drop: bool = False) -> dict[str, int]:
    """Write the whole record into a folder, a file a family; the number of records by file.

    Files of records that hold nothing any more are removed, prose is left alone. Raises
    :class:`~lineage.exchange.loading.Refused` where the folder holds other YAML or JSON files, and,
    but with ``drop``, where it holds bodies, events or sources that the database lacks.
    """
    record = Record()
    standing = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES]
    if faults := list(_in_the_way(standing, record, drop=drop)):
        raise Refused(faults)
    files: dict[str, list[Any]] = {}
    places = _places(record)
    by_event = {
        key: min(rows, key=lambda edge: edge.successor.slug).successor_id
        for key, rows in record.by_event.items()
    }
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
    for path in standing:
        if path.parent != folder or path.name not in written:
            path.unlink()
    return written


def _in_the_way(standing: Iterable[Path], record: Record, *, drop: bool) -> Iterator[Fault]:
    """What of the files that stand in a folder must not be written over."""
    known: dict[type[models.Model], set[str]] = {model: set() for model in _FOUND_BY_SLUG}
    for row in record.rows:
        if type(row) in known:
            known[type(row)].add(row.slug)
    for path in standing:
        rows = rows_of(path)
        if not rows:
            told = "It holds no records, or some that can’t be read."
            yield Fault(str(path), "", f"{told} Name another folder, or mend the file.")
        lost = [
            row.fields["slug"]
            for row in rows
            if row.model in known and row.fields["slug"] not in known[row.model]
        ]
        if lost and not drop:
            first = ", ".join(lost[:3]) + (", …" if len(lost) > 3 else "")
            told = f"{len(lost):,} records of it are not in the database ({first})."
            yield Fault(str(path), "", f"{told} Bring them in with load_record, or add --drop.")


def as_yaml(rows: Iterable[models.Model]) -> str:
    """Rows as a Django fixture in YAML: natural keys, quoted texts, no derived columns.

    What is said of one body or event stands together, in the order of :data:`KEYS`, each citation
    below what it supports; short rows take a line each.
    """
    placed = sorted((_place(row), row) for row in rows)
    parts = []
    for _owner, group in groupby(placed, key=lambda entry: entry[0][0]):
        parts.append("\n".join(_entry(row) for _place, row in group))
    return "\n\n".join(parts) + "\n"


_ORDER = {model: position for position, model in enumerate(KEYS)}
_FOUND_BY_SLUG = (Organisation, ChangeEvent, Source)
_LONG = (Organisation, ChangeEvent, Account, Source, Waiver)


def _place(row: Any) -> tuple[Any, ...]:
    """What orders the rows of a file: whose they are, then of what kind, then by their keys.

    No two rows have the same place.
    """
    held = row
    if isinstance(row, Citation):
        held = getattr(row, row.target)
    own = "" if held is row else _plain_key(row)
    return _owner(held), _ORDER[type(held)], _plain_key(held), own


def _owner(row: Any) -> tuple[int, str]:
    """The body or the event that a row speaks of; a source and a waiver stand for themselves."""
    event = getattr(row, "event", None) or (row if isinstance(row, ChangeEvent) else None)
    body = getattr(row, "subject", None) or getattr(row, "organisation", None)
    if event is not None:
        return 2, event.slug
    if isinstance(row, (Source, Waiver)):
        return 0 if isinstance(row, Source) else 3, _plain_key(row)
    return 1, (body or row).slug


def _plain_key(row: Any) -> str:
    key = row.natural_key() if hasattr(row, "natural_key") else (row.rule, row.record)
    return json.dumps(key, ensure_ascii=False)


def _entry(row: models.Model) -> str:
    fields = []
    for column in columns_of(type(row)):
        value = getattr(row, column.name)
        if isinstance(column, models.ForeignKey):
            if value is None:
                continue
            value = list(value.natural_key())
        elif value == column.get_default() and column.name != "status":
            continue
        fields.append(f"{column.name}: {_scalar(value)}")
    label = row._meta.label_lower
    if isinstance(row, _LONG):
        return "\n    ".join([f"- model: {label}\n  fields:", *fields])
    return f"- {{model: {label}, fields: {{{', '.join(fields)}}}}}"


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
        else slugify(countries.NAMES.get(min(codes[key]), min(codes[key])))
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
