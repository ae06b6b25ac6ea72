"""availability, over HTTP, on a database filled with the sample stock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import psycopg
import pytest
from aiohttp import web

from services import sampledata
from services.a.app import create_app
from services.a.seed import seed
from services.chassis.testing import FakePeer, fake_peer, running

STOCK = {product.sku: product.stock for product in sampledata.products()}
BASKET = {
    "lines": [],
    "net": "10.00",
    "discount": "0.00",
    "currency": "EUR",
    "delivery": {"carrier": "PickUp", "days": 4},
}


class World:
    """What the warehouse has, and what the bundles service answers."""

    def __init__(self) -> None:
        self.pickable = True
        self.bundles_status = 200

    async def shelves(self, request: web.Request) -> web.Response:
        items = [
            {"sku": sku, "available": self.pickable, "on_hand": 10_000, "warehouse": "AMS-2"}
            for sku in request.query.getall("sku")
        ]
        return web.json_response({"items": items})

    async def price(self, _request: web.Request) -> web.Response:
        if self.bundles_status != 200:
            problem = {"title": "Unknown product", "detail": "there is no product 'x'"}
            return web.json_response(problem, status=self.bundles_status)
        return web.json_response(BASKET)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def database_url(fresh_database: Callable[[str], str]) -> str:
    url = fresh_database("a")
    seed(url)
    return url


@pytest.fixture
async def bundles(world: World) -> AsyncIterator[FakePeer]:
    async with fake_peer({("POST", "/baskets"): world.price}) as peer:
        yield peer


@pytest.fixture
async def client(
    world: World, database_url: str, bundles: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    async with fake_peer({("GET", "/warehouse/v1/availability"): world.shelves}) as warehouse:
        monkeypatch.setenv("DATABASE_URL", database_url)
        monkeypatch.setenv("WAREHOUSE_URL", warehouse.url)
        monkeypatch.setenv("B_URL", bundles.url)
        async with running(create_app()) as client:
            yield client


def order(order_id: int | None, *wanted: tuple[str, int], dry_run: bool = False) -> dict[str, Any]:
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in wanted]
    return {"order_id": order_id, "lines": lines, "dry_run": dry_run}


async def available(client: httpx.AsyncClient, sku: str) -> int:
    units: int = (await client.get(f"/stock/{sku}")).json()["available"]
    return units


async def test_a_reservation_holds_stock_and_answers_with_the_price(
    client: httpx.AsyncClient, bundles: FakePeer
) -> None:
    before = await available(client, "KIT-0101")
    answer = await client.post("/reservations", json=order(1, ("KIT-0101", 3)))
    assert answer.status_code == 200
    assert answer.json() == BASKET | {"reservation_id": 1}
    assert bundles.seen[0].body == {"lines": [{"sku": "KIT-0101", "quantity": 3}]}
    assert before - await available(client, "KIT-0101") == 3


async def test_a_repeated_reservation_is_the_first_one(client: httpx.AsyncClient) -> None:
    wanted = order(1, ("KIT-0101", 3), ("TAB-0101", 1))
    first = (await client.post("/reservations", json=wanted)).json()
    held = await available(client, "KIT-0101")
    again = (await client.post("/reservations", json=wanted)).json()
    assert again == first
    assert await available(client, "KIT-0101") == held


async def test_simultaneous_repeats_hold_stock_once(client: httpx.AsyncClient) -> None:
    before = await available(client, "KIT-0101")
    wanted = order(1, ("KIT-0101", 3))
    answers = await asyncio.gather(*(client.post("/reservations", json=wanted) for _ in range(6)))
    assert {answer.json()["reservation_id"] for answer in answers} == {1}
    assert before - await available(client, "KIT-0101") == 3


async def test_other_lines_for_the_same_order_are_refused(client: httpx.AsyncClient) -> None:
    await client.post("/reservations", json=order(1, ("KIT-0101", 3)))
    answer = await client.post("/reservations", json=order(1, ("KIT-0101", 4)))
    assert (answer.status_code, answer.json()["title"]) == (409, "Order has other lines")


async def test_a_dry_run_prices_and_holds_nothing(client: httpx.AsyncClient) -> None:
    before = await available(client, "KIT-0101")
    answer = await client.post("/reservations", json=order(None, ("KIT-0101", 3), dry_run=True))
    assert answer.json() == BASKET | {"reservation_id": None}
    assert await available(client, "KIT-0101") == before


async def test_more_than_is_available_is_refused_before_a_price_is_asked_for(
    client: httpx.AsyncClient, bundles: FakePeer, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stock SET on_hand = 2 WHERE sku = 'KIT-0101'")
    answer = await client.post("/reservations", json=order(1, ("KIT-0101", 3)))
    assert answer.status_code == 409
    assert answer.json()["detail"] == "3 of 'KIT-0101' wanted, 2 available"
    assert bundles.seen == []


async def test_the_last_units_go_to_one_of_two_simultaneous_orders(
    client: httpx.AsyncClient, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stock SET on_hand = 3 WHERE sku = 'KIT-0101'")
    answers = await asyncio.gather(
        *(client.post("/reservations", json=order(n, ("KIT-0101", 2))) for n in (1, 2, 3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_a_hold_that_has_lapsed_frees_its_stock(
    client: httpx.AsyncClient, database_url: str
) -> None:
    before = await available(client, "KIT-0101")
    await client.post("/reservations", json=order(1, ("KIT-0101", 3)))
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE reservation_lines SET held_until = now() - interval '1 second'")
    assert await available(client, "KIT-0101") == before


async def test_what_the_warehouse_cannot_pick_is_not_available(
    client: httpx.AsyncClient, world: World
) -> None:
    world.pickable = False
    assert await available(client, "KIT-0101") == 0
    answer = await client.post("/reservations", json=order(1, ("KIT-0101", 1)))
    assert answer.status_code == 409


async def test_stock_of_many_products_keeps_their_order(client: httpx.AsyncClient) -> None:
    answer = await client.get("/stock", params={"sku": ["TAB-0101", "KIT-0101", "nothing"]})
    items = answer.json()["items"]
    assert [item["sku"] for item in items] == ["TAB-0101", "KIT-0101"]
    assert [item["on_hand"] for item in items] == [STOCK["TAB-0101"], STOCK["KIT-0101"]]


async def test_stock_of_an_unknown_product_is_a_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/stock/nothing")).status_code == 404


@pytest.mark.parametrize(("theirs", "ours"), [(422, 422), (500, 502), (503, 503), (504, 504)])
async def test_what_the_bundles_service_refuses_or_fails_at_is_told_apart(
    client: httpx.AsyncClient, world: World, theirs: int, ours: int
) -> None:
    world.bundles_status = theirs
    answer = await client.post("/reservations", json=order(1, ("KIT-0101", 1)))
    assert answer.status_code == ours


@pytest.mark.parametrize(
    "broken",
    [order(None, ("KIT-0101", 1)), order(1), order(1, ("KIT-0101", 1), ("KIT-0101", 2)), {}],
)
async def test_a_malformed_reservation_is_refused(
    client: httpx.AsyncClient, broken: dict[str, Any]
) -> None:
    assert (await client.post("/reservations", json=broken)).status_code == 422


async def test_health_answers_while_every_worker_slot_is_taken(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, waiting = asyncio.Event(), asyncio.Semaphore(0)

    async def stuck(_request: web.Request) -> web.Response:
        waiting.release()
        await release.wait()
        return web.json_response(BASKET)

    async with fake_peer({("POST", "/baskets"): stuck}) as slow_bundles:
        monkeypatch.setenv("B_URL", slow_bundles.url)
        async with running(create_app()) as busy:
            calls = [
                asyncio.create_task(busy.post("/reservations", json=order(n, ("KIT-0101", 1))))
                for n in range(1, 6)
            ]
            for _ in range(4):
                await asyncio.wait_for(waiting.acquire(), 10)
            assert (await busy.get("/readyz")).status_code == 200
            figures = (await busy.get("/metrics")).text
            assert "worker_slots_in_use 4.0" in figures
            assert not any(call.done() for call in calls)
            release.set()
            assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}
