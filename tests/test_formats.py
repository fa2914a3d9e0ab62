"""Dan the data journalist takes the record in the form that his tools read."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command

from lineage.exchange.tables import REFERENCES, TABLES
from lineage.models import Account, CountryPeriod, Fact, Identifier, Link, Name

pytestmark = pytest.mark.django_db

XML = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture
def record(body, event, affiliate, cite, source):
    """A little of everything that a table holds; "c" is a draft."""
    a = body("a", name='A "B", C\\D', kind="international", founded="1938-09-03", dissolved="1953~",
             summary="Two\nlines.")  # fmt: skip
    b = body("b", name="社会主義", founded="1953", active="2024?")
    body("c", status="draft")
    CountryPeriod.objects.create(organisation=b, country="JP", since="1953", until="1960")
    CountryPeriod.objects.create(organisation=b, country="LK")
    Name.objects.create(organisation=a, text="AB", kind="abbreviation", language="en")
    Identifier.objects.create(organisation=a, scheme="wikidata", value="Q1")
    Link.objects.create(organisation=a, url="https://example.org/")
    fact = Fact.objects.create(organisation=b, kind="members", text="claimed", number=120)
    split = event("split", "split", [("a", "b")], date="1953", manner="disputed")
    event("again", "rename", [("b", "a", {"successor_existed": True})])
    cite(organisation=a, statement="founded", locator="p. 2", value="1939")
    cite(fact=fact)
    cite(
        account=Account.objects.create(event=split, claimant="A", organisation=a, text="They left.")
    )
    cite(affiliation=affiliate(b, a, since="1953", role="sympathising"))


def written(tmp_path, form: str, *flags: str) -> bytes:
    path = tmp_path / f"record.{form}"
    call_command("export_lineage", "--format", form, "--output", str(path), *flags)
    return path.read_bytes()


def tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    packed = zipfile.ZipFile(io.BytesIO(content))
    return {
        name: list(csv.DictReader(io.StringIO(packed.read(f"{name}.csv").decode(), newline="")))
        for name in TABLES
    }


def test_csv_is_one_zip_with_a_file_a_table_and_a_descriptor(record, tmp_path):
    content = written(tmp_path, "csv")
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert packed.namelist() == ["datapackage.json", *(f"{name}.csv" for name in TABLES)]
    found = tables(content)
    assert {name: len(rows) for name, rows in found.items()} == {
        "organisations": 2, "countries": 2, "names": 1, "identifiers": 1, "links": 1, "facts": 1,
        "events": 2, "successions": 2, "affiliations": 1, "accounts": 1, "sources": 1,
        "citations": 4,
    }  # fmt: skip
    assert found["organisations"][0] == {
        "id": "a", "name": 'A "B", C\\D', "kind": "international", "founded": "1938-09-03",
        "dissolved": "1953~", "active": "", "unnamed": "false", "parent": "",
        "summary": "Two\nlines.", "status": "",
    }  # fmt: skip
    assert found["countries"] == [
        {"organisation": "b", "country": "LK", "from": "", "to": ""},
        {"organisation": "b", "country": "JP", "from": "1953", "to": "1960"},
    ]
    assert found["successions"][1] == {
        "event": "split", "predecessor": "a", "successor": "b", "predecessor_continues": "true",
        "successor_existed": "false", "principal": "false",
    }  # fmt: skip
    assert [(one["of"], one["organisation"], one["event"], one["detail"], one["statement"],
             one["value"]) for one in found["citations"]] == [
        ("organisation", "a", "", "", "founded", "1939"),
        ("fact", "b", "", "members: claimed", "", ""),
        ("account", "", "split", "A", "", ""),
        ("affiliation", "b", "", "sympathising", "", ""),
    ]  # fmt: skip


def test_the_descriptor_names_the_columns_that_are_there_and_references_that_hold(record, tmp_path):
    content = written(tmp_path, "csv")
    found = tables(content)
    packed = zipfile.ZipFile(io.BytesIO(content))
    package = json.loads(packed.read("datapackage.json"))
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    for resource in package["resources"]:
        head = packed.read(resource["path"]).decode().partition("\r\n")[0].split(",")
        assert head == [one["name"] for one in resource["schema"]["fields"]]
    for (table, column), to in REFERENCES.items():
        ids = {row["id"] for row in found[to]}
        assert {row[column] for row in found[table]} <= ids, (table, column)


def test_the_same_record_gives_the_same_bytes(record, tmp_path, monkeypatch):
    from datetime import UTC, datetime

    now = datetime(2026, 11, 27, tzinfo=UTC)
    monkeypatch.setattr("lineage.management.commands.export_lineage.timezone.now", lambda: now)
    for form in ("csv", "graphml", "dot", "jsonld"):
        assert written(tmp_path, form) == written(tmp_path, form)


def test_graphml_holds_each_body_and_each_succession(record, tmp_path):
    root = ET.fromstring(written(tmp_path, "graphml"))  # noqa: S314
    graph = root.find(f"{XML}graph")
    assert graph.get("edgedefault") == "directed"
    assert [node.get("id") for node in graph.iter(f"{XML}node")] == ["a", "b"]
    edges = [(edge.get("source"), edge.get("target")) for edge in graph.iter(f"{XML}edge")]
    assert edges == [("b", "a"), ("a", "b")]
    keys = {key.get("id") for key in root.iter(f"{XML}key")}
    assert {data.get("key") for data in root.iter(f"{XML}data")} <= keys
    told = {data.get("key"): data.text for data in graph.findall(f"{XML}edge")[1]}
    assert told == {
        "edge-event": "split", "edge-kind": "split", "edge-manner": "disputed",
        "edge-date": "1953", "edge-predecessor_continues": "true",
        "edge-successor_existed": "false", "edge-principal": "false",
    }  # fmt: skip


def test_dot_is_read_by_graphviz(record, tmp_path):
    content = written(tmp_path, "dot").decode()
    assert '  "a" [label="A \\"B\\", C\\\\D\\n1938-09-03–1953~"];' in content
    assert '  "a" -> "b" [tooltip="split 1953"];' in content
    assert '  "b" -> "a" [tooltip="rename", style=dotted];' in content
    if shutil.which("dot"):
        told = subprocess.run(["dot", "-Tcanon"], input=content, text=True, capture_output=True)
        assert (told.returncode, told.stderr) == (0, "")


def test_jsonld_is_w3c_org(record, tmp_path):
    document = json.loads(written(tmp_path, "jsonld", "--base", "https://a.org/"))
    assert document["@context"]["@base"] == "https://a.org/"
    graph = {one["@id"]: one for one in document["@graph"]}
    a = graph["organisations/a/"]
    assert a["@type"] == "org:Organization"
    assert a["schema:foundingDate"] == {"@type": "xsd:date", "@value": "1938-09-03"}
    assert a["schema:dissolutionDate"] == {"@type": "edtf:EDTF", "@value": "1953~"}
    assert a["schema:sameAs"] == [{"@id": "http://www.wikidata.org/entity/Q1"}]
    assert a["org:changedBy"] == [{"@id": "events/split/"}]
    assert graph["organisations/b/"]["org:resultedFrom"] == [{"@id": "events/split/"}]
    split = graph["events/split/"]
    assert split["org:originalOrganization"] == [{"@id": "organisations/a/"}]
    assert split["org:resultingOrganization"] == [{"@id": "organisations/b/"}]
    (membership,) = [one for one in graph.values() if one["@type"] == "org:Membership"]
    assert membership["org:member"] == {"@id": "organisations/b/"}
    assert membership["org:role"] == "sympathising"
    assert membership["dcterms:source"] == [{"@id": "sources/alexander/"}]
    assert "organisations/c/" not in graph


def test_drafts_are_written_where_they_are_asked_for(record, tmp_path):
    ids = [row["id"] for row in tables(written(tmp_path, "csv", "--drafts"))["organisations"]]
    assert ids == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("ending", "media"),
    [
        ("zip", "application/zip"),
        ("graphml", "application/graphml+xml"),
        ("dot", "text/vnd.graphviz; charset=utf-8"),
        ("jsonld", "application/ld+json"),
    ],
)
def test_the_site_offers_each(client, record, ending, media):
    response = client.get(f"/export/lineage.{ending}")
    assert (response.status_code, response["Content-Type"]) == (200, media)
    assert response["Content-Disposition"] == f'attachment; filename="lineage.{ending}"'
    assert response.content
