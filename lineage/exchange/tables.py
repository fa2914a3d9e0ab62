"""The record as tables: a zip of CSV files with the descriptor of a data package.

https://specs.frictionlessdata.io/tabular-data-package/. A row's place in a list of another record
is told by that record's id; text that a spreadsheet would run as a formula keeps its letters.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

Row = dict[str, Any]

# The columns of each table, and the types of those that are not text.
TABLES: Mapping[str, tuple[str, ...]] = {
    "organisations": ("id", "name", "kind", "founded", "dissolved", "active", "unnamed", "parent",
                      "summary", "status"),
    "countries": ("organisation", "country", "from", "to"),
    "names": ("organisation", "text", "language", "kind", "from", "to"),
    "identifiers": ("organisation", "scheme", "value"),
    "links": ("organisation", "url", "title"),
    "facts": ("organisation", "kind", "text", "number", "from", "to"),
    "events": ("id", "kind", "manner", "title", "date", "summary", "complete", "status"),
    "successions": ("event", "predecessor", "successor", "predecessor_continues",
                    "successor_existed", "principal"),
    "affiliations": ("organisation", "body", "role", "from", "to", "status"),
    "accounts": ("event", "subject", "claimant", "organisation", "text"),
    "sources": ("id", "title", "authors", "year", "kind", "publisher", "url"),
    "citations": ("of", "organisation", "event", "body", "detail", "statement", "source",
                  "locator", "note", "value"),
}  # fmt: skip
TYPES = {
    "unnamed": "boolean", "complete": "boolean", "predecessor_continues": "boolean",
    "successor_existed": "boolean", "principal": "boolean", "number": "number",
}  # fmt: skip
KEYS = {"organisations": "id", "events": "id", "sources": "id"}
REFERENCES = {
    ("countries", "organisation"): "organisations", ("names", "organisation"): "organisations",
    ("identifiers", "organisation"): "organisations", ("links", "organisation"): "organisations",
    ("facts", "organisation"): "organisations", ("successions", "event"): "events",
    ("successions", "predecessor"): "organisations",
    ("successions", "successor"): "organisations",
    ("affiliations", "organisation"): "organisations", ("affiliations", "body"): "organisations",
    ("citations", "source"): "sources",
}  # fmt: skip
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time of every file: the same record gives the same bytes


def archive(document: Mapping[str, Any]) -> bytes:
    """An interchange document as a zip: a CSV file a table, and ``datapackage.json``."""
    tables = rows_of(document)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "datapackage.json", json.dumps(descriptor(document), indent=2) + "\n")
        for name, columns in TABLES.items():
            _add(packed, f"{name}.csv", _written(columns, tables[name]))
    return held.getvalue()


def descriptor(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a data package says of its tables."""
    return {
        "profile": "tabular-data-package",
        "name": "lineage",
        "title": document["title"],
        "licenses": [{"name": document["licence"]}],
        "created": document["exported"],
        "resources": [_resource(name, columns) for name, columns in TABLES.items()],
    }


def _resource(name: str, columns: Iterable[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [{"name": one, "type": TYPES.get(one, "string")} for one in columns]
    }
    if name in KEYS:
        schema["primaryKey"] = KEYS[name]
    foreign = [
        {"fields": column, "reference": {"resource": to, "fields": "id"}}
        for (table, column), to in REFERENCES.items()
        if table == name
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def rows_of(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The rows of each table, in the order of the document."""
    tables: dict[str, list[Row]] = {name: [] for name in TABLES}
    for body in document["organisations"]:
        _organisation(body, tables)
    for event in document["events"]:
        _event(event, tables)
    for tie in document["affiliations"]:
        tables["affiliations"].append(tie)
        where = {"of": "affiliation", "organisation": tie["organisation"], "body": tie["body"],
                 "detail": tie["role"]}  # fmt: skip
        _cite(tables, tie, **where)
    for source in document["sources"]:
        tables["sources"].append({**source, "authors": "; ".join(source["authors"])})
    return tables


def _organisation(body: Row, tables: dict[str, list[Row]]) -> None:
    own = {"organisation": body["id"]}
    tables["organisations"].append(body)
    dated = {one["country"] for one in body["country_periods"]}
    undated = [{"country": code} for code in body["countries"] if code not in dated]
    parts = [
        *(("countries", {**own, **one}) for one in [*undated, *body["country_periods"]]),
        *(("names", {**own, **one}) for one in body["names"]),
        *(("identifiers", {**own, **one}) for one in body["identifiers"]),
        *(("links", {**own, **one}) for one in body["links"]),
        *(("facts", {**own, **one}) for one in body["facts"]),
    ]
    for table, row in parts:
        tables[table].append(row)
    _cite(tables, body, of="organisation", **own)
    for name in body["names"]:
        _cite(tables, name, of="name", detail=name["text"], **own)
    for fact in body["facts"]:
        _cite(tables, fact, of="fact", detail=f"{fact['kind']}: {fact['text']}", **own)
    for account in body["accounts"]:
        tables["accounts"].append({**account, "subject": body["id"]})
        _cite(tables, account, of="account", detail=account["claimant"], **own)


def _event(event: Row, tables: dict[str, list[Row]]) -> None:
    own = {"event": event["id"]}
    tables["events"].append(event)
    tables["successions"] += [{**own, **edge} for edge in event["successions"]]
    _cite(tables, event, of="event", **own)
    for account in event["accounts"]:
        tables["accounts"].append({**account, **own})
        _cite(tables, account, of="account", detail=account["claimant"], **own)


def _cite(tables: dict[str, list[Row]], record: Row, **where: str) -> None:
    tables["citations"] += [{**citation, **where} for citation in record.get("citations", ())]


def _written(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _add(packed: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(info, text.encode())
