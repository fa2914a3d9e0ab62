"""The JSON Schema of the interchange document, version 1, published at /schema/lineage-1.json."""

from __future__ import annotations

from typing import Any

from lineage.models import (
    ChangeKind,
    FactKind,
    Manner,
    NameKind,
    OrganisationKind,
    Role,
    Status,
)

FORMAT = "lineage"
VERSION = "1.0"

_ID = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_DATE = {
    "type": ["string", "null"],
    "description": "EDTF, https://www.loc.gov/standards/datetime/; null where none is known",
}
_COUNTRY = {"type": "string", "pattern": "^[A-Z]{2}$"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _one_of(choices: list[str], *, empty: bool = False) -> dict[str, Any]:
    return {"enum": [*choices, *([None, ""] if empty else [])]}


_CITATIONS = _list(
    _object(
        ["source"],
        statement=_TEXT,
        source=_ID,
        locator=_TEXT,
        note=_TEXT,
        value={
            "type": ["string", "null"],
            "description": "what this source gives, where they differ",
        },
    )
)
_ACCOUNTS = _list(
    _object(
        ["claimant", "text"],
        claimant=_TEXT,
        organisation={**_ID, "type": ["string", "null"]},
        text=_TEXT,
        citations=_CITATIONS,
    )
)
_STATUS = _one_of(Status.values)

_ORGANISATION = _object(
    ["id", "name"],
    id=_ID,
    name={"type": "string", "minLength": 1},
    kind=_one_of(OrganisationKind.values),
    countries=_list(_COUNTRY),
    founded=_DATE,
    dissolved=_DATE,
    parent={"type": ["string", "null"], "description": "derived; ignored on import"},
    summary=_TEXT,
    names=_list(
        _object(
            ["text"],
            text={"type": "string", "minLength": 1},
            language={"type": ["string", "null"]},
            kind=_one_of(NameKind.values),
            **{"from": _DATE, "to": _DATE},
            citations=_CITATIONS,
        )
    ),
    identifiers=_list(_object(["scheme", "value"], scheme=_TEXT, value=_TEXT)),
    links=_list(_object(["url"], url=_TEXT, title=_TEXT)),
    facts=_list(
        _object(
            ["kind"],
            kind=_one_of(FactKind.values),
            text=_TEXT,
            number={"type": ["number", "null"]},
            **{"from": _DATE, "to": _DATE},
            citations=_CITATIONS,
        )
    ),
    citations=_CITATIONS,
    accounts=_ACCOUNTS,
    active={**_DATE, "description": "EDTF: when a source last attests it; null where none does"},
    unnamed={"type": "boolean", "description": "the name is an editor's description"},
    country_periods=_list(_object(["country"], country=_COUNTRY, **{"from": _DATE, "to": _DATE})),
    status=_STATUS,
)

_EVENT = _object(
    ["id", "kind", "successions"],
    id=_ID,
    kind=_one_of(ChangeKind.values),
    manner=_one_of(Manner.values, empty=True),
    title=_TEXT,
    date=_DATE,
    summary=_TEXT,
    complete=_FLAG,
    successions={
        **_list(
            _object(
                ["predecessor", "successor"],
                predecessor=_ID,
                successor=_ID,
                predecessor_continues=_FLAG,
                successor_existed=_FLAG,
                principal=_FLAG,
            )
        ),
        "minItems": 1,
    },
    accounts=_ACCOUNTS,
    citations=_CITATIONS,
    status=_STATUS,
)

_AFFILIATION = _object(
    ["organisation", "body"],
    organisation=_ID,
    body=_ID,
    role=_one_of(Role.values),
    **{"from": _DATE, "to": _DATE},
    citations=_CITATIONS,
    status=_STATUS,
)

_SOURCE = _object(
    ["id"],
    id=_ID,
    title=_TEXT,
    authors=_list(_TEXT),
    year=_DATE,
    kind=_TEXT,
    publisher=_TEXT,
    url=_TEXT,
)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A record of lineage, version 1",
    "description": (
        "Organisations, the events by which one became another, affiliations and sources. "
        "Keys may be added within version 1; none is renamed or dropped."
    ),
    **_object(
        [],
        format={"const": FORMAT},
        version={"type": "string", "pattern": "^1\\.[0-9]+$"},
        title=_TEXT,
        licence=_TEXT,
        exported=_TEXT,
        organisations=_list(_ORGANISATION),
        events=_list(_EVENT),
        affiliations=_list(_AFFILIATION),
        sources=_list(_SOURCE),
    ),
}
