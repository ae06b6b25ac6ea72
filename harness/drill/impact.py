"""What the incident costs, read from the real load every few seconds."""

from __future__ import annotations

import asyncio
import contextlib

from harness.drill.baseline import SUCCESS
from harness.drill.page import expire_alerts
from harness.drill.session import Session
from harness.errors import DrillError
from harness.record import events

INTERVAL_S = 2.0


async def sample_forever(session: Session) -> None:
    """Record the impact whenever it has changed. A gap in the metrics is a gap in the record."""
    last: events.ImpactSampled | None = None
    while True:
        await asyncio.sleep(INTERVAL_S)
        with contextlib.suppress(DrillError):  # tried again in a moment
            expire_alerts(session)
            now = await sample(session)
            if now is not None and now != last:
                session.note(now, actor="load")
                last = now


async def sample(session: Session) -> events.ImpactSampled | None:
    """Users affected, revenue lost and success just now; None while there is no data."""
    value = session.prometheus.value
    users, revenue, success = await asyncio.gather(
        value("sum(users_affected)"), value("sum(revenue_lost_total)"), value(SUCCESS)
    )
    if users is None or revenue is None or success is None or success != success:
        return None
    return events.ImpactSampled(
        users_affected=int(users), revenue_lost=round(revenue, 2), success_ratio=round(success, 4)
    )
