"""Tries as a benchmark keeps them."""

from __future__ import annotations

from harness.agentbench.tries import Effort, Status, Try
from harness.scoring.grades import Conduct, Grades


def made(
    *,
    player: str = "responder",
    scenario: str = "deadlock",
    seed: int = 1,
    passed: bool = False,
    grounded: bool | None = False,
    faults: int = 1,
    status: Status = "played",
) -> Try:
    """A try that passed, or failed at naming the source."""
    grades = Grades(
        detected=True, source_named=passed, mechanism_named=passed, grounded=grounded, proven=True,
        conduct=Conduct(0, 0, 0), users_affected=10, revenue_lost=5.0, brier=0.1, forecasts=2,
        turns=7, healed_after_s=60.0,
    )  # fmt: skip
    return Try(
        player, scenario, seed, 1, False, faults, status, "",
        grades if status == "played" else None, Effort(), None, 80.0, 0.0,
    )  # fmt: skip
