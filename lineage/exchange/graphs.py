"""The record as a graph, of bodies and successions: GraphML for programs, DOT for Graphviz."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from lineage.text import control_characters

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
# What is told of a node and of an edge, and as what.
NODE = {"name": "string", "kind": "string", "countries": "string", "founded": "string",
        "dissolved": "string", "parent": "string"}  # fmt: skip
EDGE = {"event": "string", "kind": "string", "manner": "string", "date": "string",
        "predecessor_continues": "boolean", "successor_existed": "boolean",
        "principal": "boolean"}  # fmt: skip
_STYLES = {"rename": "dotted", "continuation": "dashed"}


def graphml(document: Mapping[str, Any]) -> bytes:
    """An interchange document as GraphML (http://graphml.graphdrawing.org)."""
    ET.register_namespace("", GRAPHML)
    root = ET.Element(f"{{{GRAPHML}}}graphml")
    for domain, columns in (("node", NODE), ("edge", EDGE)):
        for name, kind in columns.items():
            ET.SubElement(
                root,
                f"{{{GRAPHML}}}key",
                {"id": f"{domain}-{name}", "for": domain, "attr.name": name, "attr.type": kind},
            )
    graph = ET.SubElement(root, f"{{{GRAPHML}}}graph", id="lineage", edgedefault="directed")
    for body in document["organisations"]:
        node = ET.SubElement(graph, f"{{{GRAPHML}}}node", id=body["id"])
        _tell(node, "node", NODE, {**body, "countries": " ".join(body["countries"])})
    for number, edge in enumerate(_edges(document)):
        line = ET.SubElement(
            graph,
            f"{{{GRAPHML}}}edge",
            id=f"e{number}",
            source=edge["predecessor"],
            target=edge["successor"],
        )
        _tell(line, "edge", EDGE, edge)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _tell(
    element: ET.Element, domain: str, columns: Mapping[str, str], row: Mapping[str, Any]
) -> None:
    for name in columns:
        value = row.get(name)
        if value is None or value == "":
            continue
        told = str(value).lower() if isinstance(value, bool) else str(value)
        data = ET.SubElement(element, f"{{{GRAPHML}}}data", key=f"{domain}-{name}")
        data.text = _printable(told)


def dot(document: Mapping[str, Any]) -> bytes:
    """An interchange document as DOT (https://graphviz.org/doc/info/lang.html)."""
    lines = [
        "digraph lineage {",
        "  rankdir=LR;",
        '  node [shape=box, fontname="Inter, Helvetica, sans-serif"];',
    ]
    for body in document["organisations"]:
        years = "–".join(body[one] or "" for one in ("founded", "dissolved"))
        label = f"{body['name']}\n{years}" if years != "–" else body["name"]
        lines.append(f"  {_quoted(body['id'])} [label={_quoted(label)}];")
    for edge in _edges(document):
        style = _STYLES.get(edge["kind"])
        told = f"{edge['kind']} {edge['date'] or ''}".strip()
        look = f", style={style}" if style else ""
        ends = f"{_quoted(edge['predecessor'])} -> {_quoted(edge['successor'])}"
        lines.append(f"  {ends} [tooltip={_quoted(told)}{look}];")
    return ("\n".join([*lines, "}"]) + "\n").encode()


def _edges(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for event in document["events"]:
        own = {"event": event["id"], "kind": event["kind"], "manner": event["manner"],
               "date": event["date"]}  # fmt: skip
        for edge in event["successions"]:
            yield {**edge, **own}


def _quoted(text: str) -> str:
    escaped = _printable(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _printable(text: str) -> str:
    if not control_characters(text, lines=True):
        return text
    return re.sub(r"[^\n\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
