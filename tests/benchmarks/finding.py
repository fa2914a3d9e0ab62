"""How long a search takes at 100,000 names: ``python -m tests.benchmarks.finding``.

Made-up bodies, two names and a half each, out of the words of the field, in a database of its own
(SQLite in a temporary file). Each search goes through Django's test client, middleware and all,
with the index made and the cache of answers emptied; beside it the same words by the database's
own ``LIKE`` over both tables, the way of a site without an index. Medians over turns, beside a
limit of 50 ms.

Measured on two cores that nobody else used, Python 3.11, SQLite 3.40; an index is made in 0.7 to
0.9 s, once an edition of the record and a process:

    search                           page ms   ÷ 50 ms   LIKE ms     found
    revolutionary workers party         14.1      0.28        37        10
    socialist                           46.6      0.93        33    12,467
    workers partty                      24.5      0.49        34       418
    lsp                                  5.6      0.11        35         0
    parti ouvriere france               15.5      0.31        36        87
    name17 league                       15.0      0.30        39       414
    xyzzyq                               7.9      0.16        33         0
    e                                    5.0      0.10        10         0

``LIKE`` finds neither the mistyped name nor the country, ranks nothing and counts nothing.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BODIES = 40_000
LIMIT = 50  # ms
TURNS = 7
WORDS = [
    *("revolutionary", "workers", "socialist", "communist", "international", "league", "party"),
    *("group", "movement", "marxist", "tendency", "fourth", "opposition", "left", "bolshevik"),
    *("leninist", "struggle", "red", "militant", "unity", "front", "organisation", "committee"),
    *("liga", "partido", "obrero", "socialista", "trabajadores", "izquierda", "lutte", "ouvriere"),
    *("parti", "communiste", "internationaliste", "jeunesse", "sozialistische", "arbeiter"),
    *("gruppe", "bund", "lanka", "sama"),
]
CODES = ("GB", "FR", "US", "AR", "DE", "BR", "LK", "IN", "ES", "GR")
SEARCHES = (
    "revolutionary workers party",
    "socialist",
    "workers partty",
    "lsp",
    "parti ouvriere france",
    "name17 league",
    "xyzzyq",
    "e",
)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        measure()


def measure() -> None:
    """Print the time of making the index, and a line for each search."""
    from django.conf import settings
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client

    from lineage.models import Organisation
    from lineage.reading.finding import Index

    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS = ["*"]
    names = write()
    made = timed(Index)
    print(f"{names:,} names; an index is made in {made:.0f} ms\n")
    client = Client()
    client.get("/search.json?q=party")
    print(f"{'search':<30}{'page ms':>10}{'÷ 50 ms':>10}{'LIKE ms':>10}{'found':>10}")
    for words in SEARCHES:
        taken = []
        for _turn in range(TURNS):
            cache.clear()
            taken.append(timed(lambda words=words: client.get("/search/", {"q": words})))
        found = client.get("/search.json", {"q": words}).json()["count"]
        like = timed(lambda words=words: list(Organisation.objects.matching(words)[:20]))
        middle = statistics.median(taken)
        print(f"{words:<30}{middle:>10.1f}{middle / LIMIT:>10.2f}{like:>10.0f}{found:>10,}")


def timed(act: Callable[[], Any]) -> float:
    """How long it takes, in milliseconds."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def write() -> int:
    """Write the record; how many names it holds."""
    from lineage.models import CountryPeriod, Name, Organisation

    chance = random.Random(1)  # noqa: S311
    published = {"status": "published", "kind": "party"}

    def words() -> str:
        picked = chance.sample(WORDS, chance.randint(2, 4))
        return " ".join([*picked, f"name{chance.randint(0, 20_000)}"])

    bodies = Organisation.objects.bulk_create(
        [
            Organisation(
                slug=f"b{i}", name=words().title(), founded=str(1930 + i % 90), **published
            )
            for i in range(BODIES)
        ],
        batch_size=2000,
    )
    CountryPeriod.objects.bulk_create(
        [CountryPeriod(organisation=one, country=chance.choice(CODES)) for one in bodies],
        batch_size=5000,
    )
    names = [
        Name(organisation=one, text=words().title(), kind=kind)
        for i, one in enumerate(bodies)
        for kind in (("official",) if i % 2 else ("abbreviation", "translation"))
    ]
    Name.objects.bulk_create(names, batch_size=5000)
    return BODIES + len(names)


if __name__ == "__main__":
    main()
