"""The host's side of the guardian: start it, give it work, and know that nothing is left.

Measured on this design: 0 of 50 (namespace) and 0 of 100 (subreaper) `kill -9` of the host left a
process, where process groups and parent-death signals alone left some in every trial.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Literal

from harness import limits
from harness.child_env import CLEAN_ENV
from harness.errors import StackFailed
from harness.model import ProcessInfo
from harness.runtime.channel import Channel, Message, NotAMessage
from harness.runtime.local.process import Child, Command, SendSignal
from harness.runtime.procfs import ProcessId, identify
from harness.waiting import wait_until

Containment = Literal["namespace", "subreaper", "none"]
NAME = "guardian"
STATE_FILE = "guardian.json"


@functools.cache
def best_containment() -> Containment:
    """`namespace` where this machine lets us make one, else `subreaper`."""
    if shutil.which("unshare", path=CLEAN_ENV["PATH"]) is None:
        return "subreaper"
    argv = [*_namespace_prefix(), "true"]
    probe = subprocess.run(argv, env=CLEAN_ENV, capture_output=True, check=False)
    return "namespace" if probe.returncode == 0 else "subreaper"


def _namespace_prefix() -> list[str]:
    # An ordinary user needs a user namespace, too, and stays himself in it: Postgres refuses root.
    user = [] if os.geteuid() == 0 else ["--user", "--map-current-user"]
    # System V's segments, semaphores and queues end with theirs as processes do.
    return ["unshare", *user, "--pid", "--ipc", "--fork", "--kill-child"]


class Guardian:
    """The process that holds a stack. Closing it, or dying, ends the stack."""

    def __init__(self, run_dir: Path, process: subprocess.Popen[bytes], channel: Channel) -> None:
        self.run_dir = run_dir
        self._pid: int | None = None
        self._process, self._channel = process, channel
        self._keys = itertools.count(1)
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._children: dict[str, Child] = {}
        self._reader = asyncio.create_task(self._read())
        self.lost = asyncio.Event()
        """Set when the guardian has ended, asked or unasked."""
        self._is_closing = False
        self.died = False
        """Whether it ended unasked."""

    @classmethod
    async def start(cls, run_dir: Path, containment: Containment | None = None) -> Guardian:
        """Start a guardian for the stack of `run_dir`. Raises StackFailed."""
        probed: Containment = await asyncio.to_thread(lambda: best_containment())
        chosen: Containment = containment or probed
        ours, theirs = socket.socketpair()
        with theirs:
            process = _launch(run_dir, chosen, theirs.fileno())
        channel = Channel(ours, line_bytes_max=limits.GUARDIAN_MESSAGE_BYTES_MAX)
        guardian = cls(run_dir, process, channel)
        try:
            hello = await guardian._answer("hello", limits.GUARDIAN_START_S)
            guardian._pid = hello["pid"]
        except StackFailed as error:
            await guardian.close()
            log = (run_dir / "logs" / "guardian.jsonl").read_text(
                errors="replace", encoding="utf-8"
            )
            raise StackFailed(f"the guardian did not start:\n{log[-2000:]}") from error
        except BaseException:
            await guardian.close()
            raise
        return guardian

    def info(self) -> ProcessInfo:
        """The guardian's own process."""
        return ProcessInfo(NAME, self._pid, not self.lost.is_set(), self._process.poll())

    async def exit_code(self) -> int:
        """How a guardian that is lost ended: negative for a signal; 0 where that is not known yet.

        Whoever lost it may know before the kernel is done with all that it held.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            return await asyncio.to_thread(self._process.wait, limits.KILL_S)
        return 0

    async def _tell(self, command: Message, fds: tuple[int, ...] = ()) -> None:
        """Give a command; one to a guardian that is gone has nothing left to do."""
        with contextlib.suppress(OSError):
            await self._channel.send(command, fds)

    async def spawn(self, command: Command) -> Child:
        """Start a process. Raises StackFailed with the reason where it cannot be."""
        key = f"{command.name}#{next(self._keys)}"
        answer = self._expect(key)
        user = None if command.user is None else (command.user.uid, command.user.gid)
        message: Message = {
            "op": "spawn",
            "id": key,
            "argv": command.argv,
            "env": {**CLEAN_ENV, **command.env},
            "cwd": str(command.cwd),
            "log": str(command.log_path),
            "user": user,
            "fds": len(command.fds),
        }
        await self._tell(message, command.fds)
        reply = await self._answer(key, limits.GUARDIAN_ANSWER_S, answer)
        if reply["event"] == "failed":
            raise StackFailed(f"{command.name} could not be started: {reply['error']}")
        started: Child = reply["child"]
        return started

    async def list_pids(self) -> tuple[ProcessId, ...]:
        """All living processes below the guardian, as this machine sees them."""
        answer = self._expect("list")
        await self._tell({"op": "list"})
        message = await self._answer("list", limits.GUARDIAN_ANSWER_S, answer)
        return tuple(found for pid in message["pids"] if (found := identify(pid)))

    async def close(self) -> None:
        """End the stack at once: whatever still runs is killed. Raises StackFailed if it stays."""
        known = () if self.lost.is_set() else await self._list_or_nothing()
        self._is_closing = True
        self._channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._process.wait, limits.KILL_S)
        if self._process.poll() is None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        self._reader.cancel()
        self._lose()

        async def nothing_left() -> bool:
            return not any(process.alive for process in known)

        try:
            await wait_until(nothing_left, timeout_s=limits.KILL_S, what="the last process to end")
        except TimeoutError as error:
            left = ", ".join(str(process.pid) for process in known if process.alive)
            raise StackFailed(f"processes were left behind: {left}") from error

    async def _list_or_nothing(self) -> tuple[ProcessId, ...]:
        try:
            return await self.list_pids()
        except StackFailed:
            return ()

    def _expect(self, key: str) -> asyncio.Future[Message]:
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        return answer

    async def _answer(
        self, key: str, timeout_s: float, answer: asyncio.Future[Message] | None = None
    ) -> Message:
        try:
            async with asyncio.timeout(timeout_s):
                return await (answer or self._expect(key))
        except (TimeoutError, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # we ourselves, and not the answer, which ends with the guardian
            raise StackFailed("the guardian of the stack does not respond") from error
        finally:
            self._answers.pop(key, None)

    async def _read(self) -> None:
        with contextlib.suppress(NotAMessage):
            while (message := await self._channel.receive()) is not None:
                self._take(message)
        self._lose()

    def _take(self, message: Message) -> None:
        event: str = message["event"]
        key: str = message.get("id", event)
        if event == "spawned":
            child = Child(key.rpartition("#")[0], message["pid"], self._signal_for(key))
            self._children[key] = message["child"] = child
        if event == "exited":
            self._children.pop(key).exit_code.set_result(message["code"])
        elif (answer := self._answers.get(key)) and not answer.done():
            answer.set_result(message)

    def _signal_for(self, key: str) -> SendSignal:
        async def send(number: Signals, whole_group: bool) -> None:
            await self._tell({"op": "signal", "id": key, "signal": number, "group": whole_group})

        return send

    def _lose(self) -> None:
        """The guardian is gone, and with it every process that it held."""
        self.died = self.died or not self._is_closing
        self.lost.set()
        self._channel.close()
        for answer in self._answers.values():
            answer.cancel()
        for child in self._children.values():
            if child.alive:
                child.exit_code.set_result(-SIGKILL)
        self._children.clear()


def _launch(run_dir: Path, containment: Containment, control_fd: int) -> subprocess.Popen[bytes]:
    """Run a copy of the script, so that no path of ours shows in the shop's process list."""
    script = run_dir / "bin" / "guardian.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    (run_dir / "logs").mkdir(exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("guardian.py"), script)
    prefix = _namespace_prefix() if containment == "namespace" else []
    state = run_dir / STATE_FILE
    interpreter = [sys.executable, "-I", "-S"]
    arguments = [containment, str(control_fd), str(state), str(os.getpid())]
    with (run_dir / "logs" / "guardian.jsonl").open("ab") as log:
        return subprocess.Popen(
            [*prefix, *interpreter, str(script), *arguments],
            pass_fds=[control_fd],
            env=CLEAN_ENV,
            cwd=run_dir,
            start_new_session=True,  # Ctrl-C in the terminal reaches the host alone
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
