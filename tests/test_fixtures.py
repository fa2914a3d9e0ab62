"""The record's fixtures: loaded in any order, written as they were read, and edited by hand."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import yaml
from django.conf import settings as site
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from lineage.exchange.document import import_document
from lineage.exchange.fixtures import load_fixtures, write_fixtures
from lineage.exchange.parsing import parse_yaml
from lineage.exchange.rows import Refused
from lineage.models import Edition, Organisation, Source, Waiver
from lineage.models.fields import derived_fields
from tests.test_export import documents, empty_the_record
from tests.test_import import TWO, WHOLE, changed, everything, exported, run, undone

FIXTURES = site.BASE_DIR / "fixtures"
FILES = sorted(str(path) for path in FIXTURES.iterdir() if path.suffix in {".yaml", ".json"})
SAMPLE = Path(__file__).with_name("sample.json")
ORDERS = {
    "sorted": sorted,
    "reversed": lambda files: sorted(files, reverse=True),
    "shuffled": lambda files: sorted(files, key=lambda name: crc32(name.encode())),
    "shuffled otherwise": lambda files: sorted(files, key=lambda name: crc32(name.encode(), 1)),
}

pytestmark = pytest.mark.django_db


def contents(folder: Path) -> dict[str, bytes]:
    """The files of records, by name."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.suffix in {".yaml", ".json"}
    }


def current() -> dict[str, list[Any]]:
    """All rows without their history."""
    rows = everything()
    return {label: rows[label] for label in rows if ".Historical" not in label}


@pytest.fixture
def families(tmp_path) -> Path:
    """A small record as fixtures, a file a family, in a database that is empty again."""
    import_document(SAMPLE.read_bytes())
    folder = tmp_path / "families"
    assert len(write_fixtures(folder)) == 6
    empty_the_record()
    return folder


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_loaddata_in_any_order_of_files_is_load_record(families, tmp_path, order):
    with undone():
        run("load_record", str(families))
        expected = exported()
    files = order([str(path) for path in families.iterdir()])
    call_command("loaddata", *files, verbosity=0)
    assert exported() == expected
    assert run("check_lineage")[0] == 0
    written = tmp_path / "written"
    write_fixtures(written)
    assert contents(written) == contents(families)


@pytest.mark.whole
def test_loaddata_takes_the_whole_record(tmp_path):
    call_command("loaddata", *FILES[::-1], verbosity=0)
    write_fixtures(tmp_path)
    assert contents(tmp_path) == contents(FIXTURES)


def test_loaddata_twice_is_loaddata_once(families):
    files = sorted(map(str, families.iterdir()))
    call_command("loaddata", *files, verbosity=0)
    before = current()
    call_command("loaddata", *files[::-1], verbosity=0)
    assert current() == before


@pytest.mark.parametrize("step", [1, -1])
def test_loaddata_takes_a_file_a_model_in_any_order(folder, tmp_path, step):
    by_model: dict[str, list[Any]] = {}
    for path in folder.iterdir():
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            by_model.setdefault(entry["model"], []).append(entry)
    for model, entries in by_model.items():
        (tmp_path / f"{model}.json").write_text(json.dumps(entries), encoding="utf-8")
    assert len(by_model) == 12
    empty_the_record()
    call_command("loaddata", *sorted(map(str, tmp_path.glob("*.json")))[::step], verbosity=0)
    assert exported() == WHOLE


def test_loaddata_looks_up_no_row_by_itself(folder):
    """Neither a row of the fixtures nor what it points to, when it comes and when it stands."""
    Waiver.objects.create(rule="missing-date", record="organisation:old", reason="Lost.")
    write_fixtures(folder)
    empty_the_record()
    Waiver.objects.all().delete()
    files = sorted(map(str, folder.iterdir()))
    with CaptureQueriesContext(connection) as captured:
        call_command("loaddata", *files, verbosity=0)
        call_command("loaddata", *files[::-1], verbosity=0)
    assert exported() == WHOLE
    assert Waiver.objects.count() == 1
    assert [query["sql"] for query in captured if "LIMIT 21" in query["sql"]] == []


def _scalars(node: yaml.Node, name: str = "") -> list[tuple[str, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        return [(name, node)]
    if isinstance(node, yaml.SequenceNode):
        return [found for part in node.value for found in _scalars(part, name)]
    return [found for key, part in node.value for found in _scalars(part, key.value)]


@pytest.mark.whole
@pytest.mark.parametrize("path", FILES, ids=lambda path: Path(path).stem)
def test_every_text_in_the_fixtures_is_quoted_and_nothing_derived_is_in_them(path):
    text = Path(path).read_text(encoding="utf-8")
    entries = parse_yaml(text, path, [])
    bare = {
        (name, node.value)
        for name, node in _scalars(yaml.compose(text, Loader=yaml.CSafeLoader))
        if not node.style
    }
    labels = {("model", entry["model"]) for entry in entries}
    flags = {
        (name, value)
        for name in (
            "complete",
            "predecessor_continues",
            "principal",
            "successor_existed",
            "unnamed",
        )
        for value in ("true", "false")
    }
    numbers = {(name, value) for name, value in bare if name == "number"}
    assert {value for _name, value in numbers if not value.replace(".", "").isdigit()} == set()
    assert bare - flags - numbers == labels
    derived = {field.name for field in derived_fields(Organisation)} | {"parent", "family", "pk"}
    assert {name for entry in entries for name in entry["fields"]} & derived == set()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=documents())
def test_any_record_comes_back_from_its_fixtures(tmp_path_factory, document):
    folder = tmp_path_factory.mktemp("record")
    with undone():
        import_document(json.dumps(document))
        expected = exported()
        write_fixtures(folder)
        first = contents(folder)
        empty_the_record()
        load_fixtures(folder)
        assert exported() == expected
        write_fixtures(folder)
        assert contents(folder) == first


# a hand edit


@pytest.fixture
def folder(tmp_path) -> Path:
    """The whole document as fixtures, in a database that holds it."""
    import_document(json.dumps(WHOLE))
    made = tmp_path / "record"
    write_fixtures(made)
    return made


def edit(folder: Path, old: str, new: str) -> None:
    [path] = [path for path in folder.iterdir() if old in path.read_text(encoding="utf-8")]
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_value_edited_by_hand_is_changed_and_written_alike(folder):
    edit(folder, 'date: "1953-11-16"', 'date: "1953-11"')
    edited = contents(folder)
    code, out, _err = run("load_record", str(folder))
    assert (code, out.splitlines()[:3]) == (
        0,
        ["added: nothing", "changed: 1 events", "removed: nothing"],
    )
    assert exported() == changed(WHOLE, "events.0.date", "1953-11")
    write_fixtures(folder)
    assert contents(folder) == edited


def test_a_line_taken_out_by_hand_takes_the_value_away(folder):
    edit(folder, '    dissolved: "1990/.."\n', "")
    edited = contents(folder)
    assert run("load_record", str(folder))[0] == 0
    assert exported() == changed(WHOLE, "organisations.0.dissolved", None)
    write_fixtures(folder)
    assert contents(folder) == edited


def test_a_claimant_taken_out_by_hand_is_taken_away(folder):
    edit(folder, '    organisation: ["old"]\n    text: "It is we."', '    text: "It is we."')
    code, _out, err = run("load_record", str(folder))
    assert (code, err) == (0, "")
    assert exported() == changed(WHOLE, "organisations.0.accounts.0.organisation", None)


def test_a_fixture_in_json_with_a_mark_of_its_encoding_is_read(folder):
    entry = {"model": "lineage.source", "fields": {"slug": "more", "title": "More"}}
    (folder / "more.json").write_text(json.dumps([entry]), encoding="utf-8-sig")
    assert run("load_record", str(folder))[0] == 0
    assert Source.objects.get(slug="more").title == "More"


def test_what_says_no_status_in_a_fixture_is_a_draft(folder):
    text = '- model: lineage.organisation\n  fields: {"slug": "a", "name": "A"}\n'
    (folder / "more.yaml").write_text(text)
    run("load_record", str(folder))
    assert Organisation.objects.get(slug="a").status == "draft"


def test_a_waiver_is_written_and_loaded(folder):
    Waiver.objects.create(rule="missing-date", record="organisation:old", reason="Lost.")
    write_fixtures(folder)
    Waiver.objects.all().delete()
    run("load_record", str(folder))
    assert list(Waiver.objects.values_list("rule", "record", "reason")) == [
        ("missing-date", "organisation:old", "Lost.")
    ]


# the collector of cycles


LOADS = {
    "fixtures": load_fixtures,
    "loaddata": lambda folder: call_command("loaddata", *folder.iterdir(), verbosity=0),
    "a document": lambda folder: import_document((folder / "document.json").read_bytes()),
}


@pytest.mark.parametrize("collects", [True, False])
@pytest.mark.parametrize("way", LOADS)
def test_no_garbage_is_looked_for_in_a_load_and_after_it_as_before(families, way, collects):
    if way == "a document":
        (families / "document.json").write_bytes(SAMPLE.read_bytes())
    during = set()

    def watch(execute, sql, *rest):
        if sql.startswith("INSERT") and Edition._meta.db_table not in sql:
            during.add(gc.isenabled())
        return execute(sql, *rest)

    before = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        with connection.execute_wrapper(watch):
            LOADS[way](families)
        assert (during, gc.isenabled()) == ({False}, collects)
        for path in families.iterdir():
            path.write_text("[")
        with pytest.raises((Refused, DeserializationError)):
            LOADS[way](families)
        assert gc.isenabled() == collects
    finally:
        (gc.enable if before else gc.disable)()


# writing


def test_writing_clears_away_files_that_hold_nothing_any_more_and_leaves_prose(folder):
    (folder / "README.md").write_text("Prose.")
    names = set(contents(folder))
    empty_the_record()
    import_document(json.dumps(TWO))
    assert write_fixtures(folder, drop=True) == {"internationals.yaml": 2}
    assert set(contents(folder)) == {"internationals.yaml"} < names
    assert (folder / "README.md").read_text() == "Prose."


def test_writing_drops_nothing_that_the_database_lacks_unless_told_to(folder):
    before = contents(folder)
    [holder] = [path for path in folder.iterdir() if 'slug: "old"' in path.read_text()]
    empty_the_record()
    code, out, err = run("write_fixtures", str(folder))
    assert (code, out, contents(folder)) == (1, "", before)
    [told] = [line for line in err.splitlines() if line.startswith(f"{holder}: ")]
    assert "records of it are not in the database (" in told
    assert "Bring them in with load_record, or add --drop." in told
    assert err.endswith(" faults; nothing was written.\n")
    load_fixtures(folder)
    write_fixtures(folder)
    assert contents(folder) == before
    empty_the_record()
    assert run("write_fixtures", str(folder), "--drop") == (0, "", "")
    assert contents(folder) == {}


def test_an_event_stands_in_the_same_file_in_whatever_order_its_edges_came(tmp_path):
    bodies = [
        {"id": "a", "name": "A", "countries": ["FR"]},
        {"id": "b", "name": "B", "countries": ["GB"]},
        {"id": "c", "name": "C", "countries": ["LK"]},
    ]
    edges = [{"predecessor": "a", "successor": "c"}, {"predecessor": "a", "successor": "b"}]
    found = []
    for successions in (edges, edges[::-1]):
        event = {"id": "e", "kind": "split", "successions": successions}
        with undone():
            import_document(json.dumps({"organisations": bodies, "events": [event]}))
            found.append(write_fixtures(tmp_path))
    assert found[0] == found[1] == {"france.yaml": 2, "sri-lanka.yaml": 2, "united-kingdom.yaml": 5}


@pytest.mark.parametrize("text", ["{}", '[{"model": "auth.user", "fields": {}}]', "[]", "{"])
def test_writing_into_a_folder_of_other_files_is_refused(folder, text):
    other = folder / "package.json"
    other.write_text(text)
    (folder / "internationals.yaml").unlink()
    before = contents(folder)
    assert run("write_fixtures", str(folder)) == (
        1,
        "",
        (
            f"{other}: It holds no records, or some that can’t be read. Name another folder, or "
            f"mend the file.\n1 fault; nothing was written.\n"
        ),
    )
    assert contents(folder) == before


def test_writing_where_nothing_can_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = run("write_fixtures", str(tmp_path / "file" / "record"))
    assert (code, out) == (1, "")
    assert err == (
        f"CommandError: {tmp_path / 'file' / 'record'} can’t be written (Not a directory). Name "
        f"another folder.\n"
    )
