"""A drill played unattended, by the fault's own declared evidence and its rollback.

It proves that the scenario works from page to proof. It knows the answer, so it proves nothing
about how hard the drill is.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from harness.causes import NOWHERE
from harness.drill.actions import deploy, diagnosis, flags, pager, verify
from harness.drill.actions.recovery import RECOVERY_TIMEOUT_S, settled
from harness.drill.session import Session
from harness.model import Fault, Mechanism
from harness.players.evidence_check import find_evidence, idle_evidence
from harness.record import events
from harness.waiting import WaitedTooLong, wait_until

PAGE_TIMEOUT_S = 90.0
EVIDENCE_TIMEOUT_S = 20.0
ACTOR = "responder"


class Rehearsal:
    """Plays one drill, and says where it fell short."""

    def __init__(self, say: Callable[[str], None], stress_s: float | None = None) -> None:
        self.say, self.stress_s = say, stress_s
        self.shortfalls: list[str] = []
        self.complete = False
        self.summary = ""
        self.evidence_found: dict[str, bool] = {}
        self.page_took_s: float | None = None

    async def play(self, session: Session) -> None:
        """Wait for the page, acknowledge, find the evidence, diagnose, mitigate, verify."""
        for fault in session.spec.faults:
            self.shortfalls += await idle_evidence(session, fault)
        if not session.spec.faults and not session.spec.scenario.blips:
            await self._watch_silence(session)
            return
        if not await self._wait_for_page(session):
            return
        things = len(session.spec.faults) + len(session.spec.scenario.blips)
        if session.spec.faults and things > 1 and not await self._wait_for_each(session):
            return
        pager.acknowledge(session, None, ACTOR)
        self.say("acknowledged")
        for fault in session.spec.faults:
            await self._localise(session, fault)
        for fault in session.spec.faults:
            await self._mitigate(session, fault)
        if not await settled(session):
            self.shortfalls.append(f"no recovery within {RECOVERY_TIMEOUT_S:g} s")
        if not session.spec.faults:
            self._leave_alone(session)
        result = await verify.verify(session, by=ACTOR, progress=self.say, duration_s=self.stress_s)
        self._judge(result)
        self.complete, self.summary = True, "paged, diagnosed, fixed and verified"

    async def _wait_for_page(self, session: Session) -> bool:
        self.say("the shop is healthy; waiting for a page")
        began = time.monotonic()

        async def paged() -> bool | None:
            return bool(session.state().pages) or session.run.over.is_set() or None

        try:
            await wait_until(paged, timeout_s=PAGE_TIMEOUT_S, what="a page")
        except WaitedTooLong:
            self.shortfalls.append(f"no page within {PAGE_TIMEOUT_S:g} s of the baseline")
            return False
        first = session.state().pages[0]
        self.page_took_s = time.monotonic() - began
        self.say(f"PAGE {first.severity}: {first.summary}")
        return True

    async def _wait_for_each(self, session: Session) -> bool:
        """Where several things are wrong, each fault has paged before anything is done about it."""

        async def all_paged() -> bool | None:
            paged = {one.alert for one in session.state().pages}
            owed = [{rule.alert for rule in fault.detect} for fault in session.spec.faults]
            return all(paged & alerts for alerts in owed) or None

        try:
            await wait_until(
                all_paged, timeout_s=PAGE_TIMEOUT_S, what="a page about each", interval_s=0.5
            )
        except WaitedTooLong as error:
            self.shortfalls.append(str(error))
            return False
        return True

    async def _localise(self, session: Session, fault: Fault) -> None:
        for clue in fault.evidence:

            async def found(clue=clue) -> bool | None:  # type: ignore[no-untyped-def]
                return await find_evidence(session, fault, clue) or None

            try:
                await wait_until(
                    found, timeout_s=EVIDENCE_TIMEOUT_S, what=clue.shows, interval_s=0.5
                )
                self.evidence_found[clue.find] = True
                self.say(f"evidence ({clue.kind}): {clue.shows}")
            except WaitedTooLong:
                self.evidence_found[clue.find] = False
                self.shortfalls.append(f"evidence not found: {clue.kind} {clue.find}")
        diagnosis.declare(
            session,
            service=fault.service,
            mechanism=fault.mechanism.value,
            confidence_percent=90,
            evidence=[clue.find for clue in fault.evidence],
            note="",
            by=ACTOR,
        )
        self.say(f"diagnosed: {fault.service}, {fault.mechanism}")

    async def _mitigate(self, session: Session, fault: Fault) -> None:
        if flag := fault.mitigation.flag:
            await flags.switch(session, flag, enabled=False, by=ACTOR)
            self.say(f"switched {flag} of {fault.service} off; watching")
            return
        # A colleague's release may still be on its way out: wait for it, as anybody would.
        async with session.run.deploy_lock:
            self.say(f"rolling {fault.service} back")
        await deploy.rollback(session, fault.service, to_version=None, by=ACTOR, progress=self.say)
        self.say(f"rolled {fault.service} back; watching")

    def _leave_alone(self, session: Session) -> None:
        """It has passed by itself: say so, and change nothing."""
        diagnosis.declare(
            session,
            service=NOWHERE,
            mechanism=Mechanism.NO_FAULT.value,
            confidence_percent=90,
            evidence=[],
            note="",
            by=ACTOR,
        )
        self.say("diagnosed: nothing is wrong")

    def _judge(self, result: events.VerifyFinished) -> None:
        for row in result.results:
            if not row.holds:
                self.shortfalls.append(f"{row.measure} is {row.value}, must be {row.bound}")
        if result.passed:
            self.say("all objectives hold under stress")

    async def _watch_silence(self, session: Session) -> None:
        """A drill without a fault: all releases go out, nothing may page."""
        self.say("nothing is wrong in this drill; watching for silence")

        async def all_out() -> bool | None:
            done = {e.version_to for e in session.deploys().entries if e.outcome == "succeeded"}
            return (
                all(p.release.version_to in done for p in session.services.workspace.shop.live)
                or None
            )

        await wait_until(all_out, timeout_s=120, what="the planned releases")
        result = await verify.verify(session, by=ACTOR, progress=self.say, duration_s=self.stress_s)
        self._judge(result)
        if alarm := session.story().first(events.FalseAlarm):
            self.shortfalls.append(f"alarmed without a fault: {alarm.event.alert}")
        self.complete, self.summary = True, "all releases went out, nothing paged, all holds"
