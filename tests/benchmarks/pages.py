"""How long a family's tree takes when nothing is kept: ``python -m tests.benchmarks.pages``.

A family of 150 made-up bodies, each with a country, a name and an abbreviation, in a database of
its own (SQLite in a temporary file); the page ``tree/`` and the drawing ``tree.svg`` through
Django's test client, middleware and all, each family with names of its own,
with another query each time and the cache and the kept
layouts emptied before it. Medians over families and turns, beside a limit of 40 ms. ``--profile``
lists where the time goes.

Measured on two cores that nobody else used (load 0.5), Python 3.11:

    address        median ms    least ms     CPU ms    ÷ 40 ms      bytes
    tree/               44.0        41.3       43.4       1.10    225,794
    tree.svg            36.0        32.2       35.3       0.90    177,763

Of the drawing's time half is the chart, a quarter the queries and the making of instances; a
commit that keeps the layout takes 2 ms on this disk. On a busy machine all takes two to four times
that.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZE = 150
LIMIT = 40  # ms
FAMILIES = 3
TURNS = 15
PUBLISHED = {"status": "published"}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the whole uncached view of a family.")
    parser.add_argument("--profile", action="store_true", help="list the top costs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        measure(profile=options.profile)


def measure(*, profile: bool) -> None:
    """Print a line for each form of the tree."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS = ["*"]
    roots = [write(seed) for seed in range(FAMILIES)]
    client = Client()
    heads = ("median ms", "least ms", "CPU ms", f"÷ {LIMIT} ms", "bytes")
    print("address     ", *(f"{head:>11}" for head in heads))
    for form in ("tree/", "tree.svg"):
        ask = asking(client, form)
        for root in roots:
            ask(root)
        taken = [ask(root) for _turn in range(TURNS) for root in roots]
        middle, processor, size = map(statistics.median, zip(*taken, strict=True))
        least = min(taken)[0]
        told = (f"{one:.1f}" for one in (middle, least, processor))
        row = (*told, f"{middle / LIMIT:.2f}", f"{size:,.0f}")
        print(f"{form:<12}", *(f"{one:>11}" for one in row), flush=True)
        if profile:
            profiler = cProfile.Profile()
            profiler.enable()
            for root in roots:
                ask(root)
            profiler.disable()
            pstats.Stats(profiler, stream=sys.stdout).sort_stats("cumulative").print_stats(60)
            pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(25)


def asking(client: Any, form: str) -> Callable[[str], tuple[Any, ...]]:
    """What asks for a tree that nobody asked for before: its time, the processor's, its length."""
    asked = 0

    def ask(root: str) -> tuple[Any, ...]:
        nonlocal asked
        asked += 1
        forget()
        start, processor = time.perf_counter(), time.process_time()
        answer = client.get(f"/organisations/{root}/{form}", {"turn": str(asked)})
        taken = time.perf_counter() - start, time.process_time() - processor
        assert answer.status_code == 200
        return *(one * 1000 for one in taken), len(answer.content)

    return ask


def forget() -> None:
    """Empty the cache, and what is kept of earlier charts."""
    from django.core.cache import cache

    from lineage.models.layout import Layout

    cache.clear()
    Layout.objects.all().delete()


def write(seed: int) -> str:
    """A made-up family in the database; the id of its oldest body."""
    from lineage.models import ChangeEvent, CountryPeriod, Name, Organisation, Succession
    from lineage.models.derivation import together
    from tests.benchmarks.families import family

    bodies, edges = family(SIZE, seed)
    with together():
        rows = {
            body.id: Organisation(
                slug=f"f{seed}-{body.id}",
                name=f"{body.name} of family {seed}",
                founded=str(body.founded[0]),
                dissolved=str(body.dissolved[0]) if body.dissolved else "",
                active="2025" if body.living else "",
                **PUBLISHED,
            )
            for body in bodies
        }
        Organisation.objects.bulk_create(rows.values())
        for body in bodies:
            row = rows[body.id]
            CountryPeriod.objects.create(organisation=row, country=body.countries[0])
            Name.objects.create(organisation=row, text=body.name)
            Name.objects.create(organisation=row, text=body.short, kind="abbreviation")
        made = [
            ChangeEvent(
                slug=f"f{seed}-{edge.event}", kind=edge.kind, date=str(edge.earliest), **PUBLISHED
            )
            for edge in edges
        ]
        ChangeEvent.objects.bulk_create(made)
        Succession.objects.bulk_create(
            Succession(
                event=event,
                predecessor=rows[edge.predecessor],
                successor=rows[edge.successor],
                predecessor_continues=edge.predecessor_continues,
                successor_existed=edge.successor_existed,
            )
            for event, edge in zip(made, edges, strict=True)
        )
    return rows[bodies[0].id].slug


if __name__ == "__main__":
    main()
