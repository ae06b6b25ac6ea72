"""Taking turns: what only one stack of a campaign does at a time.

A healthy shop takes about half a core, and two of them fit beside each other on two. A start and a
stress run take more than one: two at once would both be late, for no fault of theirs.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from harness.waiting import WaitedTooLong, wait_until

TURN_TIMEOUT_S = 180.0
"""A neighbour that takes longer is stuck; one then goes on beside it."""
LOOK_EVERY_S = 0.1


class Turns:
    """The turns of all stacks that know the same file, which exists; without one it is everybody's
    turn now.

    The kernel gives back what a process held that was killed.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until nobody else has the turn, and keep it for as long as the block lasts."""
        if self._file is None:
            yield
            return
        with self._file.open("rb") as file:

            async def taken() -> bool:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                return True

            with contextlib.suppress(WaitedTooLong):
                await wait_until(
                    taken, timeout_s=TURN_TIMEOUT_S, what="a turn", interval_s=LOOK_EVERY_S
                )
            yield
