"""The forms in which the record is written: JSON first, others for those who build on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lineage.exchange import graphs, ontology, tables
from lineage.exchange.export import dump


@dataclass(frozen=True, slots=True)
class Format:
    """``write`` makes bytes of an interchange document and the address that its ids stand below."""

    write: Callable[[Mapping[str, Any], str], bytes]
    media: str
    ending: str


FORMATS: Mapping[str, Format] = {
    "json": Format(lambda document, _base: dump(document).encode(), "application/json", "json"),
    "csv": Format(lambda document, _base: tables.archive(document), "application/zip", "zip"),
    "graphml": Format(
        lambda document, _base: graphs.graphml(document), "application/graphml+xml", "graphml"
    ),
    "dot": Format(
        lambda document, _base: graphs.dot(document), "text/vnd.graphviz; charset=utf-8", "dot"
    ),
    "jsonld": Format(
        lambda document, base: dump(ontology.linked(document, base)).encode(),
        "application/ld+json",
        "jsonld",
    ),
}
