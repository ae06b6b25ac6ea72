"""A service looked into while it runs, by py-spy: where its time goes, or every thread's stack.

One in a container has a number on this machine, too, by which py-spy looks into it from outside;
unless the engine runs elsewhere, as it does in a virtual machine.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.child_env import program_env
from harness.drill.session import Progress, Session
from harness.errors import DrillError, EnvironmentMissing

Form = Literal["flamegraph", "speedscope", "stacks"]
SECONDS_MAX = 30
RATE = 50
"""Samples a second: each stops the service for less than a millisecond."""
SPARE_S = 20.0
CONTENT_BYTES_MAX = 16_000_000

_turn = asyncio.Semaphore(1)
"""One at a time in a drill, since each takes from the processor that the shop has."""


@dataclass(frozen=True)
class Profile:
    """What py-spy says, in the form that was asked for."""

    service: str
    pid: int
    form: Form
    seconds: int
    content: str


async def profile(
    session: Session,
    service: str,
    *,
    form: Form,
    seconds: int,
    waiting: bool,
    progress: Progress,
) -> Profile:
    """Look into `service`; with `waiting` threads that do nothing are counted, too.

    Raises UnknownName, EnvironmentMissing where its process cannot be looked into, and DrillError
    where another profile is being taken.
    """
    session.spec.require_service(service)
    pid = _pid_of(session, service)
    if _turn.locked():
        raise DrillError("another profile is being taken", "try again when it is done")
    async with _turn:
        progress(
            f"asking every thread of {service} where it is"
            if form == "stacks"
            else f"watching {service} for {seconds} s"
        )
        content = await look_into(pid, form=form, seconds=seconds, waiting=waiting)
    return Profile(service, pid, form, 0 if form == "stacks" else seconds, content)


def _pid_of(session: Session, service: str) -> int:
    pids = {one.name: one.pid for one in session.services.runtime.processes() if one.alive}
    pid = pids.get(service)
    if not pid:
        raise EnvironmentMissing(f"{service} has no process now", "see: drill status")
    if session.spec.runtime != "local" and not is_container_here(pid):
        raise EnvironmentMissing(
            f"{service} runs in a container of an engine that is not on this machine",
            "py-spy looks into processes of its own kernel: on Linux with Docker Engine, or by "
            "docker exec where the engine is",
        )
    return pid


def is_container_here(pid: int, proc: Path = Path("/proc")) -> bool:
    """Whether `pid`, as an engine says it, is the first process of a container of this kernel.

    The number may be somebody else's process here: an engine in a virtual machine counts its own.
    """
    try:
        status = (proc / str(pid) / "status").read_text(encoding="utf-8")
    except OSError:
        return False
    numbers = next((it.split()[1:] for it in status.splitlines() if it.startswith("NSpid:")), [])
    return len(numbers) > 1 and numbers[-1] == "1"


async def look_into(pid: int, *, form: Form, seconds: int, waiting: bool) -> str:
    """What py-spy says of a process. Raises EnvironmentMissing, DrillError."""
    if form == "stacks":
        return await _py_spy(("dump", "--pid", str(pid)), SPARE_S)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "profile"
        command = ("record", "--pid", str(pid), "--duration", str(seconds))
        options = ("--rate", str(RATE), "--format", form, "--output", str(out))
        more = ("--threads", *(("--idle",) if waiting else ()))
        await _py_spy((*command, *options, *more), seconds + SPARE_S)
        return await asyncio.to_thread(_bounded, out)


def _bounded(path: Path) -> str:
    """What was written. Raises DrillError where it is nothing, or more than anybody reads."""
    if not path.is_file():
        raise DrillError("py-spy saw nothing", "does the service do anything? see --waiting")
    if path.stat().st_size > CONTENT_BYTES_MAX:
        raise DrillError("the profile is too large", "watch for a shorter time")
    return path.read_text(encoding="utf-8", errors="replace")


async def _py_spy(arguments: tuple[str, ...], timeout_s: float) -> str:
    """What it prints. Raises EnvironmentMissing where it may not look, or is not there."""
    beside = Path(sys.executable).parent / "py-spy"
    program = str(beside) if beside.exists() else shutil.which("py-spy")
    if program is None:
        raise EnvironmentMissing("py-spy was not found", "make setup")
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=program_env(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(timeout_s):
            out, complaint = await process.communicate()
    except TimeoutError:
        raise DrillError("py-spy took too long", "is the machine very busy? try again") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if process.returncode != 0:
        lines = complaint.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise EnvironmentMissing(
            f"py-spy cannot look into the service: {lines[0]}",
            "the host needs the right to trace processes: root, or kernel.yama.ptrace_scope=0",
        )
    return out.decode(errors="replace")[:CONTENT_BYTES_MAX]
