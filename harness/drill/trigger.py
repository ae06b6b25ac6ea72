"""What happens to the shop while the drill runs: colleagues ship, in the planned order."""

from __future__ import annotations

import asyncio

from harness.drill.deploy import release
from harness.drill.session import Session
from harness.errors import DeployFailed
from harness.model import PlannedRelease
from harness.record import events


async def run_schedule(session: Session) -> None:
    """Deploy the live releases in order, the first after the seeded delay.

    A release of ours that fails to deploy makes the drill worthless: that is recorded as a
    problem of the harness, and the drill ends.
    """
    await asyncio.sleep(session.pace.trigger_delay_s)
    for position, planned in enumerate(session.workspace.shop.live):
        if position:
            await asyncio.sleep(session.pace.decoy_gap_s)
        try:
            await _ship(session, planned)
        except DeployFailed as error:
            session.note(events.HarnessProblem(what=f"a planned release failed: {error.message}"))
            session.end("a planned release could not be deployed")
            return
    session.is_all_out = True


async def _ship(session: Session, planned: PlannedRelease) -> None:
    shipped = planned.release
    built = session.workspace.release(shipped.service, shipped.version_to)
    if planned.is_culprit:
        session.note(events.DrillTriggered(service=shipped.service, version_to=shipped.version_to))
    await release(
        session, built, by=shipped.author_name, summary=shipped.summary, progress=lambda _: None
    )
