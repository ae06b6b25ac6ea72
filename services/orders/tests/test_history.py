"""Reading order histories, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services import sampledata
from services.chassis.metrics import REGISTRY
from services.chassis.testing import FakePeer
from services.orders.tests.conftest import World


def newest_of(user_id: int) -> list[sampledata.Order]:
    found = [order for order in sampledata.orders() if order.user_id == user_id]
    return sorted(found, key=lambda order: -order.id)


def statements() -> float:
    name, labels = "db_statements_per_request_sum", {"method": "GET", "route": "/orders"}
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def read(client: httpx.AsyncClient, user_ids: list[int], **params: Any) -> Any:
    answer = await client.get("/orders", params={"user_id": user_ids} | params)
    assert answer.status_code == 200
    return answer.json()["users"]


async def test_a_customers_newest_orders_come_with_lines_profile_and_offers(
    client: httpx.AsyncClient,
) -> None:
    (history,) = await read(client, [1999])
    expected = newest_of(1999)[:10]
    assert history["profile"] == {"id": 1999, "name": "User 1999"}
    assert [order["order_id"] for order in history["orders"]] == [o.id for o in expected]
    for shown, order in zip(history["orders"], expected, strict=True):
        assert shown["total"] == str(order.total)
        assert [(line["sku"], line["gross"]) for line in shown["lines"]] == [
            (line.sku, str(line.gross)) for line in order.lines
        ]
        for line in shown["lines"]:
            assert bool(line["offers"]) == line["sku"].startswith("KIT")


async def test_many_customers_get_their_newest_order_each_in_the_order_asked_for(
    client: httpx.AsyncClient,
) -> None:
    user_ids = [500, 3, 77, 1200]
    histories = await read(client, user_ids)
    assert [history["user_id"] for history in histories] == user_ids
    for history in histories:
        (order,) = history["orders"]
        assert order["order_id"] == newest_of(history["user_id"])[0].id


async def test_up_to_five_orders_each_can_be_asked_for(client: httpx.AsyncClient) -> None:
    histories = await read(client, [500, 77], limit_per_user=3)
    assert [len(history["orders"]) for history in histories] == [3, 3]


@pytest.mark.parametrize("count", [1, 2, 100])
async def test_a_batch_takes_one_statement_and_one_call_to_each_service(
    client: httpx.AsyncClient, peers: dict[str, FakePeer], count: int
) -> None:
    before = statements()
    histories = await read(client, list(range(1, count + 1)), limit_per_user=5)
    assert len(histories) == count
    assert statements() - before == 1
    assert len(peers["users"].seen_at("/users/lookup")) == 1
    assert len(peers["c"].seen_at("/offers")) == 1
    assert len(peers["users"].seen) == len(peers["c"].seen) == 1
    assert not any(peers[name].seen for name in ("a", "billing", "payments"))


async def test_every_product_is_asked_for_once(
    client: httpx.AsyncClient, peers: dict[str, FakePeer]
) -> None:
    await read(client, list(range(1, 101)))
    (asked,) = peers["c"].seen
    assert len(asked.body["skus"]) == len(set(asked.body["skus"]))


async def test_a_customer_given_twice_is_shown_once(client: httpx.AsyncClient) -> None:
    assert [history["user_id"] for history in await read(client, [5, 5])] == [5]


async def test_an_unknown_customer_has_no_profile_and_no_orders(
    client: httpx.AsyncClient, peers: dict[str, FakePeer]
) -> None:
    assert await read(client, [9999]) == [{"user_id": 9999, "profile": None, "orders": []}]
    assert peers["c"].seen == []


async def test_a_history_without_offers_is_better_than_none(
    client: httpx.AsyncClient, world: World
) -> None:
    world.status["c"] = 503
    (history,) = await read(client, [1999])
    assert history["orders"]
    assert all(line["offers"] == [] for order in history["orders"] for line in order["lines"])


async def test_without_profiles_there_is_no_history(
    client: httpx.AsyncClient, world: World
) -> None:
    world.status["users"] = 503
    answer = await client.get("/orders", params={"user_id": [1999]})
    assert answer.status_code == 503


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?user_id=0",
        "?user_id=x",
        "?user_id=1&limit_per_user=6",
        "?user_id=1&limit_per_user=0",
        "?" + "&".join(f"user_id={n}" for n in range(1, 102)),
    ],
)
async def test_a_malformed_query_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/orders{query}")).status_code == 422
