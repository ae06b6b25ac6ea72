"""A release may say to its host what it likes: its deploy fails in time, and nothing else does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from harness import limits
from harness.errors import DeployFailed
from harness.runtime.local.runtime import LocalRuntime
from tests.contract.shop_fixture import Shop, serving, silent

pytestmark = pytest.mark.live

READY_S = 4.0
WITHOUT_END = "while True: os.write(3, b'x' * 65536)"
MANY = 'while True: os.write(3, b\'{"event": "started"}\\n\' * 1000)'
LIES = {
    "no JSON": ("os.write(3, b'hello\\n')", "not JSON"),
    "a list": ("os.write(3, b'[]\\n')", "without an event"),
    "no event": ("os.write(3, b'{}\\n')", "without an event"),
    "nested": ("os.write(3, b'[' * 50000 + b'\\n')", "not JSON"),
    "no port": ('os.write(3, b\'{"event": "serving"}\\n\')', "serves on port 'None'"),
    "another place": (
        'os.write(3, b\'{"event": "serving", "port": "1@example.org"}\\n\')',
        "serves on port '1@example.org'",
    ),
    "an error that is no text": (
        'os.write(3, b\'{"event": "failed", "error": {"a": 1}}\\n\')',
        "it failed",
    ),
    "half a character": (
        'os.write(3, b\'{"event": "failed", "error": "\\\\ud800 why"}\\n\')',
        r"\? why",
    ),
    "an answer to another question": (
        'os.write(3, b\'{"event": "accepting"}\\n\')',
        "'accepting', not 'serving'",
    ),
    "another pid": ('os.write(3, b\'{"event": "started", "pid": 1}\\n\')', "'started', not"),
    "without end": (WITHOUT_END, "a line of more than"),
    "many": (MANY, "'started', not"),
}


@asynccontextmanager
async def pauses() -> AsyncIterator[Callable[[], float]]:
    """The longest time, in seconds, for which the host's loop did nothing else, up to now."""
    longest_s = 0.0

    async def watch() -> None:
        nonlocal longest_s
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            longest_s, before = max(longest_s, now - before), now

    watching = asyncio.create_task(watch())
    try:
        yield lambda: longest_s
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def test_what_a_release_writes_to_its_host_fails_its_deploy_and_nothing_else(
    shop: Shop, runtime: LocalRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SERVICE_READY_S", READY_S)
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    for number, (code, said) in enumerate(LIES.values(), 1):
        hostile = shop.release(f"1.0.{number}", prelude=f"{code}\nimport time\ntime.sleep(60)")
        began = time.monotonic()
        async with pauses() as longest_s:
            with pytest.raises(DeployFailed, match=said) as failure:
                await runtime.deploy("x", hostile, silent)
            assert longest_s() < READY_S
        assert time.monotonic() - began < READY_S + limits.KILL_S
        failure.value.message.encode()
        assert await serving(shop) == "1.0.0"


TRICKLE = """
    from fastapi.responses import StreamingResponse

    async def pieces():
        while True:
            yield {piece}
            await asyncio.sleep({pause_s})

    @app.middleware("http")
    async def without_end(request, call_next):
        return StreamingResponse(pieces(), headers={headers})
"""
ANSWERS = {
    "a trickle": TRICKLE.format(piece="b'x'", pause_s=0.05, headers={}),
    "a flood": TRICKLE.format(piece="b'x' * 65536", pause_s=0, headers={}),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_a_readiness_that_is_answered_without_end_is_not_waited_for(
    shop: Shop, runtime: LocalRuntime, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(limits, "SERVICE_READY_S", READY_S)
    await runtime.up(shop.plan(shop.release("1.0.0")), silent)
    began = time.monotonic()
    with pytest.raises(DeployFailed, match="not ready within"):
        await runtime.deploy("x", shop.release("1.0.1", extra=answer), silent)
    assert time.monotonic() - began < READY_S + limits.KILL_S
    assert await serving(shop) == "1.0.0"
