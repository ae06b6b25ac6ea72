"""`drill author try`: one stack kept up, on which a fault shows all that it promises.

A healthy shop that holds none of its clues; then its release, the page, the clues, what mitigates,
the fix, and each cheat, with how near it came to every objective.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.authoring.checks import FaultChecks
from harness.authoring.service_load import PORT_OFFSET
from harness.catalog.reader import Catalog
from harness.drill.session import Session
from harness.errors import UsageError
from harness.host.lifecycle import Outcome, host
from harness.paths import home_dir
from harness.players.evidence_check import idle_evidence
from harness.players.trial import TrialRun
from harness.settings import HostSettings

TRIGGER_DELAY_S = (4.0, 5.0)
"""Long enough to look for every clue in the healthy shop, before the release goes out."""


@dataclass
class AuthorsTrial:
    """The player: it refuses evidence that says nothing, and plays the whole trial otherwise."""

    run: TrialRun
    refusals: list[str] = field(default_factory=list)

    async def play(self, session: Session) -> None:
        """Nothing of the trial is played once something was refused."""
        for fault in session.spec.faults:
            self.refusals += await idle_evidence(session, fault)
        if not self.refusals:
            await self.run.play(session)


@dataclass(frozen=True)
class Tried:
    """What came of it; `outcome` is None where it was refused before a stack was started."""

    refusals: tuple[str, ...]
    run: TrialRun
    outcome: Outcome | None = None


def try_fault(root: Path, fault: str, say: Callable[[str], None]) -> Tried:
    """Try a fault of the checkout at `root`. Raises UnknownName, UsageError where no scenario has
    this fault alone, and what keeps a shop from coming up."""
    trial = AuthorsTrial(TrialRun(say=say))
    for one in FaultChecks(root, fault).before_a_stack():
        say(f"{'FAILS' if one.problem else 'ok   '}  {one.what}")
        if one.problem:
            trial.refusals.append(f"{one.what}: {one.problem.removeprefix(f'{root}/')}")
    if trial.refusals:
        return Tried(tuple(trial.refusals), trial.run)
    scenario = scenario_of(Catalog(root), fault)
    home = home_dir() / "try" / fault
    shutil.rmtree(home, ignore_errors=True)
    settings = HostSettings(
        repo=root,
        scenario=scenario,
        seed=1,
        port_offset=PORT_OFFSET,
        home=home,
        trigger_delay_min_s=TRIGGER_DELAY_S[0],
        trigger_delay_max_s=TRIGGER_DELAY_S[1],
        deploy_pace_s=0,
    )
    outcome = asyncio.run(host(settings, player=trial.play))
    if outcome.error is None:  # else its logs are there to be read
        shutil.rmtree(home, ignore_errors=True)
    return Tried(tuple(trial.refusals), trial.run, outcome)


def scenario_of(catalog: Catalog, fault: str) -> str:
    """The scenario that has this fault and no other. Raises UsageError without one."""
    found = [one.id for one in catalog.scenarios() if one.faults == (fault,) and not one.blips]
    if not found:
        raise UsageError(
            f"no scenario has {fault} alone", f"write one: faults/scenarios/{fault}.toml"
        )
    return found[0]
