"""What payments does when the provider fails."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from services.chassis.testing import FakePeer, until
from services.payments.tests.charges import charge_body, post_charge
from services.payments.tests.conftest import Direction, Shop


async def metric(client: httpx.AsyncClient, series: str) -> float:
    """Value of one series of /metrics."""
    lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{series} "))


async def test_an_attempt_that_fails_is_repeated_under_the_same_key(
    client: httpx.AsyncClient, direction: Direction, provider: FakePeer
) -> None:
    direction.statuses = [500, 503]
    retries = 'outbound_retries_total{peer="payment-provider"}'
    before = await metric(client, retries)
    answer = await post_charge(client, charge_body())
    assert answer.json()["state"] == "captured"
    assert len({request.headers["Idempotency-Key"] for request in provider.seen}) == 1
    assert await metric(client, retries) - before == 2


async def test_a_charge_fails_after_three_repeats_and_can_be_tried_again(
    client: httpx.AsyncClient, direction: Direction, provider: FakePeer
) -> None:
    direction.statuses = [500] * 4
    body = charge_body()
    failed = await post_charge(client, body)
    assert failed.status_code == 502
    assert len(provider.seen) == 4
    listed = await client.get("/charges", params={"order_id": body["order_id"]})
    assert listed.json()["charges"][0]["state"] == "failed"
    again = await post_charge(client, body)
    assert again.json()["state"] == "captured"
    assert len(direction.charged) == 1


async def test_a_refusal_is_not_repeated(
    client: httpx.AsyncClient, direction: Direction, provider: FakePeer
) -> None:
    direction.statuses = [422]
    assert (await post_charge(client, charge_body())).status_code == 502
    assert len(provider.seen) == 1


async def test_the_breaker_opens_after_ten_failures_and_closes_by_a_success(
    shop: Shop, direction: Direction, provider: FakePeer, capsys: pytest.CaptureFixture[str]
) -> None:
    state = 'circuit_breaker_state{peer="payment-provider"}'
    direction.statuses = [500] * 36
    async with shop(breaker_reset_ms=400) as client:
        await asyncio.gather(*(post_charge(client, charge_body()) for _ in range(9)))
        assert await metric(client, state) == 0, "nine failures are not ten"
        direction.statuses = [500] * 4
        await post_charge(client, charge_body())
        assert await metric(client, state) == 2
        assert "circuit breaker open after 10 failures" in capsys.readouterr().out

        called = len(provider.seen)
        rejected = await post_charge(client, charge_body())
        assert rejected.status_code == 503
        assert "Retry-After" in rejected.headers
        assert len(provider.seen) == called

        async def is_let_through() -> bool:
            return (await post_charge(client, charge_body())).status_code == 201

        await until(is_let_through)
        assert await metric(client, state) == 0


async def test_a_full_pool_is_a_503_that_says_so(
    shop: Shop, direction: Direction, provider: FakePeer, capsys: pytest.CaptureFixture[str]
) -> None:
    direction.hold = asyncio.Event()
    async with shop(pool_size=2) as client:
        held = [asyncio.create_task(post_charge(client, charge_body())) for _ in range(2)]

        async def both_are_at_the_provider() -> bool:
            return len(provider.seen) == 2

        await until(both_are_at_the_provider)
        assert await metric(client, "db_pool_in_use") == 2
        answer = await post_charge(client, charge_body())
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert await metric(client, "db_pool_timeouts_total") >= 1
        log = capsys.readouterr().out
        assert "no available database connections (pool size 2, in use 2)" in log
        direction.hold.set()
        assert [(await task).status_code for task in held] == [201, 201]
        assert await metric(client, "db_pool_in_use") == 0
