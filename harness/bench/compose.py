"""`drill bench --runtime compose`: how soon containers are healthy, and their memory.

Measured from built images: where a run had to build any, another one is measured.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.bench.table import Row, figure_row, start_up_s
from harness.drill.session import Session
from harness.errors import UsageError
from harness.host.lifecycle import host
from harness.runtime.compose.measure import memory_mib, own_images
from harness.settings import HostSettings

Say = Callable[[str], None]
PORT_OFFSET = 21_000
BASELINE_S = 45.0
MEMORY_MIB = 2048.0
GRAFANA = "grafana"


def run_bench(say: Say, *, only_processor: bool = False) -> list[Row]:
    """All figures, each with its bound. Raises UsageError; what keeps the shop from coming up."""
    if only_processor:
        raise UsageError("the processor is measured on the local runtime only", "--runtime local")
    return asyncio.run(_measured(say))


async def _measured(say: Say) -> list[Row]:
    before = await own_images()
    rows = await _one_run()
    if await own_images() - before:
        say("images had to be built: measuring again with all of them present")
        rows = await _one_run()
    return rows


async def _one_run() -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        home = Path(name)

        async def play(session: Session) -> None:
            took = start_up_s(session)
            used = await memory_mib(home)
            used.pop(GRAFANA, None)
            baseline_s = took["baseline"]
            rows.extend(
                (
                    figure_row("compose: stack up, s", took["shop"]),
                    figure_row(
                        "compose: start to healthy baseline, s", baseline_s, at_most=BASELINE_S
                    ),
                    figure_row("compose: containers", len(used)),
                    figure_row(
                        "compose: memory of all, MiB", sum(used.values()), at_most=MEMORY_MIB
                    ),
                )
            )

        settings = HostSettings(
            scenario="healthy", runtime="compose", seed=1, port_offset=PORT_OFFSET, home=home
        )
        outcome = await host(settings, player=play)
    if outcome.error is not None:
        raise outcome.error
    return rows
