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

    def require_room(self, running: int, *, starting: int, wanted: int = 1) -> None:
        """Raises EnvironmentMissing, with the figures, where `wanted` drills more have no room. Of
        those that run, `starting` have not taken their memory yet."""
        free_mib = self.free_mib - starting * MIB_PER_DRILL
        cores = (running + wanted) * CORES_PER_DRILL
        if cores <= self.cores and free_mib >= wanted * MIB_PER_DRILL:
            return
        more = "one drill more" if wanted == 1 else f"{wanted} drills more"
        raise EnvironmentMissing(
            f"this machine does not hold {more}: it has {self.cores} cores and"
            f" {max(0, free_mib)} MiB free, {running} drills run,"
            f" and each takes {CORES_PER_DRILL:g} cores and {MIB_PER_DRILL} MiB",
            "stop one (`drill runs stop`), or start this one on another machine"
            if wanted == 1
            else f"it holds {self.room(running, starting=starting)} more now",
        )

    def room(self, running: int, *, starting: int = 0) -> int:
        """How many drills more there is room for."""
        by_cores = int(self.cores / CORES_PER_DRILL + 1e-9) - running
        by_memory = (self.free_mib - starting * MIB_PER_DRILL) // MIB_PER_DRILL
        return max(0, min(by_cores, by_memory))


def _free_mib(meminfo: str) -> int:
    """What programs can still be given, by the kernel's own estimate."""
    for line in meminfo.splitlines():
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            return int(amount.split()[0]) // KIB_PER_MIB
    return 0
