"""The record's fixtures: Django's own format, in YAML, a file a family, with natural keys.

``load_record`` reads them through the same door as an interchange document, so that what stock
``loaddata`` would take on trust is refused with its reasons. ``write_fixtures`` writes them.
"""

from __future__ import annotations

from pathlib import Path

from lineage.exchange.collector import uncollected
from lineage.exchange.fixture_reading import read_folder
from lineage.exchange.fixture_writing import as_yaml, write_fixtures
from lineage.exchange.loading import load
from lineage.exchange.rows import Fault, Loaded, Progress

__all__ = ["as_yaml", "load_fixtures", "read_folder", "write_fixtures"]


@uncollected()
def load_fixtures(
    folder: Path, *, dry_run: bool = False, progress: Progress | None = None
) -> Loaded:
    """Load every YAML and JSON file under a folder, all of them or none.

    Raises :class:`~lineage.exchange.loading.Refused` with every fault.
    """
    faults: list[Fault] = []
    rows = list(read_folder(folder, faults, progress))
    return load(rows, update=True, dry_run=dry_run, faults=faults, progress=progress)
