"""`drill`, with a host that takes its shop as it comes: few customers, no wait for good health, and
pages from the first alarm on.

For tests of what a killed drill leaves, on a machine that others keep busy. All that a drill starts
and writes is there; only judgements of the shop are not true. CONTAINMENT in the environment says
how its processes are held.
"""

from __future__ import annotations

import os
from dataclasses import replace

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


if __name__ == "__main__":
    local_plan.load_of = few_customers
    fair_signals.FREE_WITHIN_S = 0.0
    healthy_baseline.QUIET_CHECKS = 1
    healthy_baseline._spoiled = lambda *_: ""
    healthy_baseline.Reading.unhealthy_because = lambda *_: ""  # type: ignore[method-assign]
    Session.has_begun = property(lambda _: True)  # type: ignore[assignment]
    if CONTAINMENT:
        supervise.best_containment = lambda: CONTAINMENT  # type: ignore[assignment]
    main()
