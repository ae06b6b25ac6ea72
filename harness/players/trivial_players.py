"""Ways of playing that look at next to nothing, for whoever wants to know what a drill is worth: a
player of any wits does better than these.

They are players as the responder is: what they do is held against the answer in the end, and none
of them knows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from harness.causes import NOWHERE
from harness.drill.actions import deploy, diagnosis, pager, verify
from harness.drill.lifecycle.exercise_clock import begin_exercise
from harness.drill.session import Session
from harness.errors import DrillError
from harness.model import Mechanism
from harness.players.baselines import PAGE_TIMEOUT_S, rolled_back
from harness.players.guesses import LOOKS_AFTER
from harness.players.responder_player import Findings, findings, shortfalls
from harness.record.events import AlertFired, DrillTriggered
from harness.waiting import WaitedTooLong, wait_until

ACTOR = "trivial"
CONFIDENCE_PERCENT = 50
GUESSED = Mechanism.BAD_CONFIGURATION
"""What whoever guesses says a release is, without a look at it."""
NOTHING = (NOWHERE, Mechanism.NO_FAULT.value)

Say = Callable[[str], None]
Policy = Callable[[Session, Say], Awaitable[tuple[str, str] | None]]
"""What is done once there was a page; service and mechanism that are then declared, if any."""


async def latest_deploy(session: Session, say: Say) -> tuple[str, str] | None:
    """Roll back what was released last."""
    released = [one for one in session.deploys().entries if one.kind == "release"]
    return await _blamed(session, released[-1].service if released else None, say)


async def first_alert(session: Session, say: Say) -> tuple[str, str] | None:
    """Roll back the service that the first alert is about."""
    story = session.story()
    began = story.first(DrillTriggered)
    alerts = [one for one in story.of(AlertFired) if began is None or one.seq > began.seq]
    return await _blamed(session, alerts[0].event.service if alerts else None, say)


async def nothing(_: Session, __: Say) -> tuple[str, str] | None:
    """Leave everything as it is, and say that nothing is wrong."""
    return NOTHING


async def restart_all(session: Session, say: Say) -> tuple[str, str] | None:
    """Restart every service, callers last, and blame none."""
    for entry in reversed(session.spec.topology):
        with suppress(DrillError):  # the next one may come up
            await deploy.restart(session, entry.name, by=ACTOR, progress=say)
    return None


async def rollback_all(session: Session, say: Say) -> tuple[str, str] | None:
    """Roll back every service that can be, and blame none."""
    for entry in session.spec.topology:
        await rolled_back(session, entry.name, say, ACTOR)
    return None


POLICIES: Mapping[str, Policy] = {
    "latest-deploy": latest_deploy,
    "first-alert": first_alert,
    "nothing": nothing,
    "restart-all": restart_all,
    "rollback-all": rollback_all,
}


class Trivial:
    """Plays one drill by a policy, then holds what it did against the answer."""

    def __init__(
        self, policy: str, say: Say, looks_after_s: float = LOOKS_AFTER.total_seconds()
    ) -> None:
        self._policy, self.say, self._looks_after_s = policy, say, looks_after_s
        self.shortfalls: list[str] = []
        self.complete = False
        self.summary = f"'{policy}' was enough: a drill that it solves proves little"
        self.findings: Findings | None = None

    async def play(self, session: Session) -> None:
        """From the page to the verification, or without one where none comes."""
        begin_exercise(session)
        if await has_paged(session):
            pager.acknowledge(session, None, ACTOR)
            await asyncio.sleep(self._looks_after_s)
        else:
            self.say("no page has come")
        said = await POLICIES[self._policy](session, self.say)
        if said is not None:
            self._declare(session, *said)
        await verify.verify(session, by=ACTOR, progress=self.say)
        self.findings = findings(session)
        self.shortfalls += shortfalls(session, self.findings)
        self.complete = True

    def _declare(self, session: Session, service: str, mechanism: str) -> None:
        diagnosis.declare(
            session,
            service=service,
            mechanism=mechanism,
            confidence_percent=CONFIDENCE_PERCENT,
            evidence=(),
            note=f"by policy: {self._policy}",
            by=ACTOR,
            links=(),
        )
        self.say(f"diagnosed: {service}, {mechanism}")


async def has_paged(session: Session) -> bool:
    async def paged() -> bool | None:
        return bool(session.state().pages) or None

    try:
        await wait_until(paged, timeout_s=PAGE_TIMEOUT_S, what="a page")
    except WaitedTooLong:
        return False
    return True


async def _blamed(session: Session, service: str | None, say: Say) -> tuple[str, str] | None:
    """Roll `service` back and declare it guilty; there may be none."""
    if service is None or service not in {entry.name for entry in session.spec.topology}:
        say("there is nobody to blame")
        return None
    await rolled_back(session, service, say, ACTOR)
    return service, GUESSED.value
