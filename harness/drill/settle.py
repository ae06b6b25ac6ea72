"""Watching after an action: has the shop recovered?"""

from __future__ import annotations

from harness.drill import baseline
from harness.drill.session import Session
from harness.errors import DrillError
from harness.waiting import WaitedTooLong, wait_until

SUCCESS_RATIO_MIN = 0.98
CALM_CHECKS = 3
RECOVERY_TIMEOUT_S = 90.0


async def settled(session: Session, timeout_s: float = RECOVERY_TIMEOUT_S) -> bool:
    """True as soon as users succeed again for a few seconds together.

    False where that did not come about within `timeout_s`. Whether the alerts clear is for the
    verification to see.
    """
    calm = 0

    async def recovered() -> bool | None:
        nonlocal calm
        try:
            success = await session.prometheus.value(baseline.SUCCESS)
        except DrillError:
            success = None
        calm = calm + 1 if success is not None and success >= SUCCESS_RATIO_MIN else 0
        return calm >= CALM_CHECKS or None

    try:
        await wait_until(recovered, timeout_s=timeout_s, what="recovery", interval_s=1.0)
    except WaitedTooLong:
        return False
    return True
