"""A made-up lineage of any size, written as fast as the database takes it.

Of its edges 60 % are splits, 20 % renames and 20 % mergers into bodies that existed, between 1900
and 2025, at about 1.25 edges a body: the shape of the real record and of its families, each of at
most a few hundred bodies.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, models, transaction

from lineage.models import ChangeEvent, Organisation, Succession

FIRST, LAST = 1900, 2025
SMALLEST, LARGEST = 30, 300  # edges of a family
NEW = 0.8  # of all edges, those that a body begins with
TABLES = (Organisation, ChangeEvent, Succession)


def fill(bodies: int, *, families: bool = True, seed: int = 1938) -> None:
    """Replace the record by a lineage of so many bodies; in one family unless ``families``.

    The one family may have a few hundredths more or less.
    """
    chance = random.Random(seed)  # noqa: S311
    rows: dict[type[models.Model], list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    while families and (left := bodies - len(rows[Organisation])):
        _family(chance, min(left - 1, chance.randint(SMALLEST, LARGEST)), rows)
    if not families:
        _family(chance, round(bodies / NEW), rows)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
        with transaction.atomic():
            _empty(cursor)
            for table in TABLES:
                _write(cursor, table, rows[table])
        cursor.execute("ANALYZE")


def _family(chance: random.Random, size: int, rows: dict[Any, list[tuple[Any, ...]]]) -> None:
    bodies, events, edges = (rows[table] for table in TABLES)
    root = len(bodies) + 1
    bodies.append(_body(root, root, None, FIRST))
    active = [root]
    for number in range(size):
        year = FIRST + (LAST - FIRST) * number // size
        kind = chance.choices(("split", "rename", "merger"), (60, 20, 20))[0]
        if len(active) < 2:
            kind = "split"
        at = chance.randrange(len(active))
        before = active[at]
        continues = kind == "split"
        if kind == "merger":
            active[at] = active[-1]
            active.pop()
            after = chance.choice(active)
        else:
            after = len(bodies) + 1
            bodies.append(_body(after, root, before, year))
            if continues:
                active.append(after)
            else:
                active[at] = after
        event = len(events) + 1
        day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        events.append((event, f"e{event}", kind, day, day, day))
        edges.append((event, event, before, after, continues, kind == "merger"))


def _body(key: int, family: int, parent: int | None, year: int) -> tuple[Any, ...]:
    return (
        key, f"b{key}", f"Body {key}", f"body {key}", str(year), f"{year}-01-01", f"{year}-12-31",
        family, parent,
    )  # fmt: skip


_COLUMNS = {
    Organisation: "id slug name folded founded founded_earliest founded_latest family parent_id",
    ChangeEvent: "id slug kind date date_earliest date_latest",
    Succession: "id event_id predecessor_id successor_id predecessor_continues successor_existed",
}


def _rest(table: Any, given: list[str]) -> Iterator[tuple[str, Any]]:
    """The columns that are the same in every row."""
    for field in table._meta.concrete_fields:
        if field.column not in given:
            yield field.column, "published" if field.name == "status" else field.get_default()


def _write(cursor: Any, table: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    given = _COLUMNS[table].split()
    rest = dict(_rest(table, given))
    columns = ", ".join([*given, *rest])
    name, same = table._meta.db_table, tuple(rest.values())
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((*row, *same))
    else:
        places = ", ".join(["?"] * (len(given) + len(same)))
        cursor.cursor.connection.executemany(  # past Django's, which wants a list
            f"INSERT INTO {name} ({columns}) VALUES ({places})",  # noqa: S608
            ((*row, *same) for row in rows),
        )


def _empty(cursor: Any) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(f"TRUNCATE {', '.join(table._meta.db_table for table in TABLES)} CASCADE")
    else:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table._meta.db_table}")  # noqa: S608
