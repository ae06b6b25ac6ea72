"""What services do with their processor time: sampled by themselves, and divided by kind of work.

Not by a sampler outside: it knows who runs only by the interpreter's lock, which whoever waits for
a processor holds, too. On a busy machine py-spy saw services three times as often as they worked,
and most often where they were made to wait.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from harness.bench.kinds import OF_PROCESS, Kind, counted
from harness.runtime.local.runtime import LocalRuntime

EVERY_S = 0.01
"""Of processor time between two samples. Writing one takes 0.3 ms of it."""
LATE_S = 1.0
"""Until a service has heard that it should begin, and has written its last sample."""

Samples = Mapping[str, Counter[Kind]]
"""How often each service was found at each kind of work."""


@dataclass(frozen=True)
class Share:
    """What one kind of work takes."""

    cores: float
    error_cores: float
    """The standard error of it: samples are few."""
    by_process: Mapping[str, float]


async def samples_of(runtime: LocalRuntime, services: Iterable[str], window_s: float) -> Samples:
    """Let the services sample themselves during the next seconds; one that does not has none."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        files = {service: Path(name) / service for service in services}
        for service, file in files.items():
            await runtime.sample(service, file, every_s=EVERY_S, for_s=window_s)
        await asyncio.sleep(window_s + LATE_S)
        return {service: counted(_text(file)) for service, file in files.items()}


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


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
