"""Processes that run a release's code, however a runtime starts them, and what they say.

Each runs shopd (`harness/runtime/shopd`), with which the host speaks over a socket pair. A release
holds the other end of it, too, and can write to it what it likes: nothing that comes is believed
before it was looked at, and whatever is not the answer that is awaited fails what was asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Protocol

from harness import limits
from harness.model import BuiltRelease, ProcessInfo
from harness.runtime.channel import Channel, Message, NotAMessage
from harness.runtime.logs import tail

LIMITS = {
    "open_files": limits.OPEN_FILES_MAX,
    "address_space_bytes": limits.ADDRESS_SPACE_BYTES,
    "graceful_s": limits.SERVICE_GRACEFUL_S,
}
PORT_MAX = 65_535
REASON_CHARACTERS_MAX = 4000
UNASKED = "it wrote to the connection by which it is started and stopped"


class ReleaseFailed(Exception):
    """A fork of a release did not do what it was for; the text says why, in the release's terms."""


@dataclass(frozen=True)
class Work:
    """One thing to do with a release's code."""

    release: BuiltRelease
    target: str
    env: Mapping[str, str]
    log_path: Path
    args: tuple[str, ...] = ()
    serve: bool = False

    @property
    def title(self) -> str:
        return f"{self.release.service} {self.release.version}"

    def order(self, checkout: str, view: Message | None = None) -> Message:
        """What shopd is told (`order.Order`); the release lies in `checkout` where it runs."""
        return {
            "title": self.title,
            "checkout": checkout,
            "env": dict(self.env),
            "log": str(self.log_path),
            "target": self.target,
            "args": self.args,
            "serve": self.serve,
            "limits": LIMITS,
            "view": view,
        }


class Launcher(Protocol):
    """Starts processes that run a release's code."""

    async def launch(self, work: Work) -> ReleaseProcess:
        """Start one. Raises OSError, ReleaseFailed."""
        ...

    async def call(self, work: Work, timeout_s: float) -> None:
        """Run a function of a release to its end. Raises ReleaseFailed."""
        ...

    async def kill(self, key: str) -> None:
        """Kill one of them, with all that it started; one that is gone needs nothing."""
        ...


class ReleaseProcess:
    """A process that runs a release's code, and our conversation with it."""

    def __init__(self, launcher: Launcher, key: str, work: Work, channel: Channel) -> None:
        self.release = work.release
        self.pid: int | None = None
        self._has_started = False
        self.exit_code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._launcher, self._key, self._work, self._channel = launcher, key, work, channel
        self._log_start = work.log_path.stat().st_size if work.log_path.exists() else 0

    @property
    def alive(self) -> bool:
        return not self.exit_code.done()

    async def expect(self, event: str, timeout_s: float) -> Message:
        """Wait for an event of the process. Raises ReleaseFailed, after which it is dead."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._receive(event)
        except TimeoutError as error:
            raise await self.failed(f"it was not {event} within {timeout_s:g} s") from error

    async def serving_port(self, timeout_s: float) -> int:
        """The port on which it serves in private. Raises ReleaseFailed, after which it is dead."""
        port = (await self.expect("serving", timeout_s)).get("port")
        if type(port) is not int or not 0 < port <= PORT_MAX:
            raise await self.failed(f"it says that it serves on port {str(port)[:40]!r}")
        return port

    async def failed(self, reason: str) -> ReleaseFailed:
        """Kill the process; the reason together with the last lines that it logged."""
        await self.kill()
        lines = tail(self._work.log_path, limits.LOG_TAIL_LINES, since=self._log_start)
        return ReleaseFailed(f"{reason}\nlast log lines:\n{lines}" if lines else reason)

    async def accept(self, listener: socket.socket) -> None:
        """Let it serve on the service's port. Raises ReleaseFailed, OSError."""
        await self._channel.send({"op": "accept"}, [listener.fileno()])
        await self.expect("accepting", limits.SERVICE_READY_S)

    async def drain(self, idle_grace_s: float = limits.SERVICE_IDLE_GRACE_S) -> None:
        """Let it finish what it has begun, within its bound; then it is gone in any case."""
        try:
            with contextlib.suppress(OSError):
                await self._channel.send({"op": "drain", "idle_grace_s": idle_grace_s})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limits.SERVICE_DRAIN_S):
                    await asyncio.shield(self.exit_code)
        finally:
            await self.kill()

    async def sample(self, path: Path, every_s: float, for_s: float) -> None:
        """Let it write where its processor time goes (`shopd.cpu_samples`) to the new file `path`,
        which it does not see itself. Raises OSError."""
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            message = {"op": "sample", "every_s": every_s, "for_s": for_s}
            await self._channel.send(message, [target])
        finally:
            os.close(target)

    async def kill(self) -> None:
        """End it, and all that it started, now."""
        self._channel.close()
        if self.alive:
            await self._launcher.kill(self._key)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limits.KILL_S):
                    await asyncio.shield(self.exit_code)

    def info(self) -> ProcessInfo:
        """What the model says about it."""
        code = self.exit_code.result() if self.exit_code.done() else None
        return ProcessInfo(self.release.service, self.pid, self.alive, code)

    def log_tail(self) -> str:
        """What it logged last."""
        return tail(self._work.log_path, limits.LOG_TAIL_LINES, since=self._log_start)

    async def _receive(self, event: str) -> Message:
        try:
            while (message := await self._channel.receive()) is not None:
                said = message["event"]
                if said == "started" and not self._has_started:
                    self._note_start(message)
                elif said == "failed":
                    raise await self.failed(_reason(message.get("error")))
                elif said == event:
                    return message
                else:
                    raise await self.failed(f"{UNASKED}: {said[:40]!r}, not {event!r}")
        except NotAMessage as error:
            raise await self.failed(f"{UNASKED}: {error}") from error
        code = await asyncio.shield(self.exit_code)
        raise await self.failed(f"it ended with {describe_exit(code)}")

    def _note_start(self, message: Message) -> None:
        """Said before any of the release's own code runs, so that this number is true."""
        self._has_started = True
        pid = message.get("pid")
        self.pid = pid if type(pid) is int else self.pid


def _reason(error: object) -> str:
    """Why a release failed, fit for a record and for a terminal, whatever it wrote."""
    text = error if isinstance(error, str) else "it failed"
    return text[-REASON_CHARACTERS_MAX:].encode(errors="replace").decode()


def describe_exit(code: int) -> str:
    """An exit code in words: `exit code 3`, `signal SIGKILL`."""
    return f"exit code {code}" if code >= 0 else f"signal {Signals(-code).name}"
