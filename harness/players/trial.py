"""One scenario put to the proof: page, mitigation, code fix, and every cheat rejected.

It is a Rehearsal that goes on after the rollback (or the flag that was switched off): the bad
release is shipped again to the silent shop (or the flag switched on again), and once it pages
again the code fix must heal it; then each cheat, which is what was bad with a patch on top, is
deployed to the recovered shop and must fail verification.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.drill.actions import deploy, flags, verify
from harness.drill.actions.recovery import RECOVERY_TIMEOUT_S, settled
from harness.drill.lifecycle import disturbances
from harness.drill.session import Session
from harness.errors import DrillError
from harness.model import BuiltRelease, Fault
from harness.players.detection_times import calls, fired_after, grace_s
from harness.players.guesses import guessed_right
from harness.players.reference_player import ACTOR, Rehearsal
from harness.record import events
from harness.verification.objectives import SILENCE, Margin, margins, nearest_bound
from harness.waiting import WaitedTooLong, wait_until

SYMPTOM_TIMEOUT_S = 45.0
STRESS_S = 6.0
CHEAT_STRESS_S = 4.0
CHEAT_SETTLE_S = 4.0
"""What a cheat gets to look healthy; one that never does is not waited for."""


@dataclass(frozen=True)
class Trial:
    """How one patch fared: a fix must pass verification, a cheat must not."""

    patch: str
    passed: bool
    failing: tuple[str, ...]
    error: str = ""
    nearest: str = ""
    """The objective nearest to noticing, of a cheat that none but the alerts gave away."""


@dataclass
class TrialRun:
    """Plays a whole trial; read the fields afterwards."""

    say: Callable[[str], None]
    rehearsal: Rehearsal = field(init=False)
    alerts: dict[str, float] = field(default_factory=dict)
    """Alert → seconds from the trigger until it fired, for those that fired before it was over."""
    late: list[str] = field(default_factory=list)
    """Alerts that the fault promises and that did not fire in time."""
    failing_before: tuple[str, ...] = ()
    mitigation: Trial | None = None
    fix: Trial | None = None
    cheats: list[Trial] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    """Cheats that it was ended before."""
    pages: int = 0
    guesses: Mapping[str, bool] = field(default_factory=dict)
    """Trivial guess → whether it would have named the right service."""

    margins: dict[str, tuple[Margin, ...]] = field(default_factory=dict)
    """Fix or cheat → how near it came to each objective."""

    def __post_init__(self) -> None:
        self.rehearsal = Rehearsal(self.say, STRESS_S)

    async def play(self, session: Session) -> None:
        """Play to the end, or to the first thing that makes the rest meaningless."""
        await self.rehearsal.play(session)
        self.pages = calls(session)
        self._read_alerts(session)
        self.guesses = guessed_right(session)
        verification = session.state().verification
        if not self.rehearsal.complete or verification is None or not session.spec.faults:
            return
        acts = {
            f"{one.mitigation.flag} off" if one.mitigation.flag else "rollback"
            for one in session.spec.faults
        }
        self.mitigation = _trial(", ".join(sorted(acts)), verification)
        self.failing_before = tuple(
            row.measure
            for row in verification.results
            if row.at_page is not None and _broke(session, row)
        )
        for fault in session.spec.faults:
            if len(session.spec.faults) > 1:
                self.cheats.append(await self._leave_one(session, fault))
            else:
                await self._mend_and_cheat(session, fault)

    async def _mend_and_cheat(self, session: Session, fault: Fault) -> None:
        self.untried = [patch.stem for patch in fault.cheat_patches]
        # The fix comes first: it is tried on a shop whose alerts were silent before it broke.
        if await self._break_again(session, fault):
            self.fix = await self._try(
                session, fault.fix_patch, fault, RECOVERY_TIMEOUT_S, STRESS_S
            )
        for patch in fault.cheat_patches:
            self.cheats.append(await self._try_cheat(session, fault, patch))
            self.untried.remove(patch.stem)

    async def _leave_one(self, session: Session, fault: Fault) -> Trial:
        """All but one healed is not healed. Fixes and cheats are proven where each is alone."""
        await self._break_again(session, fault)
        result = await verify.verify(
            session,
            by=ACTOR,
            progress=self.say,
            duration_s=CHEAT_STRESS_S,
            settle_s=CHEAT_SETTLE_S,
        )
        await self._ship_healthy(session, fault)
        return _trial(f"all but {fault.service} healed", result)

    def _read_alerts(self, session: Session) -> None:
        self.alerts = fired_after(session.services.record.events())
        for fault in session.spec.faults:
            own = fired_after(session.services.record.events(), fault.service)
            for rule in fault.detect:
                took, due_s = own.get(rule.alert), rule.within_s + grace_s(session, fault)
                if took is None or took > due_s:
                    seen = "never" if took is None else f"after {took:.1f} s"
                    self.late.append(f"{rule.alert} fired {seen}, due in {due_s:.3g} s")

    async def _break_again(self, session: Session, fault: Fault) -> bool:
        if fault.release is not None:
            bad = session.services.workspace.release(fault.service, fault.release.version_to)
            self.say(f"shipping {fault.service} {bad.version} again")
            await self._ship(session, bad)
        await self._switch_flag(session, fault, enabled=True)
        await asyncio.sleep(fault.trigger.after_s)
        await disturbances.strike(session, fault)
        try:
            await wait_until(
                lambda: _symptom(session), timeout_s=SYMPTOM_TIMEOUT_S, what="the symptom again"
            )
        except WaitedTooLong as error:
            self.rehearsal.shortfalls.append(str(error))
            return False
        return True

    async def _try_cheat(self, session: Session, fault: Fault, patch: Path) -> Trial:
        trial = await self._try(session, patch, fault, CHEAT_SETTLE_S, CHEAT_STRESS_S)
        await self._ship_healthy(session, fault)
        verdict = "ACCEPTED" if trial.passed else f"rejected by {', '.join(trial.failing)}"
        verdict += f" alone; nearest: {trial.nearest}" if trial.nearest else ""
        self.say(f"cheat {patch.stem}: {verdict}")
        return trial

    async def _try(
        self, session: Session, patch: Path, fault: Fault, settle_s: float, stress_s: float
    ) -> Trial:
        try:
            built = await asyncio.to_thread(session.services.workspace.compose, fault, patch)
            await self._ship(session, built)
            await self._switch_flag(session, fault, enabled=True)
            await settled(session, settle_s)
        except DrillError as error:
            return Trial(patch.name, passed=False, failing=(), error=error.message)
        result = await verify.verify(
            session, by=ACTOR, progress=self.say, duration_s=stress_s, settle_s=settle_s
        )
        trial = _trial(patch.name, result)
        measures = {row.measure: row.value for row in result.results}
        asked = verify.objectives(session.spec)
        self.margins[patch.stem] = margins(measures, asked)
        if trial.failing != (SILENCE,):
            return trial
        nearest = nearest_bound(measures, asked)
        return replace(trial, nearest=nearest or "none that is measured")

    async def _ship_healthy(self, session: Session, fault: Fault) -> None:
        """What served before anything went wrong, with what mitigates in force."""
        healthy = session.services.workspace.shop.initial[fault.service]
        if fault.release is not None:
            healthy = session.services.workspace.release(fault.service, fault.release.version_from)
        await self._ship(session, healthy)
        await self._switch_flag(session, fault, enabled=False)
        await settled(session)

    async def _switch_flag(self, session: Session, fault: Fault, *, enabled: bool) -> None:
        """A flag that mitigates would hide what a patch does; it is off only between patches."""
        if flag := fault.mitigation.flag:
            self.say(f"{flag} of {fault.service} {'on' if enabled else 'off'}")
            await flags.switch(session, flag, enabled=enabled, by=ACTOR)

    async def _ship(self, session: Session, built: BuiltRelease) -> None:
        await deploy.release(
            session, built, by=ACTOR, summary=f"trial of {built.version}", progress=self.say
        )


def _trial(name: str, result: events.VerifyFinished) -> Trial:
    failing = tuple(row.measure for row in result.results if not row.holds)
    return Trial(name, passed=result.passed, failing=failing)


async def _symptom(session: Session) -> bool | None:
    return any(alert.severity == "critical" for alert in session.run.alerts.firing()) or None


def _broke(session: Session, row: events.VerifyResult) -> bool:
    """Did this measure break its objective at the page?"""
    bounds = {objective.measure: objective for objective in verify.objectives(session.spec)}
    objective = bounds.get(row.measure)
    return objective is not None and not objective.holds(row.at_page)
