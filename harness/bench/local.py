"""`drill bench`: a healthy shop is brought up and measured beside the plain way of doing it.

Ratios are taken in one run on one machine, so that noise meets both sides alike.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from harness.bench import processor, uvicorn_baseline
from harness.bench.table import Row, figure_row, start_up_s
from harness.bench.uvicorn_baseline import PlainService
from harness.catalog.reader import Catalog
from harness.drill.session import Session
from harness.host.lifecycle import host
from harness.paths import REPO
from harness.runtime.procfs import pss_total_mb
from harness.runtime.programs.cache import cache_dir
from harness.settings import HostSettings

Say = Callable[[str], None]
PORT_OFFSET = 22_000
RESTARTS = 5
ROUNDS = 3


def run_bench(say: Say, *, only_processor: bool = False) -> list[Row]:
    """All figures, each with its bound; or what takes the processor, in half the time.

    Raises what keeps the shop from coming up.
    """
    bench = _Bench(say)
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        settings = HostSettings(
            scenario="healthy", seed=1, port_offset=PORT_OFFSET, home=Path(home)
        )
        player = bench.processor if only_processor else bench.play
        outcome = asyncio.run(host(settings, player=player))
    if outcome.error is not None:
        raise outcome.error
    if not bench.is_complete:
        say("ended before everything was measured: the rest is missing")
    return bench.rows if only_processor else [*bench.rows, *_from_the_matrix()]


class _Bench:
    """Measures one running shop."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.rows: list[Row] = []
        self.is_complete = False
        self.began = time.time()

    async def play(self, session: Session) -> None:
        """Take all figures in turn."""
        self._start_up(session)
        all_pids = [process.pid for process in session.services.runtime.processes() if process.pid]
        services = set(session.services.runtime.running())
        ours = [p.pid for p in session.services.runtime.processes() if p.pid and p.name in services]
        self._row("whole stack, PSS MiB", pss_total_mb([*all_pids, os.getpid()]), at_most=1024)
        forked_mb = pss_total_mb(ours) / len(ours)
        await self._against_plain(session, forked_mb)
        await self._tracing(session)
        await self.processor(session)

    async def processor(self, session: Session) -> None:
        """Take what concerns the processor, at last without customers."""
        self.say(f"measuring what takes the processor, for {processor.WINDOWS_S:g} s")
        self.rows += await processor.under_load(session, ROUNDS)
        self.say("measuring the shop without customers")
        self.rows += await processor.without_load(session)
        self.is_complete = True

    def _start_up(self, session: Session) -> None:
        took = start_up_s(session)
        self._row("stack up, s", took["shop"], at_most=None)
        if was_prepared_since(self.began):
            self._row("start to healthy baseline, databases prepared first, s", took["baseline"])
        else:
            self._row("start to healthy baseline, s", took["baseline"], at_most=15)

    async def _against_plain(self, session: Session, forked_mb: float) -> None:
        """A forked service beside one that is started as anybody would."""
        self.say("starting a service with plain uvicorn")
        url = session.services.runtime.database_url("users", role="reporting")
        checkout = session.running("users").path
        starts = []
        for _ in range(ROUNDS):
            async with uvicorn_baseline.serving(checkout, url, None) as plain:
                starts.append(plain.started_in_s)
                plain_mb = pss_total_mb([plain.pid])
        cold_s = sorted(starts)[ROUNDS // 2]
        self.say("restarting a service by fork")
        forks = sorted([await _restart_s(session) for _ in range(RESTARTS)])
        self._row("plain start of one service, s", cold_s, at_most=None)
        self._row("restart by fork, s", forks[RESTARTS // 2], at_most=None)
        self._row("restart by fork / plain start", forks[RESTARTS // 2] / cold_s, at_most=0.35)
        self._row("memory of a forked service / plain", forked_mb / plain_mb, at_most=0.65)

    async def _tracing(self, session: Session) -> None:
        """Throughput of one service with all requests traced, beside none."""
        self.say("measuring what tracing costs")
        url, checkout = (
            session.services.runtime.database_url("users", role="reporting"),
            session.running("users").path,
        )
        recorder = session.spec.places.recorder_url
        async with (
            uvicorn_baseline.serving(checkout, url, None) as silent,
            uvicorn_baseline.serving(checkout, url, recorder) as traced,
        ):
            await _press_alternately(silent, traced)
        self._row("throughput traced / not", traced.median_rate / silent.median_rate, at_least=0.6)
        cost_us = 1e6 / traced.median_rate - 1e6 / silent.median_rate
        self._row("tracing, microseconds a request", cost_us, at_most=None)

    def _row(
        self,
        figure: str,
        measured: float,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        self.rows.append(figure_row(figure, measured, at_most=at_most, at_least=at_least))


def was_prepared_since(moment: float) -> bool:
    """Whether databases were prepared since then (seconds since the epoch): only the first drill of
    a machine waits for that."""
    written = (cache_dir() / "postgres").glob("*/secrets.json")
    return any(one.stat().st_mtime >= moment for one in written)


async def _press_alternately(*services: PlainService) -> None:
    """Press each in turn, so that what disturbs the machine meets all of them."""
    for _ in range(ROUNDS):
        for service in services:
            await service.press()


async def _restart_s(session: Session) -> float:
    """Seconds from the order until the fresh process serves."""
    began = time.monotonic()
    serving_at: list[float] = []

    def progress(text: str) -> None:
        if text.endswith("is serving"):
            serving_at.append(time.monotonic())

    await session.services.runtime.restart("users", progress)
    return (serving_at[0] if serving_at else time.monotonic()) - began


def _from_the_matrix() -> list[Row]:
    """What the last `make smoke` measured, where there is one."""
    try:
        matrix = json.loads((REPO / "var" / "smoke" / "matrix.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    rows = [
        figure_row(f"trigger to page, {row['scenario']}, s", row["page_s"], at_most=due_s)
        for row in matrix["rows"]
        if row.get("page_s") is not None and (due_s := page_due_s(row["scenario"])) is not None
    ]
    alone = sum(row["took_s"] for row in matrix["rows"])
    return [*rows, figure_row("matrix / its stacks in a row", matrix["took_s"] / alone)]


def page_due_s(scenario: str) -> float | None:
    """Seconds within which the first alert of a scenario's faults is due."""
    catalog = Catalog(REPO)
    due_s = [
        rule.within_s
        for fault in catalog.scenario(scenario).faults
        for rule in catalog.fault(fault).detect
    ]
    return min(due_s, default=None)
