"""A release's process: what it says, and what becomes of who waits for that."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harness.model import BuiltRelease
from harness.runtime.channel import Channel
from harness.runtime.release_process import ReleaseFailed, ReleaseProcess, Work


class Nobody:
    """Launches nothing, and kills what is dead already."""

    async def launch(self, work: Work) -> ReleaseProcess:
        raise AssertionError

    async def call(self, work: Work, timeout_s: float) -> None:
        raise AssertionError

    async def kill(self, key: str) -> None:
        pass


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[ReleaseProcess]:
    """One whose end of the conversation is closed, as it is when all of its stack is killed."""
    ours, theirs = socket.socketpair()
    theirs.close()
    work = Work(BuiltRelease("x", "1.0.0", "clean", tmp_path), "x:y", {}, tmp_path / "log")
    made = ReleaseProcess(Nobody(), "x#1", work, Channel(ours))
    yield made
    await made.kill()


async def waiting_for_it(process: ReleaseProcess) -> asyncio.Task[object]:
    waiting = asyncio.create_task(process.expect("serving", 30))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    return waiting


async def test_whoever_waits_for_one_that_ended_is_told(process: ReleaseProcess) -> None:
    waiting = await waiting_for_it(process)
    process.exit_code.set_result(-9)
    with pytest.raises(ReleaseFailed, match="it ended with signal SIGKILL"):
        await waiting


@pytest.mark.parametrize("turns", range(6))
async def test_a_wait_that_is_cancelled_as_its_process_ends_is_cancelled(
    process: ReleaseProcess, turns: int
) -> None:
    """At the death of a guardian both come at once; whoever deploys would go on with the next
    release, and the host with it. `asyncio.wait_for` loses such a cancellation on Python 3.11."""
    waiting = await waiting_for_it(process)
    process.exit_code.set_result(-9)
    for _ in range(turns):
        await asyncio.sleep(0)
    if not waiting.cancel():
        assert turns, "it cannot be over at once"
        assert waiting.exception()
        return
    with pytest.raises(asyncio.CancelledError):
        await waiting
