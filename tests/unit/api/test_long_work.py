"""What takes long is told line by line, to its end or to the drill's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from harness.api.routes_act import _streamed
from harness.drill.session import Session
from harness.errors import UsageError


async def lines(
    session: Session, work: Any, *, end_after: int | None = None
) -> list[dict[str, Any]]:
    """All lines of `work`; the drill ends once so many of them were read."""
    found = []
    async for chunk in _streamed(session, work).body_iterator:
        found.append(json.loads(chunk))
        if len(found) == end_after:
            for task in list(session.run.tasks):
                task.cancel()
    return found


async def test_progress_comes_before_the_result(session: Session) -> None:
    async def work(say: Any) -> dict[str, str]:
        say("half way")
        return {"version_to": "2.4.1"}

    assert await lines(session, work) == [
        {"progress": "half way"}, {"result": {"version_to": "2.4.1"}},
    ]  # fmt: skip


async def test_a_mistake_is_told_with_what_to_do_next(session: Session) -> None:
    async def work(say: Any) -> None:
        raise UsageError("there is nothing to roll back", "name a version")

    (found,) = await lines(session, work)
    assert "there is nothing to roll back" in json.dumps(found["error"])


async def test_whoever_waits_is_told_that_the_drill_ended_first(session: Session) -> None:
    async def work(say: Any) -> None:
        say("stress load on the shop")
        await asyncio.Future()

    found = await asyncio.wait_for(lines(session, work, end_after=1), 10)
    assert "the drill ended before this finished" in json.dumps(found[-1]["error"])
