"""Which room of the code may import which: the house's table, held to the letter."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def table() -> dict[str, set[str]]:
    """Each room and the rooms of the project that it may import, as the README has them."""
    section = (ROOT / "README.md").read_text().split("\n## Rooms\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", section, re.MULTILINE)
    found = {}
    for left, right in rows:
        rooms, allowed = re.findall(r"`(\w+)`", left), set(re.findall(r"`(\w+)`", right))
        for room in rooms:
            found[room] = allowed | (set(rooms) if "each other" in right else set())
    return found


MAY_IMPORT = table()
STDLIB_ONLY = {"dates", "graph", "text", "countries", "chart"}

# The loops of the layout, compiled where numba is installed; they run without it, too.
COMPILER = {"lineage/chart/kernel.py": {"numba", "numpy"}}

# Lazily, in clean(): the one rule across rows that a form of the admin must be told at once.
EXCEPTIONS = {("lineage/models/organisation.py", "integrity")}


def modules() -> list[Path]:
    return sorted((ROOT / "lineage").rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "lineage").parts[0].removesuffix(".py")


def imported(tree: ast.AST, package: str) -> set[str]:
    """The modules that a module imports, wherever in it, by their full names."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{package} imports relatively; write the full name"
            found.add(node.module)
            if node.module in {"lineage", "lineage.reading"}:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_imported(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("lineage.")}


def violations(path: str, source: str) -> list[str]:
    """What a module of the project may not import but does."""
    room = room_of(ROOT / path)
    names = imported(ast.parse(source), path)
    allowed = MAY_IMPORT[room] | {room} | {to for of, to in EXCEPTIONS if of == path}
    found = [f"{path} imports {one}" for one in sorted(rooms_imported(names) - allowed)]
    if room in STDLIB_ONLY:
        foreign = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"lineage"}
        foreign -= COMPILER.get(path, set())
        found += [f"{path} imports {one}" for one in sorted(foreign)]
    return found


def test_every_module_stands_in_a_room_of_the_table():
    assert {room_of(path) for path in modules()} - {"__init__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", [str(path.relative_to(ROOT)) for path in modules()])
def test_a_module_imports_only_the_rooms_that_its_own_may(path):
    if path == "lineage/__init__.py":
        assert (ROOT / path).read_text(encoding="utf-8") == ""
        return
    assert violations(path, (ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        ("lineage/dates.py", "from django.utils import timezone", "django"),
        ("lineage/graph.py", "def f():\n    import numpy", "numpy"),
        ("lineage/chart/lanes.py", "from lineage.models import Organisation", "models"),
        ("lineage/models/change.py", "from lineage.integrity import check", "integrity"),
        ("lineage/models/fields.py", "from lineage import views", "views"),
        ("lineage/exchange/export.py", "import lineage.reading.kin", "reading"),
        ("lineage/views/site.py", "from lineage.integrity import audit", "integrity"),
        ("lineage/admin/forms.py", "from lineage.views import site", "views"),
        ("lineage/reading/kin.py", "from lineage.exchange import export", "exchange"),
    ],
)
def test_an_import_that_the_table_does_not_have_is_found(path, source, found):
    assert violations(path, source) == [f"{path} imports {found}"]


def test_the_one_exception_is_still_one():
    path, room = next(iter(EXCEPTIONS))
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    own = [
        statement
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "clean"
        for statement in function.body
        if isinstance(statement, ast.ImportFrom)
    ]
    assert [statement.module for statement in own] == [f"lineage.{room}"]
    everywhere = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == f"lineage.{room}"
    ]
    assert len(everywhere) == 1
