"""The end of a drill with people still looking at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from harness.api import console_server
from harness.drill.session import Session
from tests.browser.drill import served
from tests.unit.api.crowd import crowd

pytestmark = pytest.mark.live

OPEN_STREAMS = 200
STOPS_WITHIN_S = 5.0


@asynccontextmanager
async def stopping(session: Session, folder: Path) -> AsyncIterator[asyncio.Task[None]]:
    """A drill that is being stopped while people look at it; they leave with the block."""
    stack = ExitStack()
    drill = stack.enter_context(served(session, folder))
    async with crowd(drill, OPEN_STREAMS):
        stopped = asyncio.create_task(asyncio.to_thread(stack.close))
        yield stopped
    await stopped


async def test_the_drill_stops_in_time_with_streams_open(trouble: Session, tmp_path: Path) -> None:
    async with stopping(trouble, tmp_path / "secrets") as stopped:
        await asyncio.wait_for(asyncio.shield(stopped), STOPS_WITHIN_S)


async def test_it_would_not_if_it_waited_for_the_streams_to_end(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: with a longer patience, the open streams keep it."""
    monkeypatch.setattr(console_server, "STOP_TIMEOUT_S", 60)
    async with stopping(trouble, tmp_path / "secrets") as stopped:
        done, _ = await asyncio.wait({stopped}, timeout=STOPS_WITHIN_S)
        assert not done
