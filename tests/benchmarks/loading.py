"""How long the record takes to load: ``python -m tests.benchmarks.loading``.

Three ways side by side in one run, each a process of its own into a migrated, empty SQLite
database: ``load_record``; this project's ``loaddata``; and Django's own, which can't take the
files as they are (a row may come before those that it points to), and is given the same rows in one
file, bodies before what hangs on them.

Measured on two cores that nobody else used, Python 3.11, for the record of 27 November 2026
(41,000 rows in 78 files); the last column is against the first way:

    load_record              7.0 s     1.0
    loaddata                16.3 s     2.3
    Django's loaddata      101.0 s    14.4

YAML is read straight from libyaml's events, and Python's garbage collector rests meanwhile.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
STOCK = """
import sys, django
django.setup()
from django.core.management import call_command
from django.core.management.commands.loaddata import Command
call_command(Command(), sys.argv[1], verbosity=0)
"""
MODELS = ("source", "organisation", "changeevent", "countryperiod", "name", "fact", "identifier",
          "link", "succession", "affiliation", "account", "citation", "waiver")  # fmt: skip


def one_file(folder: Path) -> Path:
    """All rows in one YAML file, in the order that Django's own command needs."""
    rows = [
        row
        for path in sorted(FIXTURES.glob("*.yaml"))
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]
    rows.sort(key=lambda row: MODELS.index(row["model"].split(".")[1]))
    path = folder / "record.yaml"
    path.write_text(yaml.dump(rows, Dumper=yaml.CSafeDumper, allow_unicode=True), "utf-8")
    return path


def seconds(folder: Path, *arguments: str) -> float:
    """The time of a whole process that loads into a database of its own."""
    database = folder / "one.sqlite3"
    shutil.copy(folder / "empty.sqlite3", database)
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=_environment(database),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def _environment(database: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        environment = _environment(folder / "empty.sqlite3")
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        files = sorted(map(str, FIXTURES.glob("*.yaml")))
        ways = {
            "load_record": ("manage.py", "load_record"),
            "loaddata": ("manage.py", "loaddata", "--verbosity", "0", *files),
            "Django's loaddata": ("-c", STOCK, str(one_file(folder))),
        }
        first = None
        for label, arguments in ways.items():
            took = seconds(folder, *arguments)
            first = first or took
            print(f"{label:<20}{took:8.1f} s{took / first:8.1f}", flush=True)


if __name__ == "__main__":
    main()
