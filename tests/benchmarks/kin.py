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

Measured on two cores that others used too, Python 3.11; ours÷raw, taken in turns, says more than
milliseconds (SQLite's raw queries took half of these when it had the machine to itself):

    sqlite 3.40.1
        bodies direction   reach   ours    ids  edges    all    ÷ids ÷edges   ÷all ÷1,000 tree÷ours
                                      ms     ms     ms     ms           ≤ 2    ≤ 2    ≤ 5   ≥ 1,000
        1,000 ancestors       9   0.30   0.04   0.95   0.99     8.4    0.3    0.3    1.0       153
      100,000 ancestors      10   0.57   0.06 178.62 184.19     9.9    0.0    0.0    1.9     8,771
    1,000,000 ancestors       8   0.22   0.03   0.08   0.13     6.7    2.6    1.7    0.7         -
        1,000 descendants     7   0.37   0.05   1.28   1.52     7.1    0.3    0.2    1.0        64
      100,000 descendants    10   0.49   0.06 275.15 270.98     8.5    0.0    0.0    1.3     3,813
    1,000,000 descendants     8   0.19   0.03   0.07   0.11     6.3    2.6    1.7    0.5   250,750
        1,000 ancestors      33   0.72   0.09   1.11   1.34     7.9    0.6    0.5    1.0        64
      100,000 ancestors      36   1.28   0.14 110.25 110.56     9.4    0.0    0.0    1.8     3,886
    1,000,000 ancestors      31   0.73   0.09   0.30   0.49     8.1    2.5    1.5    1.0         -
        1,000 descendants    45   0.80   0.11   1.20   1.89     7.1    0.7    0.4    1.0        29
      100,000 descendants    43   1.40   0.21 171.02 175.97     6.8    0.0    0.0    1.7     1,335
    1,000,000 descendants    49   1.46   0.20   0.62   0.98     7.4    2.4    1.5    1.8    32,159

    postgresql 15.20 (Debian 15.20-0+deb12u1)
        1,000 ancestors       9  10.88   4.87  12.21  15.77     2.2    0.9    0.7    1.0         8
      100,000 ancestors      10   8.18   0.71   6.12   8.08    11.5    1.3    1.0    0.8     2,291
    1,000,000 ancestors       8   5.24   1.20   5.07   6.81     4.4    1.0    0.8    0.5         -
        1,000 descendants     7  14.93   5.61  19.00  19.75     2.7    0.8    0.8    1.0         3
      100,000 descendants    10   4.63   2.66   6.58   9.69     1.7    0.7    0.5    0.3     2,446
    1,000,000 descendants     8   4.18   2.81   5.07   5.56     1.5    0.8    0.8    0.3         -
        1,000 ancestors      33  12.35   5.84  13.70  17.51     2.1    0.9    0.7    1.0         7
      100,000 ancestors      36  11.85   4.02  10.35  14.77     2.9    1.1    0.8    1.0     1,582
    1,000,000 ancestors      31   6.13   1.92   8.78  10.84     3.2    0.7    0.6    0.5         -
        1,000 descendants    45  23.30  12.31  31.35  31.87     1.9    0.7    0.7    1.0         2
      100,000 descendants    43   8.06   3.24  10.16  11.46     2.5    0.8    0.7    0.3     1,404
    1,000,000 descendants    49  10.16   3.56  10.52  11.67     2.9    1.0    0.9    0.4         -

What is reached counts and not what is recorded, a thousand times cheaper than the tree library,
which at a million bodies was stopped after a minute where no figure stands. On PostgreSQL ours
takes no longer than the raw query for what it gives. On SQLite the raw query is the slower one, by
up to some hundred times, as long as there are fewer rows than the planner thinks that the walk will
meet: it first makes a filter of all events and of all bodies that are published, which ours is
worded to avoid. At a million bodies it makes none, and ours takes 1.5 to 1.7 times as long: beside
a tenth of a millisecond in ``sqlite3`` stand Django's cursor and, for each body, a step of the walk
through time in Python. It goes over the rows as they came; the instances of a body (3 microseconds)
and of an edge are made where they are first asked for, and are not in these figures.

Of the three ways, measured when kin took two queries and sizes were counted in edges, on the same
machine, 3 to 4 minutes a database:

    sqlite 3.40.1
         edges     in direction    reach        kin     read all         tree
                                                 ms           ms           ms   all÷kin  tree÷kin
         1,000   many descendants      6        1.6         13.0          7.0         8         4
         1,000   many ancestors       11        1.5         13.0         14.3         9        10
        10,000   many descendants     37        2.6        199.9         44.1        77        17
        10,000   many ancestors        6        1.3        199.8         83.6       157        66
       100,000   many descendants      6        1.6      1,794.7        458.0     1,149       293
       100,000   many ancestors        6        1.4      1,794.6        974.8     1,314       714
     1,000,000   many descendants      5        4.1     39,935.5      5,955.4     9,640     1,438
     1,000,000   many ancestors       13        1.8     39,935.6      9,249.4    22,048     5,106
         1,000    one descendants      4        1.6         15.7            -        10         -
         1,000    one ancestors       19        2.3         15.8            -         7         -
        10,000    one descendants      6        1.7        176.0            -       106         -
        10,000    one ancestors       25       20.9        176.1            -         8         -
       100,000    one descendants      9        4.0      2,021.5            -       504         -
       100,000    one ancestors       24      404.4      2,021.5            -         5         -

    postgresql 15.20 (Debian 15.20-0+deb12u1)
         edges     in direction    reach        kin     read all         tree
                                                 ms           ms           ms   all÷kin  tree÷kin
         1,000   many descendants      6       20.6         19.3         11.8         1         1
         1,000   many ancestors       11        8.9         19.3         27.4         2         3
        10,000   many descendants     37        8.5        512.1         82.3        60        10
        10,000   many ancestors        6       10.4        512.0        171.2        49        16
       100,000   many descendants      6        6.1      1,561.5      1,004.8       255       164
       100,000   many ancestors        6        3.9      1,561.5      1,891.7       400       485
     1,000,000   many descendants      5        3.5     23,522.2     15,439.4     6,691     4,392
     1,000,000   many ancestors       13        5.8     23,522.2     28,244.3     4,055     4,869
         1,000    one descendants      4        2.9          8.0            -         3         -
         1,000    one ancestors       19        3.5          8.0            -         2         -
        10,000    one descendants      6        2.5         67.8            -        27         -
        10,000    one ancestors       25       13.3         67.8            -         5         -
       100,000    one descendants      9        7.3        903.5            -       123         -
       100,000    one ancestors       24      519.1        903.7            -         2         -

Decision: the recursive query. It costs what it reaches and not what is recorded: 1 to 20 ms at a
thousand edges and at a million, where reading all takes half a minute and the tree library, which
walks from every root, six to thirty seconds. Only below some thousand edges on PostgreSQL is the
difference nothing. The giant family is its limit: without regard to time the ancestors of a late
body are most of it, and 100,000 edges in one family take half a second, still less than reading
all. No family on record has a hundredth of that; were there one, the query would have to carry the
moment along.
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
