"""Where Alertmanager delivers alerts, and what the pager does with them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from fastapi import HTTPException, Request

from harness.api.access import TELEMETRY, router_for
from harness.api.answers import status_page_answers
from harness.api.answers.shapes import answers
from harness.drill.actions.pager import take_alerts
from harness.drill.actions.verify import probe_at_page
from harness.drill.session import Session
from harness.telemetry.alerts import MalformedAlerts, parse_alerts

router = router_for(TELEMETRY)


@router.post("/webhook/alertmanager", responses=answers(status_page_answers.Delivered))
async def deliver(request: Request) -> dict[str, str]:
    """Alertmanager's webhook v4; at its own port also what Prometheus would post to it.

    A drill that is over takes no more alerts: the shop that comes down would page.
    """
    try:
        alerts = parse_alerts(await request.body(), datetime.now(UTC))
    except MalformedAlerts as error:
        raise HTTPException(400, str(error)) from error
    session: Session = request.app.state.session
    if session.run.over.is_set():
        return {"status": "over"}
    if take_alerts(session, alerts):
        session.run.keep(asyncio.create_task(probe_at_page(session)))
    return {"status": "success"}
