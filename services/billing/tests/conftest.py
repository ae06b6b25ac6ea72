"""A payments that the tests direct, and billing in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web

from services.billing.app import create_app
from services.chassis.testing import FakePeer, fake_peer, running


@dataclass
class Captured:
    """What payments says that it captured."""

    charges: list[dict[str, Any]] = field(default_factory=list)
    is_away: bool = False
    odd_answer: Any = None
    """Answered instead of the settlements."""

    def add(self, order_id: int, amount: str, *, seconds_ago: float = 10) -> None:
        moment = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        self.charges.append(
            {
                "order_id": order_id,
                "amount": amount,
                "state": "captured",
                "captured_at": moment.isoformat(),
            }
        )

    async def settlements(self, _request: web.Request) -> web.Response:
        if self.is_away:
            return web.json_response({"title": "away"}, status=503)
        return web.json_response(self.odd_answer or {"settlements": self.charges})

    async def listed(self, request: web.Request) -> web.Response:
        wanted = {int(order_id) for order_id in request.query.getall("order_id")}
        found = [charge for charge in self.charges if charge["order_id"] in wanted]
        return web.json_response({"charges": found})


@pytest.fixture
def captured() -> Captured:
    return Captured()


@pytest.fixture
async def payments(captured: Captured) -> AsyncIterator[FakePeer]:
    routes = {
        ("GET", "/settlements"): captured.settlements,
        ("GET", "/charges"): captured.listed,
    }
    async with fake_peer(routes) as peer:
        yield peer


@pytest.fixture
def database_url(fresh_database: Callable[[str], str]) -> str:
    return fresh_database("billing")


@pytest.fixture
async def client(
    database_url: str, payments: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PAYMENTS_URL", payments.url)
    # The tests run the reconciliation themselves, but for the run at start.
    monkeypatch.setenv("RECONCILIATION_INTERVAL_MS", "3600000")
    async with running(create_app()) as client:
        yield client
