"""The record as linked data: the W3C Organization Ontology, in JSON-LD.

https://www.w3.org/TR/vocab-org/. Ids are the site's own addresses, below the base that is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

CONTEXT = {
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "prov": "http://www.w3.org/ns/prov#",
}
NOTHING: tuple[Any, ...] = (None, "", [], {})
REGISTERS = {
    "wikidata": "http://www.wikidata.org/entity/{}",
    "viaf": "https://viaf.org/viaf/{}",
}


def linked(document: Mapping[str, Any], base: str = "https://lineage.example/") -> dict[str, Any]:
    """An interchange document as JSON-LD: organisations, change events, memberships, sources."""
    return {
        "@context": {"@base": base, **CONTEXT},
        "@id": "export/lineage.jsonld",
        "@type": "schema:Dataset",
        "dcterms:title": document["title"],
        "dcterms:license": document["licence"],
        "dcterms:issued": document["exported"],
        "@graph": [*_graph(document)],
    }


def _graph(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for event in document["events"]:
        for edge in event["successions"]:
            before.setdefault(edge["successor"], []).append(event["id"])
            after.setdefault(edge["predecessor"], []).append(event["id"])
    for body in document["organisations"]:
        yield _organisation(body, before.get(body["id"], []), after.get(body["id"], []))
    for event in document["events"]:
        yield _event(event)
    for number, tie in enumerate(document["affiliations"]):
        yield _membership(tie, number)
    for source in document["sources"]:
        yield _source(source)


def _organisation(body: Mapping[str, Any], before: list[str], after: list[str]) -> dict[str, Any]:
    labels = [
        {"@value": name["text"], **({"@language": name["language"]} if name["language"] else {})}
        for name in body["names"]
        if name["text"] != body["name"]
    ]
    same = [
        {"@id": REGISTERS[one["scheme"].lower()].format(one["value"])}
        for one in body["identifiers"]
        if one["scheme"].lower() in REGISTERS
    ]
    return _told(
        {
            "@id": f"organisations/{body['id']}/",
            "@type": "org:Organization",
            "skos:prefLabel": body["name"],
            "skos:altLabel": labels,
            "org:classification": body["kind"],
            "dcterms:spatial": body["countries"],
            "dcterms:description": body["summary"],
            "schema:foundingDate": _date(body["founded"]),
            "schema:dissolutionDate": _date(body["dissolved"]),
            "schema:sameAs": same,
            "org:resultedFrom": [{"@id": f"events/{one}/"} for one in dict.fromkeys(before)],
            "org:changedBy": [{"@id": f"events/{one}/"} for one in dict.fromkeys(after)],
            "dcterms:source": _sources(body),
        }
    )


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    edges = event["successions"]
    originals = dict.fromkeys(edge["predecessor"] for edge in edges)
    results = dict.fromkeys(edge["successor"] for edge in edges)
    return _told(
        {
            "@id": f"events/{event['id']}/",
            "@type": "org:ChangeEvent",
            "skos:prefLabel": event["title"],
            "dcterms:type": event["kind"],
            "dcterms:date": _date(event["date"]),
            "dcterms:description": event["summary"],
            "org:originalOrganization": [{"@id": f"organisations/{one}/"} for one in originals],
            "org:resultingOrganization": [{"@id": f"organisations/{one}/"} for one in results],
            "dcterms:source": _sources(event),
        }
    )


def _membership(tie: Mapping[str, Any], number: int) -> dict[str, Any]:
    during = _told({"schema:startDate": _date(tie["from"]), "schema:endDate": _date(tie["to"])})
    return _told(
        {
            "@id": f"#membership-{number}",
            "@type": "org:Membership",
            "org:member": {"@id": f"organisations/{tie['organisation']}/"},
            "org:organization": {"@id": f"organisations/{tie['body']}/"},
            "org:role": tie["role"],
            "org:memberDuring": during,
            "dcterms:source": _sources(tie),
        }
    )


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    return _told(
        {
            "@id": f"sources/{source['id']}/",
            "@type": "schema:CreativeWork",
            "dcterms:title": source["title"],
            "dcterms:creator": source["authors"],
            "dcterms:date": _date(source["year"]),
            "dcterms:publisher": source["publisher"],
            "schema:url": {"@id": source["url"]} if source["url"] else None,
        }
    )


def _sources(record: Mapping[str, Any]) -> list[dict[str, str]]:
    found = dict.fromkeys(one["source"] for one in record["citations"])
    return [{"@id": f"sources/{one}/"} for one in found]


def _date(text: str | None) -> dict[str, str] | None:
    """A date with the type of the standard that it is in: XSD where it is plain, else EDTF."""
    if not text:
        return None
    for pattern, kind in (
        (r"[0-9]{4}", "xsd:gYear"),
        (r"[0-9]{4}-(?:0[1-9]|1[0-2])", "xsd:gYearMonth"),
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "xsd:date"),
    ):
        if re.fullmatch(pattern, text):
            return {"@type": kind, "@value": text}
    return {"@type": "edtf:EDTF", "@value": text}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in NOTHING}
