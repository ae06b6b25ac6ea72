"""What a stack costs of the processor: by process, by kind of work, per customer's request, and
without load.

How much it is, is measured while nobody looks closer; by what it is divided comes from a second
window, in which the services sample themselves, and that costs them a few percent.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.bench import uvicorn_baseline
from harness.bench.journeys import latencies
from harness.bench.sampling import EVERY_S, Samples, Share, by_kind, samples_of
from harness.bench.table import Row, figure_row
from harness.drill.session import Session
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.procfs import ProcessTimes, process_times

WINDOW_S = 20.0
SAMPLED_S = 30.0
WINDOWS_S = WINDOW_S + SAMPLED_S
SETTLED_S = 5.0
"""From the end of the load until what it began is done."""
REFERENCE = "harness.bench.reference_app:create_app"
CUSTOMERS_REQUESTS = "sum(user_requests_total)"
HOST = "host"
LOAD = "load"


@dataclass(frozen=True)
class Spent:
    """Cores used by each process of the stack, by its name, and customers' requests a second."""

    cores: Mapping[str, float]
    requests_per_s: float

    @property
    def total_cores(self) -> float:
        return sum(self.cores.values())


@dataclass(frozen=True)
class Sampled:
    """What services were found at, and the processor time that /proc says they took meanwhile."""

    samples: Samples
    used_s: float

    @property
    def agreement(self) -> float:
        """Processor time by samples / by /proc."""
        return sum(seen.total() for seen in self.samples.values()) * EVERY_S / self.used_s


def by_name(names: Mapping[int, str], times: Mapping[int, ProcessTimes]) -> dict[str, float]:
    """Seconds of processor time by name: each process counts for its nearest ancestor (or itself)
    that has one, those without any for nobody."""
    spent: dict[str, float] = {}
    for pid, one in times.items():
        owner: int | None = pid
        while owner is not None and owner not in names:
            owner = times[owner].parent if owner in times else None
        if owner is not None:
            spent[names[owner]] = spent.get(names[owner], 0.0) + one.own_s + one.reaped_s
    return spent


async def spent_in(session: Session, window_s: float = WINDOW_S) -> Spent:
    """What the stack and its host use during the next seconds."""
    names = {one.pid: one.name for one in session.services.runtime.processes() if one.pid}
    names[os.getpid()] = HOST
    value = session.services.prometheus.value
    began, served = time.monotonic(), await value(CUSTOMERS_REQUESTS) or 0.0
    before = by_name(names, process_times())
    await asyncio.sleep(window_s)
    after, elapsed_s = by_name(names, process_times()), time.monotonic() - began
    requests = (await value(CUSTOMERS_REQUESTS) or 0.0) - served
    cores = {name: (took - before.get(name, 0.0)) / elapsed_s for name, took in after.items()}
    return Spent(cores, requests / elapsed_s)


async def reference_ms(checkout: Path, database_url: str, rounds: int) -> float:
    """Processor time of one reference request in milliseconds, the median of some rounds."""
    costs = []
    async with uvicorn_baseline.serving(checkout, database_url, None, app=REFERENCE) as plain:
        await plain.press()  # imports, connections and caches are warm after it
        for _ in range(rounds):
            before = process_times()[plain.pid].own_s
            served = await plain.press()
            costs.append((process_times()[plain.pid].own_s - before) / served * 1000)
    return sorted(costs)[rounds // 2]


async def under_load(session: Session, rounds: int) -> list[Row]:
    """The stack at its load, the greediest process first, and how long customers wait."""
    began = datetime.now(UTC)
    spent = await spent_in(session)
    sampled = await _sampled(session)
    waits = await latencies(session, began, datetime.now(UTC))
    checkout = session.running("users").path
    database_url = session.services.runtime.database_url("users")
    reference = await reference_ms(checkout, database_url, rounds)
    ms_of_a_core = 1000 / spent.requests_per_s
    request_ms = spent.total_cores * ms_of_a_core
    return [
        *_greediest_first("CPU of", spent),
        figure_row("CPU of all, cores", spent.total_cores),
        figure_row("customers' requests a second", spent.requests_per_s),
        *kind_rows("CPU of a customer's request", "ms", spent.cores, sampled, ms_of_a_core),
        figure_row("CPU of a customer's request, ms", request_ms),
        figure_row("CPU of a reference request, ms", reference),
        figure_row("customer's request / reference request", request_ms / reference),
        *waits,
    ]


async def without_load(session: Session) -> list[Row]:
    """The stack once its customers are gone, for good."""
    await session.services.runtime.stop(LOAD)
    await asyncio.sleep(SETTLED_S)
    spent = await spent_in(session)
    sampled = await _sampled(session)
    return [
        *_greediest_first("CPU without load of", spent),
        *kind_rows("CPU without load", "cores", spent.cores, sampled),
        figure_row("CPU without load of all, cores", spent.total_cores),
    ]


def kind_rows(
    figure: str, unit: str, cores: Mapping[str, float], sampled: Sampled, scale: float = 1.0
) -> list[Row]:
    """What each kind of work takes, with its standard error; how far samples and /proc agree."""
    kinds = by_kind(cores, sampled.samples)
    of_all = sum(share.cores for share in kinds.values()) / sum(cores.values())
    return [
        *(_kind_row(f"{figure}: {kind}, {unit}", share, scale) for kind, share in kinds.items()),
        figure_row(f"{figure}: all kinds / all processes", of_all),
        figure_row(f"{figure}: services' samples / their CPU", sampled.agreement),
    ]


def _kind_row(figure: str, share: Share, scale: float) -> Row:
    parts = {process: round(cores * scale, 4) for process, cores in share.by_process.items()}
    return {
        **figure_row(figure, share.cores * scale),
        "error": round(share.error_cores * scale, 3),
        "by_process": parts,
    }


async def _sampled(session: Session) -> Sampled:
    """What the services do during the next seconds."""
    runtime = session.services.runtime
    assert isinstance(runtime, LocalRuntime)  # noqa: S101 - the caller has set it up
    names = {one.pid: one.name for one in runtime.processes() if one.pid}
    before = by_name(names, process_times())
    samples = await samples_of(runtime, runtime.running(), SAMPLED_S)
    after = by_name(names, process_times())
    return Sampled(samples, sum(after[name] - before.get(name, 0.0) for name in samples))


def _greediest_first(figure: str, spent: Spent) -> list[Row]:
    greediest = sorted(spent.cores.items(), key=lambda item: -item[1])
    return [figure_row(f"{figure} {name}, cores", cores) for name, cores in greediest]
