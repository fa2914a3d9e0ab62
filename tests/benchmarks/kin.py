"""How kin is best found: ``python -m tests.benchmarks.kin [--largest N]``.

Three ways, printed side by side in one run: the one recursive query of
:mod:`lineage.reading.kin` and a walk of what it found; all edges read into Python and walked; the
tree library's ``descendants()`` and ``ancestors()`` as they are, which know principal lines only.
Medians over nine bodies, each at an end of an edge drawn at random; ``reach`` is the number of kin.
``many`` families of 30 to 300 edges are the shape of the record, ``one`` family holds all edges.
SQLite in a temporary file always; PostgreSQL too, in a scratch database, where DATABASE_URL names
a server.

Then ours beside one raw recursive query on a plain connection of the driver (``sqlite3``,
``psycopg``; planned anew each time), in turns at the same nine bodies of like reach, each warmed
once. Ours gives kin through time and without what readers may not see; the instances of a body and
of an edge, which each of them makes where it is asked for them, are not timed. The raw query
reaches with ``UNION`` and without regard to time, and fetches tuples: ``ids`` the keys of the
bodies alone; ``edges`` every edge as :class:`lineage.graph.Edge` needs it, published only; ``all``
also every column of the bodies at the far ends, which is what ours gives. ``÷1,000`` is ours over
ours at 1,000 bodies and the same reach.

Measured on two cores that nobody else used, Python 3.11:

    sqlite 3.40.1
       bodies direction   reach   ours    ids  edges    all    ÷ids ÷edges   ÷all ÷1,000 tree÷ours
                                    ms     ms     ms     ms            ≤ 2    ≤ 2    ≤ 5   ≥ 1,000
        1,000 ancestors       9   0.12   0.02   0.65   0.68     6.8    0.2    0.2    1.0        77
      100,000 ancestors      10   0.48   0.03  33.19  33.38    14.6    0.0    0.0    3.9     1,625
    1,000,000 ancestors       8   0.12   0.02   0.05   0.08     6.5    2.5    1.5    1.0    65,725
        1,000 descendants     7   0.13   0.02   0.59   0.61     6.9    0.2    0.2    1.0        39
      100,000 descendants    10   0.43   0.03  34.37  34.37    14.4    0.0    0.0    3.4       955
    1,000,000 descendants     8   0.10   0.02   0.04   0.07     5.9    2.4    1.6    0.8    38,687
        1,000 ancestors      33   0.38   0.05   0.76   0.88     7.2    0.5    0.4    1.0        25
      100,000 ancestors      36   0.81   0.08  33.91  34.30    10.4    0.0    0.0    2.1       964
    1,000,000 ancestors      31   0.37   0.05   0.17   0.30     7.9    2.1    1.3    1.0    20,787
        1,000 descendants    45   0.41   0.07   0.72   0.86     6.3    0.6    0.5    1.0        12
      100,000 descendants    43   0.85   0.09  35.87  36.00     9.1    0.0    0.0    2.0       478
    1,000,000 descendants    49   0.68   0.10   0.35   0.60     6.9    2.0    1.1    1.6     5,836

    postgresql 15.20 (Debian 15.20-0+deb12u1)
        1,000 ancestors       9   1.56   0.88   2.01   2.01     1.8    0.8    0.8    1.0         5
      100,000 ancestors      10   0.88   0.34   1.16   1.24     2.6    0.8    0.7    0.6     2,136
    1,000,000 ancestors       8   0.85   0.35   1.23   1.28     2.4    0.7    0.7    0.5    23,279
        1,000 descendants     7   1.44   0.67   1.75   1.87     2.2    0.8    0.8    1.0         3
      100,000 descendants    10   0.81   0.33   1.10   1.17     2.4    0.7    0.7    0.6     1,247
    1,000,000 descendants     8   0.81   0.34   1.20   1.25     2.4    0.7    0.6    0.6    12,857
        1,000 ancestors      33   1.95   1.10   2.28   2.36     1.8    0.9    0.8    1.0         4
      100,000 ancestors      36   1.20   0.38   1.37   1.49     3.2    0.9    0.8    0.6     1,554
    1,000,000 ancestors      31   1.17   0.39   1.44   1.54     3.0    0.8    0.8    0.6    16,844
        1,000 descendants    45   1.89   1.00   2.09   2.19     1.9    0.9    0.9    1.0         2
      100,000 descendants    43   1.23   0.41   1.42   1.58     3.0    0.9    0.8    0.6       817
    1,000,000 descendants    49   1.48   0.43   1.69   1.85     3.5    0.9    0.8    0.8     7,024

Each way by itself, on SQLite and on PostgreSQL:

    sqlite 3.40.1
        bodies     in direction    reach        kin     read all         tree
                                                 ms           ms           ms   all÷kin  tree÷kin
         1,000   many descendants      6        0.1          7.0          4.9        53        37
         1,000   many ancestors       11        0.1          7.1          9.4        55        74
        10,000   many descendants     37        0.3        107.9         38.3       359       127
        10,000   many ancestors        6        0.1        107.8         72.9       766       518
       100,000   many descendants      6        0.2      1,172.4        406.1     7,655     2,652
       100,000   many ancestors        6        0.2      1,172.4        782.3     5,778     3,855
     1,000,000   many descendants      5        0.1     14,943.5      3,970.5   152,120    40,418
     1,000,000   many ancestors       13        0.2     14,943.5      7,761.1    63,577    33,019
         1,000    one descendants      6        0.2          7.6            -        38         -
         1,000    one ancestors       23        0.5          7.6            -        15         -
        10,000    one descendants     11        0.2         68.9            -       422         -
        10,000    one ancestors       41       10.6         69.0            -         7         -
       100,000    one descendants     11        2.0      1,058.8            -       526         -
       100,000    one ancestors       29      155.9      1,058.9            -         7         -

    postgresql 15.20 (Debian 15.20-0+deb12u1)
        bodies     in direction    reach        kin     read all         tree
                                                 ms           ms           ms   all÷kin  tree÷kin
         1,000   many descendants      6        1.4          7.1          4.2         5         3
         1,000   many ancestors       11        1.4          7.1          7.7         5         6
        10,000   many descendants     37        0.9         87.6         34.1        93        36
        10,000   many ancestors        6        0.8         87.5         65.1       111        82
       100,000   many descendants      6        0.8        958.9      1,004.6     1,153     1,208
       100,000   many ancestors        6        0.8        958.9      1,869.9     1,248     2,435
     1,000,000   many descendants      5        1.0     12,727.2     10,373.4    12,324    10,045
     1,000,000   many ancestors       13        0.9     12,727.3     19,791.5    13,822    21,493
         1,000    one descendants      6        1.6          6.3            -         4         -
         1,000    one ancestors       23        2.5          6.3            -         3         -
        10,000    one descendants     11        0.8         42.3            -        52         -
        10,000    one ancestors       41        9.2         42.3            -         5         -
       100,000    one descendants     11        3.0        692.3            -       234         -
       100,000    one ancestors       29      119.1        692.4            -         6         -

Decision: the recursive query. It costs what it reaches and not what is recorded: 0.1 to 3 ms at a
thousand bodies and at a million, where reading all takes a quarter of a minute and the tree
library, which walks from every root, four to twenty seconds. The giant family is its limit: without
regard to time the ancestors of a late body are most of it, and 100,000 edges in one family take a
sixth of a second, still less than reading all. No family on record has a hundredth of that; were
there one, the query would have to carry the moment along.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

SIZES = (1_000, 10_000, 100_000, 1_000_000)
BODIES = 9
REACHES = ((5, 15), (30, 60))  # kin of the bodies at which ours is set beside a raw query
TURNS = 7  # of ours and the raw queries, at each body
PATIENCE = 60  # seconds for one query of the tree library
GIANT = 100_000  # the largest single family: ten times all families that anyone has recorded
LINE = "{:>10} {:>6} {:<11} {:>6} {:>10} {:>12} {:>12} {:>9} {:>9}"
RAW = "{:>9} {:<11} {:>5} {:>6} {:>6} {:>6} {:>6} {:>7} {:>6} {:>6} {:>6} {:>9}"
WALK = """
WITH RECURSIVE reached(id) AS (
    SELECT CAST({place} AS bigint)
    UNION
    SELECT edge.{far}_id FROM reached
    JOIN lineage_succession edge ON edge.{near}_id = reached.id
)
"""
IDS = WALK + "SELECT id FROM reached"  # noqa: S608
EDGES = (
    WALK
    + """
SELECT event.slug, before.slug, after.slug, event.kind, event.date_earliest, event.date_latest,
       edge.predecessor_continues, edge.successor_existed, edge.principal, event.manner
"""
)
JOINS = """
FROM reached JOIN lineage_succession edge ON edge.{near}_id = reached.id
JOIN lineage_changeevent event ON event.id = edge.event_id
JOIN lineage_organisation before ON before.id = edge.predecessor_id
JOIN lineage_organisation after ON after.id = edge.successor_id
WHERE event.status = 'published' AND before.status = 'published' AND after.status = 'published'
"""
QUERIES = {
    "ids": IDS,
    "edges": EDGES + JOINS,
    "all": EDGES + ", {end}.*" + JOINS,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the ways of finding kin.")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="bodies at most")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure(options.largest)
        return
    given = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        run(f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}", options.largest)
    if given.startswith("postgres"):
        with scratch(given) as url:
            run(url, options.largest)


def run(url: str, largest: int) -> None:
    """Measure in a process of its own, since Django opens one database in its life."""
    command = [sys.executable, "-m", "tests.benchmarks.kin", "--here", "--largest", str(largest)]
    subprocess.run(command, check=True, env={**os.environ, "DATABASE_URL": url})


@contextmanager
def scratch(url: str) -> Iterator[str]:
    """A database of our own on the server of ``url``, dropped at the end."""
    import psycopg

    name = f"lineage_benchmark_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure(largest: int) -> None:
    """Print the table for the database of ``DATABASE_URL``."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.benchmarks.generate import fill

    call_command("migrate", verbosity=0)
    sizes = [size for size in SIZES if size <= largest]
    print(f"\n{connection.vendor} {_version()}")
    print(LINE.format("bodies", "in", "direction", "reach", "kin", "read all", "tree", "", ""))
    print(LINE.format("", "", "", "", "ms", "ms", "ms", "all÷kin", "tree÷kin"))
    beside: list[dict[str, Any]] = []
    for size in sizes:
        fill(size)
        library = _rows(size, "many")
        beside += _beside_raw(size, library)
    for size in sizes:
        if size <= GIANT:
            fill(size, families=False)
            _rows(size, "one", with_tree=False)
    print_beside(beside)


def print_beside(rows: list[dict[str, Any]]) -> None:
    """The table of ours beside raw queries; limits in its head."""
    print()
    print(RAW.format("bodies", "direction", "reach", "ours", "ids", "edges", "all",
                     "÷ids", "÷edges", "÷all", "÷1,000", "tree÷ours"))  # fmt: skip
    print(RAW.format("", "", "", "ms", "ms", "ms", "ms", "", "≤ 2", "≤ 2", "≤ 5", "≥ 1,000"))
    least = {(row["direction"], row["band"]): row for row in rows if row["size"] == SIZES[0]}
    for row in sorted(rows, key=lambda row: (row["band"], row["direction"], row["size"])):
        ours, raw = row["ours"], [row[name] for name in QUERIES]
        small = least.get((row["direction"], row["band"]))
        library = row["library"]
        print(
            RAW.format(
                f"{row['size']:,}",
                row["direction"],
                f"{row['reach']:.0f}",
                *(f"{one * 1000:.2f}" for one in (ours, *raw)),
                *(f"{ours / one:.1f}" for one in raw),
                f"{ours / small['ours']:.1f}" if small else "-",
                f"{library / ours:,.0f}" if library else "-",
            )
        )


def _beside_raw(size: int, library: dict[str, float | None]) -> list[dict[str, Any]]:
    """Medians of ours and of the raw queries, in turn at the same bodies, for each reach."""
    from lineage.models import Organisation
    from lineage.reading import kin

    chance = random.Random(1963)  # noqa: S311
    drawn = chance.sample(range(1, size + 1), min(size, 1_000))
    candidates = list(Organisation.objects.filter(pk__in=drawn[:900]))
    chance.shuffle(candidates)
    rows = []
    with _plain() as (execute, place):
        for find, near, far in (
            (kin.descendants, "predecessor", "successor"),
            (kin.ancestors, "successor", "predecessor"),
        ):
            end = "after" if far == "successor" else "before"
            names = {"near": near, "far": far, "end": end, "place": place}
            queries = {name: query.format(**names) for name, query in QUERIES.items()}
            kin_of = {one: len(find(one)) for one in candidates}
            for band in REACHES:
                bodies = [one for one in candidates if band[0] <= kin_of[one] <= band[1]][:BODIES]
                if not bodies:
                    continue
                taken: dict[str, list[float]] = {name: [] for name in ("ours", *queries)}
                for one in bodies:
                    for query in queries.values():
                        execute(query, one.pk)
                    for _turn in range(TURNS):
                        taken["ours"].append(_seconds(partial(find, one))[0])
                        for name, query in queries.items():
                            taken[name].append(_seconds(partial(execute, query, one.pk))[0])
                rows.append(
                    {
                        "size": size,
                        "direction": find.__name__,
                        "band": band,
                        "reach": statistics.median(kin_of[one] for one in bodies),
                        "library": library.get(find.__name__),
                        **{name: statistics.median(some) for name, some in taken.items()},
                    }
                )
    return rows


@contextmanager
def _plain() -> Iterator[tuple[Callable[[str, int], list[Any]], str]]:
    """A connection of the driver's own, past Django; each query is planned anew, as one is."""
    from django.db import connection

    if connection.vendor == "sqlite":
        import sqlite3

        plain: Any = sqlite3.connect(connection.settings_dict["NAME"])
        place = "?"
    else:
        import psycopg

        plain = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=None)
        place = "%s"
    try:
        yield lambda query, key: plain.execute(query, (key,)).fetchall(), place
    finally:
        plain.close()


def _version() -> str:
    from django.db import connection

    if connection.vendor == "sqlite":
        return connection.Database.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0]


def _rows(size: int, families: str, *, with_tree: bool = True) -> dict[str, float | None]:
    """Print the lines of one size; what the tree library takes in each direction."""
    from lineage.graph import Lineage
    from lineage.models import Organisation, Succession
    from lineage.models.derivation import edges_of
    from lineage.reading import kin

    chance = random.Random(1938)  # noqa: S311
    edges = chance.sample(range(1, size + 1), BODIES)
    read, lineage = _seconds(lambda: Lineage(edges_of(Succession.objects.published().order_by())))
    tree = Organisation.objects.without_tree_fields
    libraries: dict[str, float | None] = {}
    ways = (
        ("predecessor", kin.descendants, lineage.descendants, lambda one: tree().descendants(one)),
        ("successor", kin.ancestors, lineage.ancestors, lambda one: tree().ancestors(one)),
    )
    for end, from_database, walk, in_tree in ways:
        some = Succession.objects.filter(pk__in=edges).values(end)
        bodies = list(Organisation.objects.filter(pk__in=some).order_by("pk"))
        from_database(bodies[0])
        by_kin = [_seconds(partial(from_database, one)) for one in bodies]
        by_walk = [_seconds(partial(walk, one.slug))[0] for one in bodies]
        reach = statistics.median(len(found) for _time, found in by_kin)
        ours = statistics.median(taken for taken, _found in by_kin)
        whole = read + statistics.median(by_walk)
        library = _patiently(bodies, in_tree) if with_tree else None
        libraries[from_database.__name__] = library
        print(
            LINE.format(
                f"{size:,}",
                families,
                from_database.__name__,
                f"{reach:.0f}",
                f"{ours * 1000:,.1f}",
                f"{whole * 1000:,.1f}",
                "-" if library is None else f"{library * 1000:,.1f}",
                f"{whole / ours:,.0f}",
                "-" if library is None else f"{library / ours:,.0f}",
            ),
            flush=True,
        )
    return libraries


def _seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _patiently(bodies: list[Any], query: Callable[[Any], Any]) -> float | None:
    """The median of as many bodies as fit into our patience; ``None`` where not one does."""
    from django.db import Error

    taken: list[float] = []
    while len(taken) < len(bodies) and sum(taken) < PATIENCE / 4:
        try:
            with _interrupted(PATIENCE):
                taken.append(_seconds(lambda: list(query(bodies[len(taken)])))[0])
        except Error:
            print(f"the tree library took more than {PATIENCE} s")
            return None
    return statistics.median(taken)


@contextmanager
def _interrupted(seconds: float) -> Iterator[None]:
    from django.db import connection

    connection.ensure_connection()
    stop = getattr(connection.connection, "interrupt", None) or connection.connection.cancel
    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


if __name__ == "__main__":
    main()
