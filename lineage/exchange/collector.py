"""Python's collector of cycles, at rest while ten thousands of rows come to stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage inside: a load makes next to none, and each look goes over all rows.

    Afterwards the collector is as it was, after an error too.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
