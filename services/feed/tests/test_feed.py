"""The feed: personal where it can be, marked where it is not, bounded always."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from services.chassis.metrics import REGISTRY
from services.chassis.testing import FakePeer, until
from services.feed.tests.conftest import Direction, Shop


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def read(client: httpx.AsyncClient, user_id: int = 7) -> Any:
    answer = await client.get("/feed", params={"user_id": user_id})
    assert answer.status_code == 200
    return answer.json()


def skus(feed: Any) -> list[str]:
    return [item["sku"] for item in feed["items"]]


async def test_the_model_s_order_is_personalised_and_counted(shop: Shop) -> None:
    before = value("feed_responses_total", mode="personalised")
    async with shop() as client:
        feed = await read(client)
    assert feed["mode"] == "personalised"
    assert len(feed["items"]) == 12
    assert skus(feed) == sorted(skus(feed), reverse=True)
    assert value("feed_responses_total", mode="personalised") == before + 1


@pytest.mark.parametrize(("status", "source"), [(500, "model"), (200, "fallback")])
async def test_without_a_ranking_it_is_the_customer_s_last_one_or_the_default(
    shop: Shop, direction: Direction, status: int, source: str
) -> None:
    async with shop() as client:
        personal = await read(client)
        direction.status, direction.source = status, source
        cached, default = await read(client), await read(client, user_id=8)
    assert cached == personal | {"mode": "cached"}
    assert default["mode"] == "default"
    assert skus(default) != skus(personal)


async def test_a_snapshot_that_is_too_old_is_not_shown(shop: Shop, direction: Direction) -> None:
    async with shop(snapshot_max_age_s=0) as client:
        await read(client)
        direction.status = 500
        assert (await read(client))["mode"] == "default"


async def test_an_assistant_that_does_not_answer_costs_no_more_than_its_timeout(
    shop: Shop, direction: Direction
) -> None:
    direction.hold = asyncio.Event()
    async with shop(ranking_timeout_ms=100, connect_timeout_ms=500) as client:
        assert (await read(client))["mode"] == "default"
        direction.hold.set()


async def test_rankings_wait_for_each_other_and_the_queue_is_seen(
    shop: Shop, direction: Direction, peers: FakePeer
) -> None:
    direction.hold = asyncio.Event()
    async with shop(rankings_at_a_time=1, ranking_wait_ms=5_000) as client:
        asked = [asyncio.create_task(read(client, user_id=user)) for user in (7, 8, 9)]

        async def others_wait() -> bool:
            return len(peers.seen_at("/rankings")) == 1 and value("worker_slots_waiting") == 2

        await until(others_wait)
        assert value("worker_slots") == value("worker_slots_in_use") == 1
        direction.hold.set()
        assert [feed["mode"] for feed in await asyncio.gather(*asked)] == ["personalised"] * 3
    assert value("worker_slots_waiting") == value("worker_slots_in_use") == 0


async def test_who_waits_too_long_for_a_ranking_gets_a_degraded_feed_and_is_not_refused(
    shop: Shop, direction: Direction, peers: FakePeer
) -> None:
    direction.hold = asyncio.Event()
    before = value("feed_shed_total", what="ranking")
    async with shop(rankings_at_a_time=1, ranking_wait_ms=50) as client:
        waiting = asyncio.create_task(read(client))

        async def is_at_the_assistant() -> bool:
            return len(peers.seen_at("/rankings")) == 1

        await until(is_at_the_assistant)
        assert (await read(client, user_id=8))["mode"] == "default"
        direction.hold.set()
        assert (await waiting)["mode"] == "personalised"
        assert (await read(client, user_id=8))["mode"] == "personalised", "the place is free again"
    assert value("feed_shed_total", what="ranking") == before + 1


async def test_beyond_so_many_requests_they_are_turned_away_at_once(
    shop: Shop, direction: Direction, peers: FakePeer
) -> None:
    direction.hold = asyncio.Event()
    async with shop(requests_in_flight_max=1) as client:
        waiting = asyncio.create_task(read(client))

        async def is_at_the_assistant() -> bool:
            return len(peers.seen_at("/rankings")) == 1

        await until(is_at_the_assistant)
        refused = await client.get("/feed", params={"user_id": 8})
        direction.hold.set()
        await waiting
        assert (await read(client))["mode"] == "personalised"
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
