"""A process that the guardian is asked to run, and one that it runs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from harness import limits
from harness.runtime.programs.cache import User

SendSignal = Callable[[Signals, bool], Awaitable[None]]
"""Takes the signal, and whether the whole process group is meant."""


@dataclass(frozen=True)
class Command:
    """A program to run under the guardian."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    log_path: Path
    env: Mapping[str, str] = field(default_factory=dict)
    user: User | None = None
    fds: tuple[int, ...] = ()
    """Passed on as descriptors 3, 4, …"""


class Child:
    """A process that the guardian started for us."""

    def __init__(self, name: str, pid: int, send_signal: SendSignal) -> None:
        self.name, self.pid = name, pid
        self.exit_code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Negative for a signal, as in subprocess."""
        self._send_signal = send_signal

    @property
    def alive(self) -> bool:
        return not self.exit_code.done()

    async def wait(self, timeout_s: float) -> int:
        """The exit code, negative for a signal. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            return await asyncio.shield(self.exit_code)

    async def stop(self, timeout_s: float, first: Signals = signal.SIGTERM) -> None:
        """Ask the process to end, and kill its group where it has not within `timeout_s`."""
        if not self.alive:
            return
        await self._send_signal(first, False)
        with contextlib.suppress(TimeoutError):
            await self.wait(timeout_s)
        await self._send_signal(signal.SIGKILL, True)
        with contextlib.suppress(TimeoutError):
            await self.wait(limits.KILL_S)
