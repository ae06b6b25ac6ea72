"""One try in a process of its own: `python -m harness.agentbench.played_try …`.

It plays as `drill demo` does, then grades what is in the record. Evidence is looked up while the
telemetry that it points to is still there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.agentbench.entrants import Command, Entrant, entrant
from harness.agentbench.tries import Effort
from harness.drill.lifecycle.seal import opened_key, opened_lure
from harness.drill.queries.past_drills import read_events
from harness.drill.session import Session
from harness.errors import DrillError
from harness.host.lifecycle import Outcome, host
from harness.matrix.worker import PACE, machine
from harness.players.grounding import grounding, looked_up
from harness.record.events import AgentEnded
from harness.record.story import Story, fold
from harness.scoring.case import Case
from harness.scoring.grades import grade
from harness.settings import HostSettings
from harness.terminal import say
from harness.trajectory.atif import trajectory

TRAJECTORY = "trajectory.json"


def main() -> None:
    """Play the scenario, and write what came of it as JSON to --answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--player", required=True)
    parser.add_argument("--price")
    parser.add_argument("--command", type=Command.read)
    parser.add_argument("--port-offset", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--answer", type=Path, required=True)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--turns", type=Path, required=True)
    parser.add_argument("--repo", type=Path, required=True)
    given = parser.parse_args()
    settings = HostSettings(
        scenario=given.scenario,
        runtime=given.runtime,
        seed=given.seed,
        port_offset=given.port_offset,
        home=given.home,
        repo=given.repo,
        turns=given.turns,
        campaign_pid=os.getppid(),
        **PACE["responder"],  # type: ignore[arg-type]
    )
    try:
        answer = asyncio.run(
            _played(entrant(given.player, say, given.price, given.command), given.player, settings)
        )
    except DrillError as error:
        say(f"drill: {error}")
        sys.exit(error.exit_code)
    given.answer.write_text(json.dumps(answer, indent=2), encoding="utf-8")


async def _played(player: Entrant, name: str, settings: HostSettings) -> dict[str, Any]:
    found: list[tuple[Path, Any]] = []

    async def play(session: Session) -> None:
        await player.play(session)
        found.append((session.spec.run_dir, await grounding(session)))

    outcome = await host(settings, player=play)
    if outcome.error is not None or not found:
        why = outcome.error.message if outcome.error else outcome.reason
        return {**machine(outcome), "why": why or "not played to its end", "shortfalls": []}
    return _graded(player, name, outcome, *found[0])


def _graded(
    player: Entrant, name: str, outcome: Outcome, run_dir: Path, on_path: Any
) -> dict[str, Any]:
    envelopes = read_events(run_dir / "record.db")
    story = fold(envelopes)
    case = Case(story, opened_key(story))
    grades = grade(case, lambda cause, link: looked_up(on_path, cause, link), opened_lure(story))
    found = trajectory(envelopes, player=name, version="1", truth=opened_key(story), grades=grades)
    (run_dir / TRAJECTORY).write_text(json.dumps(found, indent=1), encoding="utf-8")
    return {
        **machine(outcome),
        "why": "",
        "grades": asdict(grades),
        "effort": asdict(effort_of(story)),
        "trajectory": str(run_dir / TRAJECTORY),
        "shortfalls": list(player.shortfalls),
    }


def effort_of(story: Story) -> Effort:
    """What an agent used up, as far as the record tells."""
    ended = story.last(AgentEnded)
    if ended is None or not ended.event.turns:
        return Effort()  # of a program that brings its own loop nobody counts tokens
    event = ended.event
    return Effort(event.input_tokens, event.output_tokens, event.usd)


if __name__ == "__main__":
    main()
