"""Requests without a key, without end: few events, and every one counted."""

from __future__ import annotations

from harness.record.counted_events import SINGLE_MAX
from harness.record.events import AiAttempted
from tests.unit.aigate.bench import Bench

MORE = 15


async def test_what_comes_without_a_key_or_is_no_http_is_counted(bench: Bench) -> None:
    for _ in range(SINGLE_MAX + MORE):
        await bench.raw(b"nonsense\r\n\r\n")
    attempts = [one for one in bench.switch.events if isinstance(one, AiAttempted)]
    assert len(attempts) == SINGLE_MAX
    await bench.stop()
    attempts = [one for one in bench.switch.events if isinstance(one, AiAttempted)]
    assert [one.count for one in attempts] == [1] * SINGLE_MAX + [MORE]
