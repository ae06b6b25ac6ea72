"""The parent of a release: whatever the release started, in whatever session, ends with it.

A process that leaves its session, or whose parent has ended, escapes the signals of a process
group, and serves on by a socket that it inherited. Here orphans come back to the keeper (a
subreaper), which sees the release's end and then kills its own children, and theirs as they come,
until none is left. Should the keeper itself be killed, orphans come to the zygote, which does the
same; should both be killed, they come to the guardian, which does so, too.

SIGTERM, by the zygote or by its death, ends all of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import time
from pathlib import Path
from typing import NoReturn

from setproctitle import setproctitle

from . import child
from .order import Order
from .wire import Wire

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
FIRST_FD = 3
PAUSE_S = 0.005
PAUSE_MAX_S = 0.2
"""One that cannot be killed must not cost a core."""
LIBC = ctypes.CDLL(None, use_errno=True)


def refuse(conversation: int, error: OSError) -> None:
    """Tell the host that there are no more processes, or no memory for one."""
    wire = Wire(conversation)
    wire.send(event="failed", error=f"it could not be started: {error}")
    wire.close()


def adopt_orphans() -> None:
    """From now on, whoever is orphaned below this process becomes its child."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)


def keep(order: Order, conversation: int, report: int, parent: int) -> NoReturn:
    """Run the release as a child, and write how it ended to `report` once nothing of it is left."""
    try:
        pid = _start(order, conversation, report, parent)
        code = _watch(pid)
        end_children()
        os.write(report, str(code).encode())
    finally:
        os._exit(0)


def end_children(spared: frozenset[int] = frozenset()) -> None:
    """Kill this process's children but those spared, and their children as they become its own."""
    pause_s = PAUSE_S
    while pids := children() - spared:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in pids:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, PAUSE_MAX_S)


def children() -> frozenset[int]:
    """Children of this process, as it numbers them: /proc may be that of an outer namespace."""
    me = Path("/proc/self").readlink().name
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, KeyError, IndexError):
                text = (entry / "status").read_text(encoding="utf-8", errors="replace")
                fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
                if fields["PPid"].strip() == me:
                    found.add(int(fields["NSpid"].split()[-1]))
    return frozenset(found)


def _start(order: Order, conversation: int, report: int, parent: int) -> int:
    """Fork the release, holding nothing of the zygote's but the way to report."""
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
    os.setsid()
    adopt_orphans()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)  # the zygote died before we could bind ourselves to it
    before = FIRST_FD
    for kept in sorted((conversation, report)):
        os.closerange(before, kept)
        before = kept + 1
    os.closerange(before, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    me = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        refuse(conversation, error)
        raise
    if pid == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        child.run(order, conversation, me)
    os.close(conversation)
    setproctitle(f"shopd: {order.title}")
    return pid


def _watch(release: int) -> int:
    """Wait for the release's end, reaping whoever else ends; its exit code."""
    while True:
        if signal.sigwait({signal.SIGTERM, signal.SIGCHLD}) == signal.SIGTERM:
            os.kill(release, signal.SIGKILL)
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == release:
                return os.waitstatus_to_exitcode(status)
            if pid == 0:
                break
