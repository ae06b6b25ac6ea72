"""One row of the matrix in a process of its own: `python -m harness.matrix.worker …`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.errors import DrillError
from harness.host.lifecycle import Outcome, host
from harness.players.responder_player import Unattended
from harness.players.trial import TrialRun
from harness.settings import HostSettings
from harness.terminal import say

TRACE_RATIO = 0.3
"""Enough traces to find evidence in, for less of the CPU."""


PACE: dict[str, dict[str, float]] = {
    "reference": {
        "trigger_delay_min_s": 1,
        "trigger_delay_max_s": 2,
        "deploy_pace_s": 0,
        "trace_ratio": TRACE_RATIO,
    },
    # As `drill demo`: who does not know the answer needs what a team would have to look at.
    "responder": {"trigger_delay_min_s": 2, "trigger_delay_max_s": 5, "deploy_pace_s": 1},
}


def main() -> None:
    """Play the scenario and write the row as JSON to --answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--player", choices=PACE, required=True)
    parser.add_argument("--port-offset", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--answer", type=Path, required=True)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--turns", type=Path, required=True)
    given = parser.parse_args()
    settings = HostSettings(
        scenario=given.scenario,
        runtime=given.runtime,
        seed=given.seed,
        port_offset=given.port_offset,
        home=given.home,
        campaign_pid=os.getppid(),
        turns=given.turns,
        **PACE[given.player],  # type: ignore[arg-type]
    )
    try:
        row = _played(given.player, settings)
    except DrillError as error:
        say(f"drill: {error}")
        sys.exit(error.exit_code)
    given.answer.write_text(json.dumps(row, indent=2), encoding="utf-8")


def _played(player: str, settings: HostSettings) -> dict[str, Any]:
    if player == "responder":
        solo = Unattended(say=say)
        return solved_row(solo, asyncio.run(host(settings, player=solo.play)))
    run = TrialRun(say=say)
    return row_of(run, asyncio.run(host(settings, player=run.play)))


def solved_row(played: Unattended, outcome: Outcome) -> dict[str, Any]:
    """How the responder fared, as plain data; `shortfalls` is empty where it missed nothing."""
    shortfalls = list(played.shortfalls)
    if outcome.error is not None:
        shortfalls.append(outcome.error.message)
    if played.findings is None:
        return {**machine(outcome), "shortfalls": [*shortfalls, "not played to its end"]}
    return {
        **machine(outcome),
        **asdict(played.findings),
        "page_s": min(played.findings.alerts.values(), default=None),
        "shortfalls": shortfalls,
    }


def row_of(run: TrialRun, outcome: Outcome) -> dict[str, Any]:
    """The row as plain data; `shortfalls` is empty where everything holds."""
    shortfalls = [*run.rehearsal.shortfalls, *run.late]
    if outcome.error is not None:
        shortfalls.append(outcome.error.message)
    if not run.rehearsal.complete:
        shortfalls.append("not played to its end")
    if run.fix is not None and not run.fix.passed:
        why = run.fix.error or ", ".join(run.fix.failing)
        shortfalls.append(f"the code fix does not heal: {why}")
    for cheat in run.cheats:
        if cheat.passed:
            shortfalls.append(f"the cheat {cheat.patch} was accepted")
        elif cheat.error:
            shortfalls.append(f"the cheat {cheat.patch} could not be tried: {cheat.error}")
    if run.untried:
        shortfalls.append(f"ended before these cheats were tried: {', '.join(run.untried)}")
    found = run.rehearsal.evidence_found
    return {
        **machine(outcome),
        "alerts": {name: round(took, 1) for name, took in run.alerts.items()},
        "page_s": min(run.alerts.values(), default=None),
        "pages": run.pages,
        "guesses": dict(run.guesses),
        "source_found": all(found.values()) if found else None,
        "failing_before": list(run.failing_before),
        "rollback": asdict(run.mitigation) if run.mitigation else None,
        "fix": asdict(run.fix) if run.fix else None,
        "cheats": [asdict(cheat) for cheat in run.cheats],
        "shortfalls": shortfalls,
    }


def machine(outcome: Outcome) -> dict[str, float]:
    """How long others had the processor."""
    busy_ms = 0 if outcome.card is None else outcome.card.machine_busy_ms
    return {"machine_busy_s": round(busy_ms / 1000, 1)}


if __name__ == "__main__":
    main()
