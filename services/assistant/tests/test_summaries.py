"""Summaries: queued once, tried again with waits, and given up with a simple answer."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import psycopg
import pytest

from services.assistant.domain import backoff_ms
from services.assistant.tests.conftest import Direction, Shop
from services.chassis.metrics import REGISTRY
from services.chassis.testing import FakePeer, until

LINES = [{"name": "Alder Kettle", "quantity": 2}, {"name": "Brook Whisk", "quantity": 1}]
SIMPLE = "3 items: Alder Kettle and 1 more."


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def ask(client: httpx.AsyncClient, order_id: int = 1) -> Any:
    answer = await client.post("/summaries", json={"order_id": order_id, "lines": LINES})
    assert answer.status_code == 202
    return answer.json()["status"]


async def final(client: httpx.AsyncClient, order_id: int = 1) -> Any:
    async def is_final() -> bool:
        return bool((await client.get(f"/summaries/{order_id}")).json()["state"] != "queued")

    await until(is_final, timeout_s=20)
    return (await client.get(f"/summaries/{order_id}")).json()


async def test_a_summary_is_written_by_the_model_in_the_background(shop: Shop) -> None:
    before = value("assistant_tokens_total", kind="completion")
    async with shop() as client:
        assert await ask(client) == "queued"
        summary = await final(client)
    assert (summary["state"], summary["source"]) == ("done", "model")
    assert "2 x Alder Kettle" in summary["summary"]
    assert value("assistant_tokens_total", kind="completion") == before + 8


async def test_the_same_order_is_summarised_once(shop: Shop, provider: FakePeer) -> None:
    async with shop() as client:
        asked = await asyncio.gather(*(ask(client) for _ in range(5)))
        await final(client)
        assert await ask(client) == "known"
    assert sorted(asked) == ["known"] * 4 + ["queued"]
    assert len(provider.seen) == 1


async def test_until_then_there_is_a_simple_summary_and_the_queue_is_seen(
    shop: Shop, direction: Direction
) -> None:
    direction.hold = asyncio.Event()
    async with shop() as client:
        await ask(client)
        summary = (await client.get("/summaries/1")).json()

        async def is_seen() -> bool:
            return value("assistant_queue_depth") == 1 and value("assistant_queue_age_seconds") > 0

        await until(is_seen)
        direction.hold.set()
    assert summary == {"order_id": 1, "state": "queued", "summary": SIMPLE, "source": "fallback"}


async def test_a_failure_of_the_moment_is_tried_again(shop: Shop, direction: Direction) -> None:
    direction.statuses = [503, 429]
    before = value("assistant_tasks_total", outcome="retried")
    async with shop() as client:
        await ask(client)
        assert (await final(client))["source"] == "model"
    assert value("assistant_tasks_total", outcome="retried") == before + 2


async def test_a_task_that_keeps_failing_is_given_up_with_its_reason(
    shop: Shop, direction: Direction, provider: FakePeer, database_url: str
) -> None:
    direction.statuses = [500] * 3
    before = value("assistant_fallbacks_total", task="summary")
    async with shop(task_attempts=3) as client:
        await ask(client)
        summary = await final(client)
    assert summary == {"order_id": 1, "state": "dead", "summary": SIMPLE, "source": "fallback"}
    assert len(provider.seen) == 3
    assert value("assistant_fallbacks_total", task="summary") == before + 1
    with psycopg.connect(database_url) as connection:
        (reason,) = connection.execute("SELECT last_error FROM tasks").fetchone() or ("",)
    assert "answered 500" in reason


@pytest.mark.parametrize("way", ["unknown model", "cut off", "empty"])
async def test_what_another_attempt_cannot_mend_is_not_tried_again(
    shop: Shop, direction: Direction, provider: FakePeer, way: str
) -> None:
    direction.statuses = [404] if way == "unknown model" else []
    direction.finish_reason = "length" if way == "cut off" else "stop"
    direction.text = " " if way == "empty" else None
    async with shop() as client:
        await ask(client)
        assert (await final(client))["state"] == "dead"
    assert len(provider.seen) == 1


async def test_an_open_breaker_defers_tasks_and_gives_none_up(
    shop: Shop, direction: Direction, provider: FakePeer
) -> None:
    direction.statuses = [500] * 2
    before = value("assistant_tasks_total", outcome="deferred")
    async with shop(breaker_failures=2, breaker_reset_ms=300, task_attempts=3, workers=1) as client:
        await ask(client)

        async def is_deferred() -> bool:
            return value("assistant_tasks_total", outcome="deferred") > before

        await until(is_deferred)
        assert len(provider.seen) == 2
        assert (await final(client))["state"] == "done"


async def test_a_task_past_its_budget_is_given_up(shop: Shop, direction: Direction) -> None:
    direction.statuses = [500] * 9
    async with shop(task_budget_ms=0) as client:
        await ask(client)
        assert (await final(client))["state"] == "dead"


async def test_no_more_tasks_are_worked_on_than_there_are_workers(
    shop: Shop, direction: Direction, provider: FakePeer
) -> None:
    direction.hold = asyncio.Event()
    async with shop(workers=2) as client:
        for order_id in range(1, 6):
            await ask(client, order_id)

        async def both_work() -> bool:
            return len(provider.seen) == 2

        await until(both_work)
        assert (await client.get("/summaries/5")).json()["state"] == "queued"
        assert len(provider.seen) == 2
        direction.hold.set()
        for order_id in range(1, 6):
            assert (await final(client, order_id))["state"] == "done"


async def test_the_task_of_a_worker_that_died_is_taken_up_again(
    shop: Shop, direction: Direction, provider: FakePeer
) -> None:
    direction.hold = asyncio.Event()
    async with shop(lease_ms=200) as client:
        await ask(client)

        async def is_at_work() -> bool:
            return len(provider.seen) == 1

        await until(is_at_work)
    direction.hold.set()
    async with shop() as client:
        assert (await final(client))["state"] == "done"


async def test_an_order_nobody_asked_about_is_a_404(shop: Shop) -> None:
    async with shop() as client:
        assert (await client.get("/summaries/77")).status_code == 404


def test_waits_double_and_half_of_each_is_random() -> None:
    for attempt, whole in ((1, 100), (2, 200), (4, 800)):
        waits = {backoff_ms(attempt, 100) for _ in range(50)}
        assert len(waits) > 1
        assert all(whole / 2 <= wait <= whole for wait in waits)
