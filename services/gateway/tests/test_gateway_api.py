"""The gateway, over HTTP, with the services behind it played by small servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from aiohttp import web

from services.chassis.testing import FakePeer, fake_peer, running
from services.gateway.app import create_app

BASKET = {"user_id": 7, "lines": [{"sku": "KIT-0101", "quantity": 2}]}
PLACED = {"order_id": 20001, "status": "paid", "total": "41.38", "currency": "EUR"}
TRACKED: dict[str, Any] = {
    "order_id": 20001,
    "user_id": 7,
    "status": "paid",
    "placed_at": "2026-11-01T10:00:00Z",
    "total": "41.38",
    "currency": "EUR",
    "lines": [{"sku": "KIT-0101", "name": "Alder <Paring> Knife", "quantity": 2, "gross": "41.38"}],
    "payment": {"state": "captured", "captured_at": "2026-11-01T10:00:01Z"},
}
TOKEN = "operations-token-for-tests"
AS_OPERATIONS = {"Authorization": f"Bearer {TOKEN}"}


class World:
    """What the services behind the gateway answer."""

    def __init__(self) -> None:
        self.status = 200
        self.problem = {"title": "Not available", "detail": "3 of 'KIT-0101' wanted"}
        self.release: asyncio.Event | None = None

    async def answer(self, content: Any, status: int = 200) -> web.Response:
        if self.release is not None:
            await self.release.wait()
        if self.status >= 400:
            return web.json_response(self.problem, status=self.status)
        return web.json_response(content, status=status)

    async def place(self, _request: web.Request) -> web.Response:
        return await self.answer(PLACED, status=201)

    async def price(self, _request: web.Request) -> web.Response:
        return await self.answer({"net": "35.98"})

    async def history(self, request: web.Request) -> web.Response:
        users = [{"user_id": int(user_id)} for user_id in request.query.getall("user_id")]
        return await self.answer({"users": users})

    async def track(self, _request: web.Request) -> web.Response:
        return await self.answer(TRACKED)

    async def profile(self, request: web.Request) -> web.Response:
        return await self.answer({"id": int(request.match_info["user_id"])})

    async def summary(self, request: web.Request) -> web.Response:
        order_id = int(request.match_info["order_id"])
        return await self.answer({"order_id": order_id, "summary": "Two knives."})

    async def feed(self, request: web.Request) -> web.Response:
        user_id = int(request.query["user_id"])
        return await self.answer({"mode": "cached", "items": [{"sku": f"KIT-{user_id}"}]})


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def orders(world: World) -> AsyncIterator[FakePeer]:
    routes = {
        ("POST", "/orders"): world.place,
        ("POST", "/baskets"): world.price,
        ("GET", "/orders"): world.history,
        ("GET", "/orders/{order_id}"): world.track,
        ("GET", "/orders/{order_id}/summary"): world.summary,
    }
    async with fake_peer(routes) as peer:
        yield peer


@pytest.fixture
async def client(
    world: World, orders: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    others = {("GET", "/users/{user_id}"): world.profile, ("GET", "/feed"): world.feed}
    async with fake_peer(others) as users:
        monkeypatch.setenv("ORDERS_URL", orders.url)
        monkeypatch.setenv("USERS_URL", users.url)
        monkeypatch.setenv("FEED_URL", users.url)
        monkeypatch.setenv("OPERATIONS_TOKEN", TOKEN)
        monkeypatch.setenv("DEFAULT_TIMEOUT_MS", "150")
        monkeypatch.setenv("FEED_TIMEOUT_MS", "150")
        monkeypatch.setenv("CHECKOUT_TIMEOUT_MS", "600")
        async with running(create_app()) as client:
            yield client


async def test_a_checkout_passes_basket_key_and_request_id_on(
    client: httpx.AsyncClient, orders: FakePeer
) -> None:
    headers = {"Idempotency-Key": "k-1", "X-Request-ID": "r-1"}
    answer = await client.post("/api/checkout", json=BASKET, headers=headers)
    assert (answer.status_code, answer.json()) == (201, PLACED)
    assert answer.headers["X-Request-ID"] == "r-1"
    (seen,) = orders.seen_at("/orders")
    assert seen.body == BASKET
    assert (seen.headers["Idempotency-Key"], seen.headers["X-Request-ID"]) == ("k-1", "r-1")


async def test_a_checkout_needs_an_idempotency_key(
    client: httpx.AsyncClient, orders: FakePeer
) -> None:
    answer = await client.post("/api/checkout", json=BASKET)
    assert (answer.status_code, answer.json()["title"]) == (400, "Idempotency-Key missing")
    assert orders.seen == []


async def test_a_basket_is_priced_without_a_key(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/basket", json=BASKET)
    assert (answer.status_code, answer.json()) == (200, {"net": "35.98"})


async def test_history_of_many_users_is_one_call(
    client: httpx.AsyncClient, orders: FakePeer
) -> None:
    answer = await client.get("/api/history", params={"user_id": list(range(1, 101))})
    assert [user["user_id"] for user in answer.json()["users"]] == list(range(1, 101))
    assert len(orders.seen) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/api/history",
        "/api/history?user_id=0",
        "/api/history?" + "&".join(f"user_id={n}" for n in range(1, 102)),
        "/api/track/nothing",
        "/api/account/-1",
        "/api/summary/0",
        "/api/feed",
    ],
)
async def test_malformed_requests_go_no_further(
    client: httpx.AsyncClient, orders: FakePeer, path: str
) -> None:
    assert (await client.get(path)).status_code == 422
    assert orders.seen == []


async def test_tracking_and_accounts_pass_through(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/track/20001")).json() == TRACKED
    assert (await client.get("/api/account/7")).json() == {"id": 7}


async def test_summaries_and_feeds_pass_through(client: httpx.AsyncClient) -> None:
    summary = await client.get("/api/summary/20001")
    assert summary.json() == {"order_id": 20001, "summary": "Two knives."}
    feed = await client.get("/api/feed", params={"user_id": 7})
    assert feed.json() == {"mode": "cached", "items": [{"sku": "KIT-7"}]}


async def test_nobody_waits_long_for_a_feed(client: httpx.AsyncClient, world: World) -> None:
    world.release = asyncio.Event()
    assert (await client.get("/api/feed", params={"user_id": 7})).status_code == 504


@pytest.mark.parametrize("status", [402, 404, 409, 422])
async def test_what_a_service_refuses_is_refused_in_its_words(
    client: httpx.AsyncClient, world: World, status: int
) -> None:
    world.status = status
    answer = await client.post("/api/basket", json=BASKET)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == world.problem["title"]
    assert answer.json()["detail"] == world.problem["detail"]


@pytest.mark.parametrize(("theirs", "ours"), [(500, 502), (502, 502), (503, 503), (504, 504)])
async def test_what_a_service_fails_at_is_a_bad_gateway_or_worse(
    client: httpx.AsyncClient, world: World, theirs: int, ours: int
) -> None:
    world.status = theirs
    assert (await client.get("/api/account/7")).status_code == ours


async def test_a_silent_service_is_given_up_and_a_checkout_waits_longer(
    client: httpx.AsyncClient, world: World
) -> None:
    world.release = asyncio.Event()
    headers = {"Idempotency-Key": "k-1"}
    checkout = asyncio.create_task(client.post("/api/checkout", json=BASKET, headers=headers))
    tracked = await client.get("/api/track/20001")
    assert tracked.status_code == 504
    assert not checkout.done()
    world.release.set()
    assert (await checkout).status_code == 201


async def test_flags_are_switched_by_operations(client: httpx.AsyncClient) -> None:
    before = (await client.get("/api/flags")).json()["flags"]
    answer = await client.put(
        "/internal/flags/gift_wrapping", json={"enabled": True}, headers=AS_OPERATIONS
    )
    assert answer.status_code == 200
    after = (await client.get("/api/flags")).json()["flags"]
    assert after == before | {"gift_wrapping": True}
    assert not before["gift_wrapping"]


async def test_an_unknown_flag_is_a_404(client: httpx.AsyncClient) -> None:
    answer = await client.put("/internal/flags/x", json={"enabled": True}, headers=AS_OPERATIONS)
    assert answer.status_code == 404


async def test_the_banner_is_set_and_taken_down_by_operations(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/banner")).json() == {"banner": None}
    wanted = {"level": "warning", "message": "Payments are <slow>."}
    await client.put("/internal/banner", json=wanted, headers=AS_OPERATIONS)
    shown = (await client.get("/api/banner")).json()["banner"]
    assert {"level": shown["level"], "message": shown["message"]} == wanted
    await client.put("/internal/banner", json={"message": ""}, headers=AS_OPERATIONS)
    assert (await client.get("/api/banner")).json() == {"banner": None}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guess"}])
async def test_without_the_token_nothing_is_changed(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    flag = await client.put(
        "/internal/flags/gift_wrapping", json={"enabled": True}, headers=headers
    )
    banner = await client.put("/internal/banner", json={"message": "x"}, headers=headers)
    assert (flag.status_code, banner.status_code) == (403, 403)
    assert (await client.get("/api/flags")).json()["flags"]["gift_wrapping"] is False


async def test_without_a_token_in_the_settings_nobody_is_operations(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPERATIONS_TOKEN")
    async with running(create_app()) as locked:
        for headers in (AS_OPERATIONS, {"Authorization": "Bearer "}, {}):
            answer = await locked.put("/internal/banner", json={"message": "x"}, headers=headers)
            assert answer.status_code == 403
