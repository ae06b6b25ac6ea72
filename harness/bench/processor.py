"""What a stack costs of the processor: by process, per customer's request, and without load."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.bench import uvicorn_baseline
from harness.bench.table import Row, figure_row
from harness.drill.session import Session
from harness.runtime.procfs import ProcessTimes, process_times

WINDOW_S = 20.0
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
    """The stack at the load that it has, the greediest process first."""
    spent = await spent_in(session)
    checkout = session.running("users").path
    database_url = session.services.runtime.database_url("users")
    reference = await reference_ms(checkout, database_url, rounds)
    request_ms = spent.total_cores / spent.requests_per_s * 1000
    return [
        *_greediest_first("CPU of", spent),
        figure_row("CPU of all, cores", spent.total_cores),
        figure_row("customers' requests a second", spent.requests_per_s),
        figure_row("CPU of a customer's request, ms", request_ms),
        figure_row("CPU of a reference request, ms", reference),
        figure_row("customer's request / reference request", request_ms / reference),
    ]


async def without_load(session: Session) -> list[Row]:
    """The stack once its customers are gone, for good."""
    await session.services.runtime.stop(LOAD)
    await asyncio.sleep(SETTLED_S)
    spent = await spent_in(session)
    return [
        *_greediest_first("CPU without load of", spent),
        figure_row("CPU without load of all, cores", spent.total_cores),
    ]


def _greediest_first(figure: str, spent: Spent) -> list[Row]:
    greediest = sorted(spent.cores.items(), key=lambda item: -item[1])
    return [figure_row(f"{figure} {name}, cores", cores) for name, cores in greediest]
