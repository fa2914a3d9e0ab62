"""The commands: what they take, what they print, and how they end."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lineage.exchange.document import import_document
from lineage.exchange.export import Export
from lineage.exchange.fixtures import write_fixtures
from lineage.exchange.planning import Plan
from lineage.exchange.rows import Lists
from lineage.models import Organisation, Waiver
from tests.test_export import MOMENT, empty_the_record
from tests.test_import import TWO, WHOLE, everything, exported, run

# exporting


def test_an_export_is_written_to_standard_output(body):
    body("imt", name="Internationale Ø")
    code, out, err = run("export_lineage")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert {key: document[key] for key in ("format", "version", "title", "licence")} == {
        "format": "lineage",
        "version": "1.0",
        "title": settings.RECORD_TITLE,
        "licence": settings.RECORD_LICENCE,
    }
    assert document["organisations"] == exported()["organisations"]
    assert out.startswith('{\n  "format": "lineage",\n')
    assert out.endswith("\n}\n")
    assert "Internationale Ø" in out


def test_an_export_is_written_to_a_file_and_nothing_is_printed(body, tmp_path):
    body("imt", name="Internationale Ø")
    path = tmp_path / "lineage.json"
    assert run("export_lineage", "--format", "json", "--output", str(path)) == (0, "", "")
    assert json.loads(path.read_bytes())["organisations"] == exported()["organisations"]


def test_drafts_are_exported_when_they_are_asked_for(body):
    body("seen")
    body("unseen", status="in-review")
    ids = [
        [entry["id"] for entry in json.loads(run("export_lineage", *flags)[1])["organisations"]]
        for flags in ([], ["--drafts"])
    ]
    assert ids == [["seen"], ["seen", "unseen"]]


def test_the_moment_of_an_export_is_given_in_utc(db):
    exported_at = json.loads(run("export_lineage")[1])["exported"]
    assert len(exported_at) == len("2026-11-22T10:00:00Z")
    assert exported_at.endswith("Z")


def test_a_file_that_can_t_be_written_is_told(db, tmp_path):
    path = tmp_path / "nowhere" / "lineage.json"
    assert run("export_lineage", "--output", str(path)) == (
        1,
        "",
        f"CommandError: {path} can’t be written (No such file or directory). Name another file.\n",
    )


def test_a_record_that_is_not_of_the_schema_is_not_exported(body, tmp_path):
    body("a", kind="club")
    path = tmp_path / "lineage.json"
    code, out, err = run("export_lineage", "--output", str(path))
    assert (code, out) == (1, "")
    assert err.startswith('organisations[0] (a): kind: "club" is unknown. Write one of: internat')
    assert err.endswith("\n1 fault; nothing was written.\n")
    assert not path.exists()


# importing


def test_a_document_is_read_from_standard_input(db, monkeypatch):
    given = io.TextIOWrapper(io.BytesIO(json.dumps(WHOLE).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    code, out, err = run("import_lineage", "-")
    assert (code, err) == (0, "")
    assert out.startswith("added: 1 sources, 2 organisations, ")
    assert exported() == WHOLE


def test_faults_of_standard_input_are_told_alike(db, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    assert run("import_lineage", "-") == (
        1,
        "",
        (
            "the document: It is no JSON: Expecting property name enclosed in double quotes "
            "(line 1, column 2). Correct it there.\n1 fault; nothing was written.\n"
        ),
    )


def test_progress_is_shown_on_a_terminal_and_nowhere_else(db, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from django.core.management import call_command

    path = tmp_path / "two.json"
    path.write_text(json.dumps(TWO))
    terminal = Terminal()
    call_command("import_lineage", str(path), stdout=io.StringIO(), stderr=terminal, no_color=True)
    assert terminal.getvalue() == f"\rWriting rows   [{'#' * 30}]      2 of 2\n"
    assert run("import_lineage", str(path))[2] == ""


def test_a_bar_fills_for_each_stage_of_a_load(db, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from django.core.management import call_command

    body = '- model: lineage.organisation\n  fields: {slug: "%s", name: "A"}\n'
    (tmp_path / "one.yaml").write_text(body % "one")
    (tmp_path / "two.yaml").write_text(
        body % "two" + '- model: lineage.source\n  fields: {slug: "s", title: "S"}\n'
    )
    terminal = Terminal()
    call_command("load_record", tmp_path, stdout=io.StringIO(), stderr=terminal, no_color=True)
    half, third, full = "#" * 15 + "." * 15, "#" * 10 + "." * 20, "#" * 30
    assert terminal.getvalue() == (
        f"\rReading files  [{half}]      1 of 2\rReading files  [{full}]      2 of 2\n"
        f"\rWriting rows   [{third}]      1 of 3\rWriting rows   [{full}]      3 of 3\n"
    )


def test_nothing_is_shown_as_written_of_a_load_that_is_refused(db, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from django.core.management import call_command

    (tmp_path / "one.yaml").write_text(
        '- {model: lineage.source, fields: {slug: "s", title: "S"}}\n- {}\n'
    )
    terminal = Terminal()
    with pytest.raises(SystemExit):
        call_command("load_record", tmp_path, stdout=io.StringIO(), stderr=terminal, no_color=True)
    assert terminal.getvalue() == (
        f"\rReading files  [{'#' * 30}]      1 of 1\n"
        f"{tmp_path.name}/one.yaml, record 2: It is no record. Give it “model:” and “fields:”.\n"
        "1 fault; nothing was written.\n"
    )


# loading


def test_a_record_is_loaded_only_if_there_is_none_where_that_is_asked(body, tmp_path):
    body("standing")
    before = everything()
    assert run("load_record", "--if-empty") == (
        0,
        (
            "The database holds a record already; it is left as it is (`make record` brings in the "
            "fixtures).\n"
        ),
        "",
    )
    assert everything() == before


@pytest.fixture
def folder(db, tmp_path) -> Path:
    """A small record as fixtures, in a database that is empty again."""
    import_document(json.dumps(WHOLE))
    write_fixtures(tmp_path / "fixtures")
    empty_the_record()
    return tmp_path / "fixtures"


def test_an_empty_database_is_filled_if_it_is_empty(folder):
    assert run("load_record", "--if-empty", str(folder))[0] == 0
    assert exported() == WHOLE


def test_a_dry_run_of_the_fixtures_writes_nothing(folder):
    before = everything()
    code, out, _err = run("load_record", "--dry-run", str(folder))
    assert (code, out[:16]) == (0, "would be added: ")
    assert everything() == before


# checking


def test_a_record_without_errors_passes(body, event):
    body("a", founded="1950")
    assert run("check_lineage") == (
        0,
        (
            "warning: organisation:a: It cites no source. Cite the source that it is drawn from. "
            "[missing-source]\n0 errors, 1 warnings, 0 waived.\n"
        ),
        "",
    )


def test_a_record_with_an_error_does_not_pass(body):
    body("a", founded="1950", dissolved="1940")
    code, out, err = run("check_lineage")
    assert (code, err) == (1, "")
    assert out == (
        "error: organisation:a: It ended (1940) before it was founded (1950). Correct one of the "
        "two. Correct its founding or its end. [end-before-founding]\n"
        "warning: organisation:a: It ended, and nothing is said of what became of it. Record the "
        "change in which it ended, or waive this with the reason. [end-without-successor]\n"
        "warning: organisation:a: It cites no source. Cite the source that it is drawn from. "
        "[missing-source]\n"
        "1 errors, 2 warnings, 0 waived.\n"
    )


def test_findings_in_json_have_the_same_keys_whatever_they_are(body):
    body("a", dissolved="1940", founded="1950")
    Waiver.objects.create(rule="missing-source", record="organisation:a", reason="Seen.")
    code, out, err = run("check_lineage", "--json")
    assert (code, err) == (1, "")
    found = json.loads(out)
    assert {kind: [entry["rule"] for entry in entries] for kind, entries in found.items()} == {
        "errors": ["end-before-founding"],
        "warnings": ["end-without-successor"],
        "waived": ["missing-source"],
    }
    assert list(found) == ["errors", "warnings", "waived"]
    assert {tuple(entry) for entries in found.values() for entry in entries} == {
        ("rule", "severity", "record", "message", "remedy")
    }
    assert found["waived"] == [
        {
            "rule": "missing-source",
            "severity": "warning",
            "record": "organisation:a",
            "message": "It cites no source.",
            "remedy": "Cite the source that it is drawn from.",
        }
    ]


def test_an_empty_record_has_nothing_to_tell(db):
    assert json.loads(run("check_lineage", "--json")[1]) == {
        "errors": [],
        "warnings": [],
        "waived": [],
    }


def test_what_is_derived_is_found_wrong_and_repaired(body, event):
    a, b = body("a", founded="1950"), body("b")
    event("e", "rename", [("a", "b")], date="1960")
    from django.db.models import QuerySet

    QuerySet(Organisation).filter(pk=b.pk).update(parent=None, family=b.pk, folded="wrong")
    code, out, _err = run("check_lineage")
    errors = [line for line in out.splitlines() if line.startswith("error: ")]
    assert (code, errors) == (
        1,
        [
            (
                f"error: organisation:b: Its family and principal predecessor are not those of its "
                f"successions (family {a.pk}, predecessor a). Run manage.py check_lineage "
                f"--repair. [derived]"
            ),
            (
                "error: organisation:b: Its folded is not that of its name. Run manage.py "
                "check_lineage --repair. [derived]"
            ),
        ],
    )
    code, _out, err = run("check_lineage", "--repair")
    assert (code, err) == (0, "2 rows derived anew.\n")
    b.refresh_from_db()
    assert (b.parent, b.family, b.folded) == (a, a.pk, "b")


# how much is asked of the database


@pytest.fixture
def record(db) -> Callable[[int], dict[str, Any]]:
    """A document of so many bodies, each with everything that can hang on one."""

    def make(count: int) -> dict[str, Any]:
        [whole, _old] = WHOLE["organisations"]
        bodies = [{**whole, "id": f"b{number}", "accounts": []} for number in range(count)]
        for before, after in pairwise(bodies):
            account = {"claimant": "X", "organisation": before["id"], "text": "T"}
            after["accounts"] = [{**account, "citations": whole["citations"]}]
        pairs = [(one["id"], other["id"]) for one, other in pairwise(bodies)]
        [event], [affiliation] = WHOLE["events"], WHOLE["affiliations"]
        return {
            "organisations": bodies,
            "events": [
                {
                    **event,
                    "id": f"e-{before}",
                    "successions": [{"predecessor": before, "successor": after}],
                }
                for before, after in pairs
            ],
            "affiliations": [
                {**affiliation, "organisation": before, "body": after} for before, after in pairs
            ],
            "sources": WHOLE["sources"],
        }

    return make


def _queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_an_export_asks_as_often_for_ten_bodies_as_for_forty(record):
    asked = []
    for count in (10, 40):
        import_document(json.dumps(record(count)), update=True)
        assert Organisation.objects.count() == count
        asked.append(
            [
                _queries(lambda drafts=drafts: Export(drafts=drafts).document(MOMENT))
                for drafts in (False, True)
            ]
        )
    assert asked[0] == asked[1]


def test_a_load_asks_as_often_for_ten_bodies_as_for_forty(record):
    asked = []
    for count in (10, 40):
        document = json.dumps(record(count))
        import_document(document, update=True)
        asked.append(_queries(lambda document=document: import_document(document)))
    assert asked[0] == asked[1]


def test_a_plan_asks_once_for_each_table(db):
    assert _queries(lambda: Plan([], Lists(), update=False)) == 13


# in a shell


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Callable[..., subprocess.CompletedProcess]:
    """Run a line of a shell in the project's folder, with a database of its own."""
    database = tmp_path_factory.mktemp("shell") / "record.sqlite3"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "DATABASE_URL": f"sqlite:///{database}",
        "MANAGE": f"{sys.executable} manage.py",
    }

    def shell(line: str, out: int = subprocess.PIPE) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=out,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )

    sample = Path(__file__).with_name("sample.json")
    assert shell(f"$MANAGE migrate -v0 && $MANAGE import_lineage {sample}").stderr == ""
    return shell


@pytest.mark.xdist_group("shell")
def test_commands_in_a_shell_end_with_a_code_and_without_a_traceback(shell, tmp_path):
    piped = shell("$MANAGE export_lineage --drafts | $MANAGE import_lineage -")
    assert (piped.returncode, piped.stderr) == (0, "")
    assert piped.stdout.startswith("added: nothing\nchanged: nothing\nremoved: nothing\nleft: ")
    (tmp_path / "bad.json").write_text('{"organisations": [{"id": "a", "name": "\\ud800"}]}')
    bad = shell(f"$MANAGE import_lineage {tmp_path}/bad.json")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr == (
        "organisations[0] (a): name: The text holds the control character U+D800. Take it out, or "
        "type the text anew.\n1 fault; nothing was written.\n"
    )
    missing = shell(f"$MANAGE import_lineage {tmp_path}/none.json")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == (
        f"CommandError: {tmp_path}/none.json can’t be read (No such file or directory). Name a "
        f"readable file.\n"
    )
    refused = shell(f"$MANAGE export_lineage --output {tmp_path}/none/x.json")
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)


@pytest.fixture
def nobody() -> Iterator[int]:
    """A pipe whose reader is gone before the first byte is written."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.xdist_group("shell")
@pytest.mark.parametrize("command", ["export_lineage", "check_lineage --json", "check_lineage"])
def test_a_reader_who_has_seen_enough_ends_a_command_quietly(shell, nobody, command):
    done = shell(f"$MANAGE {command}", nobody)
    assert (done.returncode, done.stderr) == (1, "")
    done = shell(f"$MANAGE {command} | head -n 1")
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")
