"""Several things at once, of which the first failure counts; and an end that is one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

ASK_AGAIN_S = 1.0


async def together(*works: Coroutine[object, object, None]) -> None:
    """Run all; the first failure cancels the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as error:
        raise error.exceptions[0] from error


async def end_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait for their end; what they raise is theirs.

    Whoever has not ended is asked again: where what a task waits for fails in the moment in which
    it is cancelled, some code takes the failure for the answer, and goes on as if nobody had asked.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=ASK_AGAIN_S)
        await asyncio.gather(*ended, return_exceptions=True)
