"""Bounded waiting: the only place in the harness that polls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class WaitedTooLong(TimeoutError):
    """The condition did not come true within its bound."""


async def wait_until(
    check: Callable[[], Awaitable[T | None]],
    *,
    timeout_s: float,
    what: str,
    interval_s: float = 0.05,
) -> T:
    """Await `check` until it returns something true, and return that.

    Raises WaitedTooLong, naming `what`, once `timeout_s` has passed.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        result = await check()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise WaitedTooLong(f"waited {timeout_s:g} s for {what}")
        await asyncio.sleep(interval_s)


def wait_until_sync(
    check: Callable[[], T | None],
    *,
    timeout_s: float,
    what: str,
    interval_s: float = 0.05,
) -> T:
    """The blocking form of `wait_until`, for code that has no event loop."""
    deadline = time.monotonic() + timeout_s
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise WaitedTooLong(f"waited {timeout_s:g} s for {what}")
        time.sleep(interval_s)
