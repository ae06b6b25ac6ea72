"""What the stack's Python services do, asked of py-spy a hundred times a second.

Only threads that hold the interpreter's lock count: in a PID namespace of their own py-spy cannot
tell which others sleep. A service that waits for a processor holds the lock, too, so samples say
how its time is divided; how much there is of it, /proc says (`by_kind`).
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from harness.bench.kinds import OF_PROCESS, Kind, counted
from harness.child_env import program_env
from harness.errors import EnvironmentMissing
from harness.runtime.task_group import together

SAMPLES_PER_S = 100
LATE_S = 30.0
"""How much longer than asked for py-spy may take to begin and to write."""
PY_SPY = Path(sys.executable).parent / "py-spy"

Samples = Mapping[str, Counter[Kind]]
"""How often each service was seen at each kind of work."""


@dataclass(frozen=True)
class Share:
    """What one kind of work takes."""

    cores: float
    error_cores: float
    """The standard error of it: samples are few."""
    by_process: Mapping[str, float]


async def samples_of(pids: Mapping[str, int], window_s: float) -> Samples:
    """Watch the processes during the next seconds. Raises EnvironmentMissing."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        await together(*(_watch(pid, folder / service, window_s) for service, pid in pids.items()))
        return {
            service: counted((folder / service).read_text(encoding="utf-8").splitlines())
            for service in pids
        }


def by_kind(cores: Mapping[str, float], samples: Samples) -> dict[Kind, Share]:
    """Cores by kind of work, of cores by process: they add up to the same.

    A process that is one kind is that kind; a service is divided as its samples are, and is
    `other` where it has none.
    """
    parts: dict[Kind, dict[str, float]] = {}
    variances: dict[Kind, float] = {}
    for process, used in cores.items():
        seen = samples.get(process, Counter())
        count = seen.total()
        if process in OF_PROCESS or not count:
            parts.setdefault(OF_PROCESS.get(process, Kind.OTHER), {})[process] = used
            continue
        for kind, times in seen.items():
            share = times / count
            parts.setdefault(kind, {})[process] = share * used
            variance = used**2 * share * (1 - share) / count
            variances[kind] = variances.get(kind, 0.0) + variance
    return {
        kind: Share(sum(of.values()), sqrt(variances.get(kind, 0.0)), of)
        for kind, of in sorted(parts.items(), key=lambda item: -sum(item[1].values()))
    }


async def _watch(pid: int, file: Path, window_s: float) -> None:
    # Without line numbers a function is one line of the file; with whole paths its module is known.
    try:
        spy = await asyncio.create_subprocess_exec(
            *(str(PY_SPY), "record", "--pid", str(pid), "--gil", "--format", "raw"),
            *("--full-filenames", "--nolineno", "--rate", str(SAMPLES_PER_S)),
            *("--duration", f"{window_s:.0f}", "--output", str(file)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=program_env(),
        )
    except FileNotFoundError as error:
        raise EnvironmentMissing("py-spy is missing", "make setup") from error
    try:
        _, told = await asyncio.wait_for(spy.communicate(), window_s + LATE_S)
    finally:
        if spy.returncode is None:
            spy.kill()
            await spy.wait()
    if spy.returncode or not file.exists():
        reason = told.decode(errors="replace").strip().splitlines() or ["it says nothing"]
        raise EnvironmentMissing(
            f"py-spy could not watch process {pid}: {reason[-1]}",
            "as root, or where kernel.yama.ptrace_scope is 0, it may",
        )
