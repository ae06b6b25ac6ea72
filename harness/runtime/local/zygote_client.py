"""The host's side of the shop's zygote: fork releases, and speak with each of them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import socket
import sys
from pathlib import Path
from signal import SIGKILL

from harness import limits
from harness.errors import StackFailed
from harness.runtime import shopd
from harness.runtime.channel import Channel, NotAMessage
from harness.runtime.local.process import Child, Command
from harness.runtime.local.sealing import Seal
from harness.runtime.local.supervise import Guardian
from harness.runtime.logs import tail
from harness.runtime.release_process import ReleaseProcess, Work

NAME = "shopd"
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from shopd.zygote import main; main()"


class Zygote:
    """The running zygote."""

    def __init__(self, child: Child, channel: Channel, seal: Seal | None) -> None:
        self.child, self._seal = child, seal
        self._channel = channel
        self._keys = itertools.count(1)
        self._processes: dict[str, ReleaseProcess] = {}
        self._ready = asyncio.Event()
        self._lost = False
        self._reader = asyncio.create_task(self._read())

    @property
    def alive(self) -> bool:
        return self.child.alive and not self._lost

    @classmethod
    async def start(cls, guardian: Guardian, run_dir: Path, seal: Seal | None = None) -> Zygote:
        """Start one under the guardian, from a copy of its code. Raises StackFailed."""
        code = run_dir / "bin"
        copied = code / NAME
        shutil.rmtree(copied, ignore_errors=True)
        source = Path(shopd.__file__).parent
        copied.mkdir(parents=True)
        for path in source.glob("*.py"):
            # Not with the checkout's own modes: nothing of a drill is for other users to read.
            shutil.copyfile(path, copied / path.name)
        log = run_dir / "logs" / f"{NAME}.jsonl"
        argv = (sys.executable, "-I", "-c", BOOT, str(code))
        ours, theirs = socket.socketpair()
        with theirs:
            child = await guardian.spawn(Command(NAME, argv, run_dir, log, fds=(theirs.fileno(),)))
        zygote = cls(child, Channel(ours), seal)
        try:
            async with asyncio.timeout(limits.ZYGOTE_START_S):
                await zygote._ready.wait()
        except TimeoutError as error:
            raise StackFailed(f"{NAME} did not start:\n{tail(log)}") from error
        if not zygote.alive:
            raise StackFailed(f"{NAME} did not start:\n{tail(log)}")
        return zygote

    async def launch(self, work: Work) -> ReleaseProcess:
        """Fork a child that does `work`. Raises OSError where the zygote is gone."""
        key = f"{work.title}#{next(self._keys)}"
        ours, theirs = socket.socketpair()
        process = ReleaseProcess(self, key, work, Channel(ours))
        self._processes[key] = process
        with theirs:
            view = self._seal.view(work.env) if self._seal else None
            order = work.order(str(work.release.path.resolve()), view)
            message = {"op": "fork", "id": key, "order": order}
            await self._channel.send(message, [theirs.fileno()])
        return process

    async def call(self, work: Work, timeout_s: float) -> None:
        """Run a function of a release to its end. Raises ReleaseFailed."""
        process = await self.launch(work)
        await process.expect("done", timeout_s)
        await process.kill()

    async def kill(self, key: str) -> None:
        """Kill a child and all that it started; one that is gone needs nothing."""
        with contextlib.suppress(OSError):
            await self._channel.send({"op": "end", "id": key})

    def close(self) -> None:
        """Let the zygote end, and its children with it."""
        self._channel.close()
        self._reader.cancel()
        self._lose()

    async def _read(self) -> None:
        with contextlib.suppress(NotAMessage):
            while (message := await self._channel.receive()) is not None:
                if message["event"] == "ready":
                    self._ready.set()
                elif process := self._processes.pop(message["id"], None):
                    process.exit_code.set_result(message["code"])
        self._lose()

    def _lose(self) -> None:
        """Whether it crashed or was told to: its children are dead, too."""
        self._lost = True
        self._channel.close()
        self._ready.set()
        for process in self._processes.values():
            process.exit_code.set_result(-SIGKILL)
        self._processes.clear()
