"""Log lines of a time from here to there, asked of the recorder as it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from harness.drill.queries import telemetry_queries
from harness.drill.session import Session
from harness.telemetry.log_records import parse_line
from harness.telemetry.recorder_app import Memory, create_app
from harness.telemetry.recorder_client import RecorderClient

TOKEN = "telemetry"
BEGIN_MS = 1_790_000_000_000


@pytest.fixture
async def lines(session: Session) -> AsyncIterator[Session]:
    """Ten lines, one a millisecond: rounding would lose one."""
    memory = Memory()
    for number in range(10):
        found = parse_line(memory.logs.next_seq(), "orders", b"a line", BEGIN_MS + number)
        assert found is not None
        memory.logs.add(found)
    transport = httpx.ASGITransport(create_app(memory, TOKEN))
    async with RecorderClient("http://127.0.0.1", TOKEN, transport) as recorder:
        session.services.recorder = recorder
        yield session


async def seqs(session: Session, **asked: Any) -> list[int]:
    given: dict[str, Any] = {
        **dict.fromkeys(("service", "level", "trace_id", "contains", "since")),
        "limit": 100,
        **asked,
    }
    found = await telemetry_queries.logs(session, **given)
    return [one["seq"] for one in found["records"]]


@pytest.mark.parametrize(
    ("begin", "end", "found"),
    [
        (3, 6, [4, 5, 6, 7]),
        (3, 3, [4]),
        (None, 2, [1, 2, 3]),
        (7, None, [8, 9, 10]),
        (20, 30, []),
        (6, 3, []),
    ],
)
async def test_both_ends_of_a_time_belong_to_it(
    lines: Session, begin: int | None, end: int | None, found: list[int]
) -> None:
    ends = {"begin_s": begin, "end_s": end}
    asked = {name: (BEGIN_MS + at) / 1000 for name, at in ends.items() if at is not None}
    assert await seqs(lines, **asked) == found


async def test_without_a_time_all_lines_are_found(lines: Session) -> None:
    """Negative control."""
    assert len(await seqs(lines)) == 10


async def test_in_a_time_older_lines_are_gone_back_to(lines: Session) -> None:
    time = {"begin_s": BEGIN_MS / 1000, "end_s": (BEGIN_MS + 7) / 1000}
    assert await seqs(lines, **time, limit=3) == [6, 7, 8]
    assert await seqs(lines, **time, limit=3, before=6) == [3, 4, 5]
    assert await seqs(lines, **time, after=6) == [7, 8]


async def test_a_beginning_says_more_than_how_long_ago(lines: Session) -> None:
    begin = (BEGIN_MS + 8) / 1000
    assert await seqs(lines, begin_s=begin, since="1s") == [9, 10]
