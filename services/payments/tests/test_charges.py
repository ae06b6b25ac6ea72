"""Charging an order, over HTTP, against a provider that really listens."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.chassis.testing import FakePeer
from services.payments.tests.charges import charge_body, post_charge
from services.payments.tests.conftest import Direction


async def test_an_order_is_charged_at_the_provider(
    client: httpx.AsyncClient, provider: FakePeer
) -> None:
    body = charge_body(amount="149.00")
    answer = await post_charge(client, body)
    assert answer.status_code == 201
    assert answer.json()["state"] == "captured"
    assert answer.json()["amount"] == "149.00"
    assert provider.seen[0].body == {
        "amount": "149.00", "currency": "EUR", "reference": f"order-{body['order_id']}",
    }  # fmt: skip


async def test_a_replayed_key_returns_the_first_charge(
    client: httpx.AsyncClient, provider: FakePeer
) -> None:
    body = charge_body()
    first = await post_charge(client, body)
    again = await post_charge(client, body)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(provider.seen) == 1


async def test_a_key_with_another_body_is_refused(
    client: httpx.AsyncClient, provider: FakePeer
) -> None:
    body = charge_body()
    await post_charge(client, body)
    answer = await post_charge(client, {**body, "amount": "20.00"})
    assert answer.status_code == 422
    assert len(provider.seen) == 1


async def test_an_order_is_not_charged_again_under_another_key(
    client: httpx.AsyncClient, provider: FakePeer
) -> None:
    body = charge_body()
    await post_charge(client, body)
    answer = await post_charge(client, body, key="another")
    assert answer.status_code == 409
    assert len(provider.seen) == 1


async def test_a_charge_without_a_key_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/charges", json=charge_body())
    assert answer.status_code == 400
    assert answer.json()["title"] == "Idempotency-Key missing"


@pytest.mark.parametrize(
    "changes",
    [{"amount": "0"}, {"amount": "1.999"}, {"amount": "-1"}, {"currency": "eur"}, {"tip": "1"}],
)
async def test_a_malformed_charge_is_refused(
    client: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    assert (await post_charge(client, charge_body(**changes))).status_code == 422


async def test_two_requests_with_one_key_at_once_charge_once(
    client: httpx.AsyncClient, provider: FakePeer
) -> None:
    body = charge_body()
    answers = await asyncio.gather(*(post_charge(client, body) for _ in range(5)))
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert len(provider.seen) == 1


async def test_a_declined_card_is_a_settled_charge(
    client: httpx.AsyncClient, direction: Direction, provider: FakePeer
) -> None:
    direction.statuses = [402]
    body = charge_body()
    answer = await post_charge(client, body)
    assert answer.json()["state"] == "declined"
    assert (await post_charge(client, body)).json() == answer.json()
    assert len(provider.seen) == 1, "a decline is not tried again"


async def test_states_are_listed_by_order(client: httpx.AsyncClient) -> None:
    body = charge_body()
    await post_charge(client, body)
    answer = await client.get("/charges", params={"order_id": [body["order_id"], 999_999]})
    assert [(charge["order_id"], charge["state"]) for charge in answer.json()["charges"]] == [
        (body["order_id"], "captured")
    ]


async def test_settlements_are_the_captured_charges_since_a_moment(
    client: httpx.AsyncClient, direction: Direction
) -> None:
    direction.statuses = [402]
    since = datetime.now(UTC) - timedelta(seconds=1)
    declined, captured = charge_body(), charge_body(amount="2.35")
    await post_charge(client, declined)
    await post_charge(client, captured)
    answer = await client.get("/settlements", params={"since": since.isoformat()})
    found = {row["order_id"]: row["amount"] for row in answer.json()["settlements"]}
    assert found[captured["order_id"]] == "2.35"
    assert declined["order_id"] not in found


async def test_settlements_need_a_moment_with_a_zone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/settlements", params={"since": "2026-11-01T00:00:00"})
    assert answer.status_code == 422
