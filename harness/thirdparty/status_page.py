"""The payment provider's public status page, which is honest about outages only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from harness.thirdparty.profiles import Behaviour

INDICATORS = {"operational": "none", "degraded_performance": "minor", "major_outage": "critical"}
DESCRIPTIONS = {
    "operational": "All Systems Operational",
    "degraded_performance": "Degraded Performance",
    "major_outage": "Major Outage",
}


def status_app(behaviour: Behaviour) -> web.Application:
    """`/api/v2/status.json` in the provider's short form, `/api/v2/summary.json` in full."""

    async def status(_: web.Request) -> web.Response:
        return web.json_response({"status": behaviour.profile.status, "updated": _now()})

    async def summary(_: web.Request) -> web.Response:
        return web.json_response(_summary(behaviour.profile.status))

    app = web.Application()
    app.router.add_get("/api/v2/status.json", status)
    app.router.add_get("/api/v2/summary.json", summary)
    return app


def _summary(status: str) -> dict[str, Any]:
    now = _now()
    return {
        "page": {"id": "pay", "name": "Payments", "updated_at": now},
        "status": {"indicator": INDICATORS[status], "description": DESCRIPTIONS[status]},
        "components": [
            {"id": "charges", "name": "Charges API", "status": status, "updated_at": now},
            {"id": "webhooks", "name": "Webhooks", "status": "operational", "updated_at": now},
        ],
        "incidents": [],
        "scheduled_maintenances": [],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
