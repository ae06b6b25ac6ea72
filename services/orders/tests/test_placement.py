"""Placing orders, over HTTP."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.chassis.metrics import REGISTRY
from services.chassis.testing import FakePeer
from services.orders.tests.conftest import World

BASKET = {
    "user_id": 7,
    "lines": [{"sku": "KIT-0101", "quantity": 2}, {"sku": "TAB-0101", "quantity": 1}],
}
NET = 2 * Decimal("19.99") + Decimal("2.35")
TOTAL = NET + Decimal("6.00") + Decimal("0.35")  # 15 % of 39.98 and of 2.35, each half up


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def orders_total(outcome: str) -> float:
    return REGISTRY.get_sample_value("orders_total", {"outcome": outcome}) or 0.0


async def status_of(client: httpx.AsyncClient, order_id: int) -> str:
    status: str = (await client.get(f"/orders/{order_id}")).json()["status"]
    return status


async def test_an_order_goes_through_stock_tax_payment_and_ledger(
    client: httpx.AsyncClient, peers: dict[str, FakePeer], world: World
) -> None:
    before = orders_total("paid")
    answer = await client.post("/orders", json=BASKET, headers=new_key())
    assert answer.status_code == 201
    order_id = answer.json()["order_id"]
    assert answer.json() == {
        "order_id": order_id,
        "status": "paid",
        "total": str(TOTAL),
        "currency": "EUR",
    }
    (reserved,) = peers["a"].seen
    assert reserved.body == {"order_id": order_id, "lines": BASKET["lines"]}
    (charged,) = peers["payments"].seen
    assert charged.headers["Idempotency-Key"] == f"order-{order_id}"
    assert charged.body == {
        "order_id": order_id, "user_id": 7, "amount": str(TOTAL), "currency": "EUR",
    }  # fmt: skip
    (invoiced,) = peers["billing"].seen_at("/invoices")
    assert [line["sku"] for line in invoiced.body["lines"]] == ["KIT-0101", "TAB-0101"]
    assert world.invoices[order_id] == 1
    assert orders_total("paid") - before == 1


async def test_a_repeated_key_returns_the_first_order_and_charges_once(
    client: httpx.AsyncClient, peers: dict[str, FakePeer], world: World
) -> None:
    key = new_key()
    first = await client.post("/orders", json=BASKET, headers=key)
    calls = sum(len(peer.seen) for peer in peers.values())
    again = await client.post("/orders", json=BASKET, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert sum(len(peer.seen) for peer in peers.values()) == calls
    assert len(world.charges) == 1


async def test_another_key_is_another_order(client: httpx.AsyncClient, world: World) -> None:
    first = await client.post("/orders", json=BASKET, headers=new_key())
    second = await client.post("/orders", json=BASKET, headers=new_key())
    assert first.json()["order_id"] != second.json()["order_id"]
    assert len(world.charges) == 2


async def test_a_key_cannot_be_used_for_another_basket(client: httpx.AsyncClient) -> None:
    key = new_key()
    await client.post("/orders", json=BASKET, headers=key)
    answer = await client.post("/orders", json=BASKET | {"user_id": 8}, headers=key)
    assert (answer.status_code, answer.json()["title"]) == (422, "Idempotency-Key used twice")


async def test_a_repeat_while_the_first_is_worked_on_is_told_to_wait(
    client: httpx.AsyncClient, world: World, peers: dict[str, FakePeer]
) -> None:
    world.hold_charges = asyncio.Event()
    key = new_key()
    first = asyncio.create_task(client.post("/orders", json=BASKET, headers=key))
    async with asyncio.timeout(10):
        while not peers["payments"].seen:  # noqa: ASYNC110  # the peer is a list, not an event
            await asyncio.sleep(0.01)
    again = await client.post("/orders", json=BASKET, headers=key)
    assert (again.status_code, again.json()["title"]) == (409, "Order in progress")
    assert again.headers["Retry-After"] == "1"
    world.hold_charges.set()
    assert (await first).status_code == 201
    assert len(world.charges) == 1


@pytest.mark.parametrize(
    ("service", "theirs", "ours"),
    [
        ("users", 404, 422),
        ("a", 409, 409),
        ("a", 422, 422),
        ("a", 500, 502),
        ("billing", 503, 503),
        ("payments", 502, 502),
        ("payments", 503, 503),
        ("payments", 504, 504),
        ("payments", 422, 502),
    ],
)
async def test_what_goes_wrong_on_the_way_fails_the_order(
    client: httpx.AsyncClient, world: World, service: str, theirs: int, ours: int
) -> None:
    before = orders_total("failed")
    world.status[service] = theirs
    answer = await client.post("/orders", json=BASKET, headers=new_key())
    assert answer.status_code == ours
    assert answer.headers["content-type"] == "application/problem+json"
    assert orders_total("failed") - before == 1
    assert world.charges == {}
    assert not world.invoices


async def test_a_declined_payment_is_a_402(client: httpx.AsyncClient, world: World) -> None:
    before = orders_total("declined")
    world.charge_state = "declined"
    answer = await client.post("/orders", json=BASKET, headers=new_key())
    assert (answer.status_code, answer.json()["title"]) == (402, "Payment declined")
    assert orders_total("declined") - before == 1
    (charge,) = world.charges.values()
    assert await status_of(client, charge["order_id"]) == "failed"


async def test_a_failed_order_is_taken_up_again_by_its_key_at_the_price_it_had(
    client: httpx.AsyncClient, world: World, peers: dict[str, FakePeer]
) -> None:
    world.status["payments"] = 503
    key = new_key()
    await client.post("/orders", json=BASKET, headers=key)
    order_id = peers["a"].seen[0].body["order_id"]
    del world.status["payments"]
    assert await status_of(client, order_id) == "failed"
    answer = await client.post("/orders", json=BASKET, headers=key)
    assert (answer.status_code, answer.json()["order_id"]) == (201, order_id)
    assert answer.json()["total"] == str(TOTAL)
    assert len(peers["a"].seen) == 1


async def test_a_paid_order_stands_while_billing_does_not_answer(
    client: httpx.AsyncClient, world: World, seeded_database: str
) -> None:
    world.status["invoices"] = 503
    answer = await client.post("/orders", json=BASKET, headers=new_key())
    assert (answer.status_code, answer.json()["status"]) == (201, "paid")
    with psycopg.connect(seeded_database) as connection:
        row = connection.execute(
            "SELECT invoiced_at FROM orders WHERE id = %s", [answer.json()["order_id"]]
        ).fetchone()
    assert row == (None,)


async def test_no_connection_is_held_while_another_service_is_called(
    client: httpx.AsyncClient, world: World, peers: dict[str, FakePeer]
) -> None:
    world.hold_charges = asyncio.Event()
    calls = [
        asyncio.create_task(client.post("/orders", json=BASKET, headers=new_key()))
        for _ in range(25)
    ]
    async with asyncio.timeout(10):
        while len(peers["payments"].seen) < 25:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.01)
    assert REGISTRY.get_sample_value("db_pool_in_use") == 0
    world.hold_charges.set()
    assert {answer.status_code for answer in await asyncio.gather(*calls)} == {201}


@pytest.mark.parametrize(
    "broken",
    [
        {"user_id": 7, "lines": []},
        {"user_id": 0, "lines": BASKET["lines"]},
        {"user_id": 7, "lines": [{"sku": "KIT-0101", "quantity": 0}]},
        {"user_id": 7, "lines": [{"sku": "KIT-0101", "quantity": 1}] * 2},
        {"user_id": 7, "lines": BASKET["lines"], "total": "0.01"},
    ],
)
async def test_a_malformed_basket_is_refused(
    client: httpx.AsyncClient, peers: dict[str, FakePeer], broken: dict[str, Any]
) -> None:
    answer = await client.post("/orders", json=broken, headers=new_key())
    assert answer.status_code == 422
    assert not any(peer.seen for peer in peers.values())


async def test_an_order_needs_an_idempotency_key(client: httpx.AsyncClient) -> None:
    answer = await client.post("/orders", json=BASKET)
    assert (answer.status_code, answer.json()["title"]) == (400, "Idempotency-Key missing")


async def test_a_basket_is_priced_and_nothing_is_stored(
    client: httpx.AsyncClient, peers: dict[str, FakePeer]
) -> None:
    answer = await client.post("/baskets", json=BASKET)
    assert answer.status_code == 200
    assert [line["net"] for line in answer.json()["lines"]] == ["39.98", "2.35"]
    assert [name for name, peer in peers.items() if peer.seen] == ["a"]
    assert peers["a"].seen[0].body == {"lines": BASKET["lines"], "dry_run": True}


async def test_tracking_shows_the_order_and_its_payment(client: httpx.AsyncClient) -> None:
    placed = (await client.post("/orders", json=BASKET, headers=new_key())).json()
    tracked = (await client.get(f"/orders/{placed['order_id']}")).json()
    assert tracked["payment"]["state"] == "captured"
    assert [line["gross"] for line in tracked["lines"]] == ["45.98", "2.70"]
    assert tracked["total"] == placed["total"]


async def test_an_order_without_a_charge_has_no_payment(client: httpx.AsyncClient) -> None:
    tracked = (await client.get("/orders/20000")).json()
    assert tracked["payment"] == {"state": "none", "captured_at": None}


async def test_an_unknown_order_is_a_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/orders/999999999")).status_code == 404
