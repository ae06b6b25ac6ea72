"""The impact is in the record as it changes, and also when it stays nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from harness.drill import impact
from harness.drill.session import Session
from harness.waiting import wait_until
from tests.unit.drill.conftest import Hand

SAMPLES_S = 0.001


class Steady:
    """A Prometheus whose every value stays as it is; counts how often it was asked."""

    def __init__(self, value: float | None) -> None:
        self.value_now = value
        self.asked = 0

    async def value(self, _: str) -> float | None:
        self.asked += 1
        return self.value_now


@asynccontextmanager
async def sampled(session: Session, metrics: Steady) -> AsyncIterator[Callable[[], Any]]:
    """Sample all the while; the block is given a wait for some more rounds."""
    session.prometheus = metrics  # type: ignore[assignment]

    async def rounds() -> None:
        before = metrics.asked

        async def asked_again() -> bool:
            return metrics.asked >= before + 12

        await wait_until(asked_again, timeout_s=5, what="some more samples", interval_s=SAMPLES_S)

    task = asyncio.create_task(impact.sample_forever(session))
    try:
        yield rounds
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def samples(session: Session) -> int:
    return sum(one.type == "impact.sampled" for one in session.record.events())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(impact, "INTERVAL_S", SAMPLES_S)


async def test_what_does_not_change_is_said_once_and_again_in_a_while(
    session: Session, hand: Hand
) -> None:
    async with sampled(session, Steady(0.0)) as rounds:
        await rounds()
        assert samples(session) == 1
        hand.move(impact.REPEATED_S)
        await rounds()
        assert samples(session) == 2


async def test_what_changes_is_said_at_once(session: Session) -> None:
    metrics = Steady(0.0)
    async with sampled(session, metrics) as rounds:
        await rounds()
        metrics.value_now = 1.0
        await rounds()
        assert samples(session) == 2


async def test_without_data_nothing_is_said(session: Session, hand: Hand) -> None:
    async with sampled(session, Steady(None)) as rounds:
        hand.move(impact.REPEATED_S)
        await rounds()
        assert samples(session) == 0
