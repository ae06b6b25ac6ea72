"""What happens to the shop while the drill runs: colleagues ship, in the planned order, and what
the shop depends on has its moments."""

from __future__ import annotations

import asyncio
import contextlib

from harness.causes import TriggerKind
from harness.drill.actions.deploy import release
from harness.drill.lifecycle import disturbances, healthy_baseline
from harness.drill.lifecycle.unseen import note_later
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import DeployFailed
from harness.model import Fault, PlannedRelease
from harness.record.events import DrillTriggered, HarnessProblem, ReleasePlanned
from harness.waiting import WaitedTooLong, wait_until
from harness.workspace.history import AFTER_THE_PAGE_S

NO_PAGE_S = 60.0
"""So long a release that is due after the page waits for one."""


async def run_schedule(session: Session) -> None:
    """Deploy the live releases in order, the first after the seeded delay.

    A release of ours that fails to deploy makes the drill worthless: that is recorded as a
    problem of the harness, and the drill ends.
    """
    await asyncio.sleep(session.spec.pace.trigger_delay_s)
    for one in session.spec.scenario.blips:
        session.run.keep(asyncio.create_task(disturbances.blip(session, one)))
    live = session.services.workspace.shop.live
    for fault in session.spec.faults:
        if not fault.is_shipped_live:
            session.run.keep(asyncio.create_task(_strike_later(session, fault)))
    for position, planned in enumerate(live):
        if position:
            await _gap(session, planned)
        try:
            await _ship(session, planned)
        except DeployFailed as error:
            session.note(HarnessProblem(what=f"a planned release failed: {error.message}"))
            session.run.fail(error, "a planned release could not be deployed")
            return
    session.run.is_all_out = True


async def _gap(session: Session, planned: PlannedRelease) -> None:
    """Wait until `planned` is due after the release before it."""
    offset_s, pace = planned.live_offset_s or 0.0, session.spec.pace
    if planned.is_culprit or offset_s < 0 or offset_s >= AFTER_THE_PAGE_S:
        await asyncio.sleep(pace.decoy_gap_s)
    if offset_s >= AFTER_THE_PAGE_S:
        with contextlib.suppress(WaitedTooLong):  # colleagues ship whether anybody is paged or not
            await wait_until(
                lambda: _is_paged(session), timeout_s=NO_PAGE_S, what="a page", interval_s=0.5
            )


async def _is_paged(session: Session) -> bool:
    return bool(session.state().pages)


async def _ship(session: Session, planned: PlannedRelease) -> None:
    shipped = planned.release
    built = session.services.workspace.release(shipped.service, shipped.version_to)
    fault = _culprit(session.spec, planned)
    is_set_off_later = fault is not None and fault.trigger.kind is not TriggerKind.DEPLOY
    if fault is not None:
        await healthy_baseline.hold(session, is_pristine=True)
    if fault is not None and not is_set_off_later:
        session.note(_trigger(fault))
    else:
        session.note(ReleasePlanned(shipped.service, shipped.version_to))
    await release(
        session, built, by=shipped.author_name, summary=shipped.summary, progress=lambda _: None
    )
    if fault is not None and is_set_off_later:
        # Meanwhile others ship.
        session.run.keep(asyncio.create_task(_strike_later(session, fault)))


async def _strike_later(session: Session, fault: Fault) -> None:
    """Do what sets the fault off, where that is not its release."""
    await asyncio.sleep(fault.trigger.after_s)
    # A release that was out before is part of the shop that the baseline was taken of.
    await healthy_baseline.hold(session, is_pristine=not fault.is_shipped_live)
    await note_later(session, _trigger(fault)).wait()
    await disturbances.strike(session, fault)


def _culprit(spec: DrillSpec, planned: PlannedRelease) -> Fault | None:
    """The fault that this release is, if it is one."""
    if not planned.is_culprit:
        return None
    shipped = planned.release
    return next(
        fault
        for fault in spec.faults
        if fault.release is not None
        and (fault.service, fault.release.version_to) == (shipped.service, shipped.version_to)
    )


def _trigger(fault: Fault) -> DrillTriggered:
    return DrillTriggered(fault.service, fault.release.version_to if fault.release else "")
