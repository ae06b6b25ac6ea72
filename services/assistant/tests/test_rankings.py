"""Rankings: by the model within their budget, else in the order that they came in."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from services.assistant.tests.conftest import Direction, Shop
from services.chassis.metrics import REGISTRY
from services.chassis.testing import FakePeer

AS_THEY_CAME = {"skus": ["A", "C", "B"], "source": "fallback"}


async def rank(client: httpx.AsyncClient) -> Any:
    answer = await client.post("/rankings", json={"user_id": 7, "candidates": ["A", "C", "B"]})
    assert answer.status_code == 200
    return answer.json()


async def test_the_model_ranks(shop: Shop) -> None:
    async with shop(ranking_timeout_ms=5_000) as client:
        assert await rank(client) == {"skus": ["C", "B", "A"], "source": "model"}


async def test_a_model_that_takes_too_long_is_done_without(
    shop: Shop, direction: Direction
) -> None:
    direction.hold = asyncio.Event()
    async with shop(ranking_timeout_ms=300) as client:
        begin = time.monotonic()
        assert await rank(client) == AS_THEY_CAME
        assert time.monotonic() - begin < 2
        direction.hold.set()


@pytest.mark.parametrize("text", ["{}", "no JSON", '{"ranking": ["A"]}', '{"ranking": [1, "A"]}'])
async def test_an_answer_that_is_no_ranking_of_these_is_done_without(
    shop: Shop, direction: Direction, text: str
) -> None:
    direction.text = text
    labels = {"task": "ranking"}
    before = REGISTRY.get_sample_value("assistant_fallbacks_total", labels) or 0.0
    async with shop(ranking_timeout_ms=5_000) as client:
        assert await rank(client) == AS_THEY_CAME
    assert REGISTRY.get_sample_value("assistant_fallbacks_total", labels) == before + 1


async def test_rankings_that_fail_do_not_keep_summaries_from_the_model(
    shop: Shop, direction: Direction, provider: FakePeer
) -> None:
    direction.statuses = [500] * 2
    async with shop(breaker_failures=2, ranking_timeout_ms=5_000) as client:
        for _ in range(3):
            assert await rank(client) == AS_THEY_CAME
        assert len(provider.seen) == 2, "the third was not asked for: its breaker is open"
        lines = [{"name": "Alder Kettle", "quantity": 1}]
        await client.post("/summaries", json={"order_id": 1, "lines": lines})
        state = REGISTRY.get_sample_value("circuit_breaker_state", {"peer": "model-provider"})
        assert state == 0
