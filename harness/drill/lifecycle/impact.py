"""What the incident costs, read from the real load every few seconds.

Customers come before the shop is warm, and what fails then is nobody's incident: harm counts from
the healthy baseline. (The score leaves out what came between that and the fault, too, once it may
tell when that was.)
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from harness.drill.actions.pager import expire_alerts, follow_alertmanager
from harness.drill.actions.verify import probe_at_page
from harness.drill.lifecycle.healthy_baseline import SUCCESS
from harness.drill.session import Session
from harness.errors import DrillError
from harness.record.events import EngagementSampled, ImpactSampled, LedgerCorrected

INTERVAL_S = 2.0
REPEATED_S = 10.0
"""Said again after so long although nothing changed: no harm is a figure, no sample is not."""


LEDGER = "billing"
CORRECTED = "ledger corrected"
"""What the ledger logs of each order that it corrected."""
LINES_MAX = 2000

VIEWS = "sum by (content, outcome) (user_feed_views_total)"
DEPARTURES = "sum by (content, outcome) (user_departures_total)"


async def sample_forever(session: Session) -> None:
    """Record the impact as it changes, and in between. A gap in metrics is a gap in the record."""
    last: ImpactSampled | None = None
    began: Harm | None = None
    engaged: EngagementSampled | None = None
    noted_at_ms = engaged_at_ms = 0
    followed = 0
    while True:
        await asyncio.sleep(INTERVAL_S)
        with contextlib.suppress(DrillError):
            followed = await note_corrections(session, after=followed)
        with contextlib.suppress(DrillError):  # tried again in a moment, as all of these are
            await expire_alerts(session)
        with contextlib.suppress(DrillError):
            if await follow_alertmanager(session):
                session.run.keep(asyncio.create_task(probe_at_page(session)))
        with contextlib.suppress(DrillError):
            now, began = await sample(session, began)
            due = now != last or session.drill_ms() - noted_at_ms >= 1000 * REPEATED_S
            if now is not None and due:
                session.note(now, actor="load")
                last, noted_at_ms = now, session.drill_ms()
            if session.drill_ms() - engaged_at_ms >= 1000 * REPEATED_S:
                visitors = await sample_engagement(session)
                if visitors != engaged:
                    session.note(visitors, actor="load")
                engaged, engaged_at_ms = visitors, session.drill_ms()


async def note_corrections(session: Session, *, after: int) -> int:
    """Record what the ledger's log says of corrections since line number `after`; returns the
    number of the newest such line. They are asked for by `POST /reconciliation/corrections` of
    billing itself, as the runbook says, and pass nobody else. Raises DrillError."""
    lines = await session.services.recorder.logs(
        LEDGER, contains=CORRECTED, after=str(after), limit=LINES_MAX
    )
    found = [line for line in lines if line.get("event") == CORRECTED]
    amounts = [amount for line in found if (amount := _amount(line.get("amount"))) is not None]
    if found:
        session.note(LedgerCorrected(len(found), f"{sum(amounts, Decimal())}"), actor=LEDGER)
    return max((int(line["seq"]) for line in lines), default=after)


def _amount(logged: object) -> Decimal | None:
    """None for what is no amount: a release may log anything."""
    try:
        amount = Decimal(str(logged))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


@dataclass(frozen=True)
class Harm:
    """What the load has counted since it began."""

    users: int
    revenue: float


async def sample(session: Session, began: Harm | None) -> tuple[ImpactSampled | None, Harm | None]:
    """Users affected and revenue lost since `began`, and success just now, None while there is no
    data; with what to count from: None takes what there is now."""
    value = session.services.prometheus.value
    users, revenue, success = await asyncio.gather(
        value("sum(users_affected)"), value("sum(revenue_lost_total)"), value(SUCCESS)
    )
    if users is None or revenue is None:
        return None, began
    now = Harm(int(users), revenue)
    began = began or now
    if success is None or success != success:
        return None, began
    impact = ImpactSampled(
        users_affected=now.users - began.users,
        revenue_lost=round(now.revenue - began.revenue, 2),
        success_ratio=round(success, 4),
    )
    return impact, began


async def sample_engagement(session: Session) -> EngagementSampled:
    """How visitors have taken their home feeds. Raises DrillError."""
    views, departures = await asyncio.gather(
        session.services.prometheus.query(VIEWS), session.services.prometheus.query(DEPARTURES)
    )
    seen: dict[str, int] = {}
    continued: dict[str, int] = {}
    returning: dict[str, int] = {}
    for one in views:
        content, count = one.labels["content"], int(one.value)
        seen[content] = seen.get(content, 0) + count
        if one.labels["outcome"] == "continued":
            continued[content] = count
    for one in departures:
        if one.labels["outcome"] == "returns":
            returning[one.labels["content"]] = int(one.value)
    return EngagementSampled(seen, continued, returning)
