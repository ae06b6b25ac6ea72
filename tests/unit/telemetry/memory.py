"""How much memory something holds: what is free again once it is gone.

Not what was used while it was made: tables of the interpreter itself grow meanwhile, such as that
of names, by megabytes and whenever it likes.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def weighed() -> Iterator[Callable[[list[object]], int]]:
    """Within it, `held_bytes([thing])` tells what the last reference to a thing holds, and lets go
    of it; the thing has to be made within, too."""
    gc.collect()
    tracemalloc.start()
    try:
        yield _held_bytes
    finally:
        tracemalloc.stop()


def _held_bytes(last: list[object]) -> int:
    gc.collect()
    with_it, _ = tracemalloc.get_traced_memory()
    last.clear()
    gc.collect()
    without_it, _ = tracemalloc.get_traced_memory()
    return with_it - without_it
