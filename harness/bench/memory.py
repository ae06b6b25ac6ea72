"""What a stack costs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from harness.runtime.procfs import PROC

KB_PER_MB = 1024


def pss_total_mb(pids: Iterable[int]) -> float:
    """Memory of processes in MiB, with pages that they share counted once among them (PSS).

    Processes that have ended count nothing.
    """
    total_kb = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total_kb += int(line.split()[1])
    return total_kb / KB_PER_MB
