"""How kin is best found: ``python -m tests.benchmarks.kin [--largest N]``.

Three ways, printed side by side in one run: the one recursive query of
:mod:`lineage.reading.kin` and a walk of what it found; all edges read into Python and walked; the
tree library's ``descendants()`` and ``ancestors()`` as they are, which know principal lines only.
Medians over nine bodies, each at an end of an edge drawn at random; ``reach`` is the number of kin.
``many`` families of 30 to 300 edges are the shape of the record, ``one`` family holds all edges.
SQLite in a temporary file always; PostgreSQL too, in a scratch database, where DATABASE_URL names
a server.

Measured on two cores that others used too, Python 3.11, 3 to 4 minutes a database:

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
PATIENCE = 60  # seconds for one query of the tree library
GIANT = 100_000  # the largest single family: ten times all families that anyone has recorded
LINE = "{:>10} {:>6} {:<11} {:>6} {:>10} {:>12} {:>12} {:>9} {:>9}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the ways of finding kin.")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="edges at most")
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
    print(LINE.format("edges", "in", "direction", "reach", "kin", "read all", "tree", "", ""))
    print(LINE.format("", "", "", "", "ms", "ms", "ms", "all÷kin", "tree÷kin"))
    for size in sizes:
        fill(size)
        _rows(size, "many")
    for size in sizes:
        if size <= GIANT:
            fill(size, families=False)
            _rows(size, "one", with_tree=False)


def _version() -> str:
    from django.db import connection

    if connection.vendor == "sqlite":
        return connection.Database.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0]


def _rows(size: int, families: str, *, with_tree: bool = True) -> None:
    from lineage.graph import Lineage
    from lineage.models import Organisation, Succession
    from lineage.models.derivation import edges_of
    from lineage.reading import kin

    chance = random.Random(1938)  # noqa: S311
    edges = chance.sample(range(1, size + 1), BODIES)
    read, lineage = _seconds(lambda: Lineage(edges_of(Succession.objects.published().order_by())))
    tree = Organisation.objects.without_tree_fields
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
