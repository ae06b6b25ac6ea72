"""What is refused without end is counted, and takes few events."""

from __future__ import annotations

import asyncio

import pytest

from harness.record import counted_events
from harness.record.counted_events import SINGLE_MAX, CountedEvents
from harness.waiting import wait_until


async def test_the_first_of_each_kind_stand_alone_and_the_others_are_counted() -> None:
    written: list[tuple[str, int]] = []
    counting = CountedEvents[str](lambda event, count: written.append((event, count)))
    for number in range(SINGLE_MAX + 100):
        counting.add("no token", f"a{number}")
    counting.add("no host", "b")
    assert [count for _, count in written] == [1] * (SINGLE_MAX + 1)
    counting.flush()
    counting.flush()
    assert written[SINGLE_MAX + 1 :] == [(f"a{SINGLE_MAX + 99}", 100)]


async def test_what_was_counted_is_written_down_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted_events, "COUNTED_EVERY_S", 0.01)
    written: list[int] = []
    counting = CountedEvents[str](lambda _, count: written.append(count))
    for _ in range(SINGLE_MAX + 7):
        counting.add("no token", "a")

    async def is_written() -> bool:
        await asyncio.sleep(0)
        return sum(written) == SINGLE_MAX + 7

    await wait_until(is_written, timeout_s=10, what="the count")
    assert written[-1] == 7
