"""The services that orders calls, as small servers that do what theirs do."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx
import pytest
from aiohttp import web

from services.chassis.testing import FakePeer, fake_peer, running
from services.orders.app import create_app
from services.orders.seed import seed

PRICES = {"KIT-0101": Decimal("19.99"), "TAB-0101": Decimal("2.35")}
CENT = Decimal("0.01")


@dataclass
class World:
    """What the other services know and how they are today."""

    status: dict[str, int] = field(default_factory=dict)
    """Status that a service answers with, instead of doing its work."""
    charge_state: str = "captured"
    hold_charges: asyncio.Event | None = None
    """Charges wait for this event."""
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By Idempotency-Key."""
    invoices: Counter[int] = field(default_factory=Counter)
    summaries: dict[int, Any] = field(default_factory=dict)
    """The lines that were to be summarised, by order."""

    def guard(self, name: str) -> web.Response | None:
        status = self.status.get(name)
        if status is None:
            return None
        problem = {"title": f"{name} says no", "detail": "as the test wants it"}
        return web.json_response(problem, status=status)

    async def profile(self, request: web.Request) -> web.Response:
        return self.guard("users") or web.json_response({"id": int(request.match_info["id"])})

    async def lookup(self, request: web.Request) -> web.Response:
        ids = (await request.json())["ids"]
        users = [{"id": user_id, "name": f"User {user_id}"} for user_id in ids if user_id < 5000]
        return self.guard("users") or web.json_response({"users": users})

    async def reserve(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        lines = [
            {
                "sku": line["sku"],
                "name": line["sku"].title(),
                "quantity": line["quantity"],
                "net_unit_price": str(PRICES[line["sku"]]),
                "discount": "0.00",
                "net": str(PRICES[line["sku"]] * line["quantity"]),
                "bundle": None,
                "campaign": None,
            }
            for line in wanted["lines"]
        ]
        basket = {
            "reservation_id": None if wanted.get("dry_run") else 1,
            "lines": lines,
            "net": "0.00",
            "discount": "0.00",
            "currency": "EUR",
            "delivery": {"carrier": "PickUp", "days": 4},
        }
        return self.guard("a") or web.json_response(basket)

    async def quote(self, request: web.Request) -> web.Response:
        lines = []
        for line in (await request.json())["lines"]:
            net = line["quantity"] * Decimal(line["net_unit_price"]) - Decimal(line["discount"])
            tax = (net * Decimal("0.15")).quantize(CENT, ROUND_HALF_UP)
            lines.append({"net": str(net), "tax": str(tax), "gross": str(net + tax)})
        sums = {
            key: str(sum(Decimal(line[name]) for line in lines))
            for key, name in (("net", "net"), ("tax", "tax"), ("total", "gross"))
        }
        return self.guard("billing") or web.json_response({"lines": lines} | sums)

    async def charge(self, request: web.Request) -> web.Response:
        if self.hold_charges is not None:
            await self.hold_charges.wait()
        refused = self.guard("payments")
        if refused is not None:
            return refused
        captured_at = datetime.now(UTC).isoformat() if self.charge_state == "captured" else None
        made = await request.json() | {"state": self.charge_state, "captured_at": captured_at}
        key = request.headers["Idempotency-Key"]
        return web.json_response(self.charges.setdefault(key, made), status=201)

    async def charges_of(self, request: web.Request) -> web.Response:
        order_id = int(request.query["order_id"])
        found = [charge for charge in self.charges.values() if charge["order_id"] == order_id]
        return self.guard("payments") or web.json_response({"charges": found})

    async def invoice(self, request: web.Request) -> web.Response:
        refused = self.guard("invoices")
        if refused is not None:
            return refused
        self.invoices[(await request.json())["order_id"]] += 1
        return web.json_response({}, status=201)

    async def offers(self, request: web.Request) -> web.Response:
        skus = (await request.json())["skus"]
        offers = {sku: [{"campaign": "TEN"}] for sku in skus if sku.startswith("KIT")}
        return self.guard("c") or web.json_response({"offers": offers})

    async def summarise(self, request: web.Request) -> web.Response:
        refused = self.guard("assistant")
        if refused is not None:
            return refused
        wanted = await request.json()
        self.summaries[wanted["order_id"]] = wanted["lines"]
        return web.json_response({"order_id": wanted["order_id"], "status": "queued"}, status=202)

    async def summary(self, request: web.Request) -> web.Response:
        order_id = int(request.match_info["order_id"])
        if order_id not in self.summaries:
            return self.guard("assistant") or web.json_response({"title": "None"}, status=404)
        found = {"state": "done", "summary": "A fine order.", "source": "model"}
        return self.guard("assistant") or web.json_response(found | {"order_id": order_id})


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def peers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[dict[str, FakePeer]]:
    """The other services by name, listening; the environment names them."""
    routes = {
        "users": {("GET", "/users/{id}"): world.profile, ("POST", "/users/lookup"): world.lookup},
        "a": {("POST", "/reservations"): world.reserve},
        "c": {("POST", "/offers"): world.offers},
        "billing": {("POST", "/quotes"): world.quote, ("POST", "/invoices"): world.invoice},
        "assistant": {
            ("POST", "/summaries"): world.summarise,
            ("GET", "/summaries/{order_id}"): world.summary,
        },
        "payments": {("POST", "/charges"): world.charge, ("GET", "/charges"): world.charges_of},
    }
    async with AsyncExitStack() as stack:
        found = {}
        for name, served in routes.items():
            found[name] = await stack.enter_async_context(fake_peer(served))
            monkeypatch.setenv(f"{name.upper()}_URL", found[name].url)
        yield found


@pytest.fixture(scope="session")
def seeded_database(fresh_database: Callable[[str], str]) -> str:
    """One database with the sample orders, for all tests: each uses keys of its own."""
    url = fresh_database("orders")
    seed(url)
    return url


@pytest.fixture
async def client(
    seeded_database: str, peers: dict[str, FakePeer], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("DATABASE_URL", seeded_database)
    async with running(create_app()) as client:
        yield client
