"""What a row of the matrix makes of a trial."""

from __future__ import annotations

from typing import Any

from harness.host.lifecycle import Outcome
from harness.matrix.worker import row_of
from harness.players.trial import Trial, TrialRun


def played(**facts: Any) -> list[str]:
    """The shortfalls of a trial that was played to its end, but for `facts`."""
    run = TrialRun(say=lambda _: None)
    run.rehearsal.complete = True
    for name, value in facts.items():
        setattr(run, name, value)
    found: list[str] = row_of(run, Outcome(card=None, reason="", error=None))["shortfalls"]
    return found


def test_a_trial_that_was_ended_before_its_last_cheat_falls_short() -> None:
    rejected = Trial("1-first.patch", passed=False, failing=("checkout_p95_ms",), error="")
    assert played(cheats=[rejected]) == []
    assert played(cheats=[rejected], untried=["2-second", "3-third"]) == [
        "ended before these cheats were tried: 2-second, 3-third"
    ]


def test_a_cheat_that_was_accepted_falls_short() -> None:
    accepted = Trial("1-first.patch", passed=True, failing=(), error="")
    assert played(cheats=[accepted]) == ["the cheat 1-first.patch was accepted"]
