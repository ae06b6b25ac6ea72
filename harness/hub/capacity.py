"""How many drills this machine holds, from figures that anybody can check."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing

CORES_PER_DRILL = 0.6
"""Processor time of a drill under its load at SCALE=1, as `drill bench` measures it."""
MIB_PER_DRILL = 800
"""Memory of the same: shop, Postgres, Prometheus, recorder, third parties, load and host."""
MEMORY_INFO = Path("/proc/meminfo")
KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Machine:
    """What there is to share out."""

    cores: int
    free_mib: int

    @classmethod
    def measured(cls) -> Machine:
        """This machine, as the kernel gives it to us."""
        return cls(len(os.sched_getaffinity(0)), _free_mib(MEMORY_INFO.read_text(encoding="ascii")))

    def require_room(self, running: int, *, starting: int) -> None:
        """Raises EnvironmentMissing, with the figures, where one more drill has no room. Of those
        that run, `starting` have not taken their memory yet."""
        wanted = running + 1
        free_mib = self.free_mib - starting * MIB_PER_DRILL
        if wanted * CORES_PER_DRILL <= self.cores and free_mib >= MIB_PER_DRILL:
            return
        raise EnvironmentMissing(
            f"this machine does not hold one drill more: it has {self.cores} cores and"
            f" {max(0, free_mib)} MiB free, {running} drills run,"
            f" and each takes {CORES_PER_DRILL:g} cores and {MIB_PER_DRILL} MiB",
            "stop one (`drill runs stop`), or start this one on another machine",
        )


def _free_mib(meminfo: str) -> int:
    """What programs can still be given, by the kernel's own estimate."""
    for line in meminfo.splitlines():
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            return int(amount.split()[0]) // KIB_PER_MIB
    return 0
