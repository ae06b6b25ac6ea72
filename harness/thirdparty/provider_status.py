"""The providers' public status pages, which are honest about outages only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

INDICATORS = {"operational": "none", "degraded_performance": "minor", "major_outage": "critical"}
DESCRIPTIONS = {
    "operational": "All Systems Operational",
    "degraded_performance": "Degraded Performance",
    "major_outage": "Major Outage",
}


STATUSPAGE = {
    "summary": ("page", "status", "components", "incidents", "scheduled_maintenances"),
    "components": ("page", "components"),
    "incidents": ("page", "incidents"),
    "incidents/unresolved": ("page", "incidents"),
    "scheduled-maintenances": ("page", "scheduled_maintenances"),
    "scheduled-maintenances/upcoming": ("page", "scheduled_maintenances"),
    "scheduled-maintenances/active": ("page", "scheduled_maintenances"),
}
"""Which parts of the summary each of them has, by its path."""


@dataclass(frozen=True)
class Page:
    """Whose page it is; the first component is the one that the status is about."""

    id: str
    name: str
    components: tuple[tuple[str, str], ...]
    """Id and name of each."""


PAYMENTS = Page("pay", "Payments", (("charges", "Charges API"), ("webhooks", "Webhooks")))
MODELS = Page("lumen", "Lumen Models", (("completions", "Completions API"), ("files", "Files")))


def status_app(page: Page, status_now: Callable[[], str]) -> web.Application:
    """`/api/v2/status.json` in the provider's short form; everything else that Statuspage's API v2
    lets everybody read, from any site, in Statuspage's own."""

    async def status(_: web.Request) -> web.Response:
        return _answer({"status": status_now(), "updated": _now()})

    def serving(*parts: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def some(_: web.Request) -> web.Response:
            whole = _summary(page, status_now())
            return _answer({part: whole[part] for part in parts})

        return some

    app = web.Application()
    app.router.add_get("/api/v2/status.json", status)
    for path, parts in STATUSPAGE.items():
        app.router.add_get(f"/api/v2/{path}.json", serving(*parts))
    return app


def _answer(body: dict[str, Any]) -> web.Response:
    return web.json_response(body, headers={"Access-Control-Allow-Origin": "*"})


def _summary(page: Page, status: str) -> dict[str, Any]:
    now = _now()
    return {
        "page": {"id": page.id, "name": page.name, "updated_at": now},
        "status": {"indicator": INDICATORS[status], "description": DESCRIPTIONS[status]},
        "components": [
            {
                "id": id_,
                "name": name,
                "status": "operational" if number else status,
                "updated_at": now,
            }
            for number, (id_, name) in enumerate(page.components)
        ],
        "incidents": [],
        "scheduled_maintenances": [],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
