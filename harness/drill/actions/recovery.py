"""Watching after an action: has the shop recovered, and what is it still busy with?"""

from __future__ import annotations

import asyncio

from harness.drill.lifecycle import healthy_baseline
from harness.drill.session import Progress, Session
from harness.errors import DrillError
from harness.exercise.views import responses
from harness.waiting import WaitedTooLong, wait_until

SUCCESS_RATIO_MIN = 0.98
CALM_CHECKS = 3
RECOVERY_TIMEOUT_S = 90.0
FRESH_S = 120.0
"""For so long after a change what piled up before it may still be on its way out."""
SETTLE_TIMEOUT_S = 45.0

REQUESTS_WAITING = "max by (service) (worker_slots_waiting) > max by (service) (worker_slots)"
"""A queue longer than the pool that works it off; a shorter one is an ordinary evening."""
TASKS_WAITING_S = "max by (service) (assistant_queue_age_seconds) > 5"


async def settled(session: Session, timeout_s: float = RECOVERY_TIMEOUT_S) -> bool:
    """True as soon as users succeed again for a few seconds together.

    False where that did not come about within `timeout_s`. Whether the alerts clear is for the
    verification to see.
    """
    calm = 0

    async def recovered() -> bool | None:
        nonlocal calm
        try:
            success = await session.services.prometheus.value(healthy_baseline.SUCCESS)
        except DrillError:
            success = None
        calm = calm + 1 if success is not None and success >= SUCCESS_RATIO_MIN else 0
        return calm >= CALM_CHECKS or None

    try:
        await wait_until(recovered, timeout_s=timeout_s, what="recovery", interval_s=1.0)
    except WaitedTooLong:
        return False
    return True


async def wait_for_backlog(
    session: Session, progress: Progress, timeout_s: float
) -> tuple[str, ...]:
    """After a change that somebody made just now: wait until what piled up before it is worked off.

    Returns what is still not settled at the end of the wait, in words; empty where all is, or where
    nothing was changed that one would have to wait for.
    """
    if not _changed_just_now(session):
        return ()
    return await catch_up(session, progress, timeout_s)


async def catch_up(session: Session, progress: Progress, timeout_s: float) -> tuple[str, ...]:
    """Wait until what piled up is worked off; what is still not settled at the end, in words."""
    last: tuple[str, ...] = ()

    async def calm() -> bool | None:
        nonlocal last
        now = await unsettled(session)
        if now and not last:
            progress(f"still recovering: {'; '.join(now)}; waiting at most {timeout_s:g} s")
        last = now
        return not now or None

    try:
        await wait_until(calm, timeout_s=timeout_s, what="the backlog", interval_s=1.0)
    except WaitedTooLong:
        progress(f"still not recovered after {timeout_s:g} s: {'; '.join(last)}; testing anyway")
    return last


async def unsettled(session: Session) -> tuple[str, ...]:
    """What the shop is still busy with from before, in words; empty where it is not."""
    try:
        success, requests, tasks = await asyncio.gather(
            session.services.prometheus.value(healthy_baseline.SUCCESS),
            session.services.prometheus.query(REQUESTS_WAITING),
            session.services.prometheus.query(TASKS_WAITING_S),
        )
    except DrillError as error:
        return (error.message,)
    found = [f"{one.value:.0f} requests wait in {one.labels['service']}" for one in requests]
    found += [f"a task of {one.labels['service']} waits for {one.value:.0f} s" for one in tasks]
    if success is None or success < SUCCESS_RATIO_MIN:
        found.append("no traffic" if success is None else f"{success:.0%} of users succeed")
    return tuple(found)


def _changed_just_now(session: Session) -> bool:
    """Whether a rollback, restart, hotfix or flag of the team's is not long ago."""
    since_ms = session.services.record.drill_time_ms() - FRESH_S * 1000
    return any(one.drill_ms >= since_ms for one in responses(session.story()))
