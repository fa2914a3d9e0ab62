"""What the commands print: faults, what was loaded, and progress on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper

from lineage.exchange.rows import Loaded, Progress, Refused, shown

SHOWN = 20
BAR = 30


@contextmanager
def closed_pipe_ends_quietly() -> Iterator[None]:
    """``… | head`` closes the pipe before all is written; that is no error of ours."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer would be tried once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def list_faults(out: OutputWrapper, refused: Refused) -> None:
    """Every fault on a line of its own, and that nothing was written."""
    for fault in refused.faults:
        out.write(str(fault))
    count = len(refused.faults)
    out.write(f"{count} fault{'' if count == 1 else 's'}; nothing was written.")


def list_loaded(out: OutputWrapper, loaded: Loaded, *, dry_run: bool) -> None:
    """What was added, changed, removed and left, in numbers; on a dry run by name too."""
    would = {
        "added": "would be added",
        "changed": "would be changed",
        "removed": "would be removed",
    }
    for what in ("added", "changed", "removed", "left"):
        groups = getattr(loaded, what)
        counts = ", ".join(f"{len(records)} {name}" for name, records in groups.items())
        label = would.get(what, what) if dry_run else what
        out.write(f"{label}: {counts or 'nothing'}")
        if dry_run and what != "left":
            for name, records in groups.items():
                for record in records[:SHOWN]:
                    out.write(f"  {name}: {shown(record, 200)}")
                if len(records) > SHOWN:
                    out.write(f"  {name}: and {len(records) - SHOWN} more")


def progress_on(out: OutputWrapper) -> Progress | None:
    """A bar that fills on a terminal, a line a stage; ``None`` where there is none."""
    if not out.isatty():
        return None

    def show(stage: str, done: int, total: int) -> None:
        filled = BAR * done // total
        bar = "#" * filled + "." * (BAR - filled)
        end = "\n" if done == total else ""
        out.write(f"\r{stage:<14} [{bar}] {done:>6} of {total}", ending=end)
        out.flush()

    return show
