"""`drill`, with a host that takes its shop as it comes: few customers, no wait for good health, and
pages from the first alarm on.

For tests of what a killed drill leaves, on a machine that others keep busy. All that a drill starts
and writes is there; only judgements of the shop are not true. CONTAINMENT in the environment says
how its processes are held.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from harness.cli.main import main
from harness.drill.lifecycle import fair_signals, healthy_baseline
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.host import local_plan
from harness.model import ProcessSpec
from harness.runtime.local import supervise

LOAD_SCALE = "0.05"
CONTAINMENT = os.environ.pop("CONTAINMENT", "")
load_of = local_plan.load_of


def few_customers(spec: DrillSpec) -> ProcessSpec:
    load = load_of(spec)
    return replace(load, env={**load.env, "SCALE": LOAD_SCALE})


def say_where_it_stands() -> None:
    """On SIGUSR1 print each thread's stack, on SIGUSR2 each task's: for a host that should be gone
    and is not."""
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    run = asyncio.Runner.run

    def watched(self: asyncio.Runner, work: Coroutine[Any, Any, Any], **options: Any) -> Any:
        async def with_stacks() -> Any:
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGUSR2, print_tasks, loop)
            return await work

        return run(self, with_stacks(), **options)

    asyncio.Runner.run = watched  # type: ignore[method-assign]


def print_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Where each task waits, on standard error."""
    for task in asyncio.all_tasks(loop):
        task.print_stack(file=sys.stderr)


if __name__ == "__main__":
    say_where_it_stands()
    local_plan.load_of = few_customers
    fair_signals.FREE_WITHIN_S = 0.0
    healthy_baseline.QUIET_CHECKS = 1
    healthy_baseline._spoiled = lambda *_: ""
    healthy_baseline.Reading.unhealthy_because = lambda *_: ""  # type: ignore[method-assign]
    Session.has_begun = property(lambda _: True)  # type: ignore[assignment]
    if CONTAINMENT:
        supervise.best_containment = lambda: CONTAINMENT  # type: ignore[assignment]
    main()
