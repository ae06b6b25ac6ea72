"""First process of a stack: starts all others, and takes every one of them with it.

Run by path with nothing but the standard library, from a copy in the drill's directory:

    guardian.py MODE CONTROL_FD STATE_FILE OWNER_PID

The control socket is the lease: when its other end closes, for whatever reason, the stack ends.
MODE says what keeps processes that daemonise from escaping:

    namespace  this is process 1 of a PID namespace; the kernel kills all others when it exits
    subreaper  orphans come back to this process, which kills descendants until none is left; it has
               a parent that does the same, should this process itself be killed
    none       only direct children are killed (what the other two are compared with)

Commands and events are JSON, one a line; file descriptors travel with the command that needs them.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
FIRST_PASSED_FD = 3
HIGH_FD = 64  # above every descriptor that a program is started with
HANDLED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE)
LIBC = ctypes.CDLL(None, use_errno=True)


def host_pid() -> int:
    """This process's pid as the mounted /proc, that is the machine, knows it."""
    return int(Path("/proc/self").readlink().name)


def start_ticks(pid: int | str) -> int:
    """When a process started, in clock ticks since boot: tells a reused pid from the old one."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return int(stat.rpartition(")")[2].split()[19])


def descendants(root: int) -> list[int]:
    """All living processes below `root` (pids as /proc shows them), zombies left out."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                stat = (entry / "stat").read_text(encoding="ascii", errors="replace")
                state, parent = stat.rpartition(")")[2].split()[:2]
                if state not in "ZX":
                    parents[int(entry.name)] = int(parent)
    found: list[int] = []
    frontier = {root}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        found.extend(frontier)
    return found


def own_children() -> list[int]:
    """Living children of this process, as it numbers them: /proc may be that of an outer
    namespace."""
    me, found = host_pid(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, KeyError, IndexError, ValueError):
                text = (entry / "status").read_text(encoding="utf-8", errors="replace")
                fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
                if int(fields["PPid"]) == me and fields["State"].split()[0] not in "ZX":
                    found.append(int(fields["NSpid"].split()[-1]))
    return found


class Guardian:
    """Starts, signals and reaps the processes of one stack."""

    def __init__(self, control: socket.socket, mode: str) -> None:
        self.control = control
        self.mode = mode
        self.children: dict[int, str] = {}
        self.buffer = b""
        self.fds: list[int] = []
        self.ending = False

    def run(self) -> None:
        """Serve commands until the lease ends, then end everything."""
        wake_read, wake_write = socket.socketpair()
        wake_read.setblocking(False)
        wake_write.setblocking(False)
        signal.set_wakeup_fd(wake_write.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self.end)
        for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(ignored, signal.SIG_IGN)
        selector = selectors.DefaultSelector()
        selector.register(self.control, selectors.EVENT_READ)
        selector.register(wake_read, selectors.EVENT_READ)
        self.tell(event="hello", pid=host_pid())
        while not self.ending:
            for key, _ in selector.select():
                if key.fileobj is self.control:
                    self.listen()
                else:
                    wake_read.recv(4096)
            self.reap()
        self.kill_all()

    def end(self, *_: object) -> None:
        """Leave the loop of `run`; safe as a signal handler."""
        self.ending = True

    def tell(self, **event: object) -> None:
        """Send one event; a host that is gone ends the stack."""
        try:
            self.control.sendall(json.dumps(event).encode() + b"\n")
        except OSError:
            self.end()

    def listen(self) -> None:
        """Read what the host sent and do it."""
        try:
            data, fds, _, _ = socket.recv_fds(self.control, 1 << 16, 16, socket.MSG_CMSG_CLOEXEC)
        except OSError:
            data, fds = b"", []
        self.fds.extend(fds)
        if not data:
            self.end()
            return
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self.obey(json.loads(line))

    def obey(self, command: dict[str, Any]) -> None:
        """Carry out one command."""
        if command["op"] == "spawn":
            count = command.get("fds", 0)
            passed, self.fds = self.fds[:count], self.fds[count:]
            self.spawn(command, passed)
        elif command["op"] == "signal":
            self.signal(command["id"], command["signal"], whole_group=command["group"])
        elif command["op"] == "list":
            self.tell(event="list", pids=descendants(host_pid()))
        else:
            self.end()

    def spawn(self, command: dict[str, Any], passed: list[int]) -> None:
        """Start a process in a session of its own, and report its pid or why it failed."""
        report_read, report_write = os.pipe()
        try:
            pid = os.fork()
            if pid == 0:
                self.become(command, passed, report_write)
        except OSError as error:  # no more processes, or no memory for one
            os.close(report_read)
            self.tell(event="failed", id=command["id"], error=str(error))
            return
        finally:
            for fd in (report_write, *passed):
                os.close(fd)
        with os.fdopen(report_read, "rb") as reader:
            report = json.loads(reader.read().split(b"\n")[-2])
        if "error" in report:
            os.waitpid(pid, 0)
            self.tell(event="failed", id=command["id"], error=report["error"])
            return
        self.children[pid] = command["id"]
        self.tell(event="spawned", id=command["id"], pid=report["pid"])

    def become(self, command: dict[str, Any], passed: list[int], report: int) -> NoReturn:
        """Turn this fork into the program that was asked for."""
        report = fcntl.fcntl(report, fcntl.F_DUPFD_CLOEXEC, HIGH_FD)
        try:
            os.write(report, json.dumps({"pid": host_pid()}).encode() + b"\n")
            os.setsid()
            for handled in HANDLED:
                signal.signal(handled, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            self.rewire(command["log"], passed)
            os.chdir(command["cwd"])
            if command.get("user") is not None:
                uid, gid = command["user"]
                os.setgroups([])
                os.setgid(gid)
                os.setuid(uid)
            if self.mode == "subreaper":
                # Only now: changing the user clears it.
                LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.execvpe(command["argv"][0], command["argv"], command["env"])  # noqa: S606
        except BaseException as error:  # noqa: BLE001 - the parent tells the host
            os.write(report, json.dumps({"error": str(error)}).encode() + b"\n")
        os._exit(127)

    def rewire(self, log: str, passed: list[int]) -> None:
        """Standard streams to the log, and the passed descriptors from 3 on."""
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, HIGH_FD) for fd in passed]
        # Neither to a link's target nor to a pipe, which would keep us waiting for a reader.
        plain = os.O_NOFOLLOW | os.O_NONBLOCK
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | plain, 0o644)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        for target, fd in enumerate(high, FIRST_PASSED_FD):
            os.dup2(fd, target)

    def signal(self, name: str, number: int, *, whole_group: bool) -> None:
        """Signal one process, or its whole session's process group."""
        for pid, child in self.children.items():
            if child == name:
                with contextlib.suppress(ProcessLookupError):
                    (os.killpg if whole_group else os.kill)(pid, number)

    def reap(self) -> None:
        """Collect every process that ended; report those that the host knows, and end the orphans
        that they left: what this process did not start has come here because whoever was to end it
        is gone. With its keeper and the zygote killed, a release would go on in them otherwise."""
        has_ended = False
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                has_ended = True
                pid, status = ended
                if name := self.children.pop(pid, None):
                    code = os.waitstatus_to_exitcode(status)
                    self.tell(event="exited", id=name, code=code)
        if has_ended and self.mode != "none":
            # Those that they leave in turn come with the signal of their own end.
            for pid in own_children():
                if pid not in self.children:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """End every process below this one, however it tried to get away."""
        if self.mode == "namespace":
            return  # the kernel does it, faster and without a gap, as this process exits
        if self.mode == "none":
            for pid in self.children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return
        end_descendants()  # without a word: to the host they end with this process


def end_descendants() -> None:
    """Kill all below this process, which adopts orphans, until none is left."""
    pause_s = 0.005
    while pids := descendants(os.getpid()):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        reap_all()
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, 0.2)  # one that cannot be killed must not cost a core


def become_subreaper() -> None:
    """From now on, whoever is orphaned below this process becomes its child."""
    if LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1) != 0:
        raise OSError(ctypes.get_errno(), "this kernel has no subreapers")


def outlived_by_parent(control: socket.socket) -> None:
    """Go on in a fork. This process stays above it to end what the guardian leaves, should that be
    killed: outside of a namespace no kernel does it.

    Should the parent be killed, the guardian ends the stack as if the lease had ended. The parent
    ends as the guardian did.
    """
    parent = os.getpid()
    become_subreaper()
    pid = os.fork()
    if pid == 0:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
        return
    control.close()  # or the host would not see the guardian's end
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    end_descendants()
    if code < 0:
        os.kill(parent, -code)
    os._exit(code)


def reap_all() -> None:
    """Collect every child that ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    """Take the arguments described above and guard until the lease ends."""
    mode, fd, state_file, owner = sys.argv[1:5]
    control = socket.socket(fileno=int(fd))
    control.set_inheritable(False)
    if mode == "subreaper":
        outlived_by_parent(control)
        become_subreaper()
    state = {"pid": host_pid(), "start": start_ticks("self"), "mode": mode, "owner": int(owner)}
    with contextlib.suppress(OSError):
        # An owner that is already gone has closed the lease, too.
        state["owner_start"] = start_ticks(owner)
    temporary = Path(f"{state_file}.new")
    temporary.write_text(json.dumps(state), encoding="ascii")
    temporary.rename(state_file)
    Guardian(control, mode).run()


if __name__ == "__main__":
    main()
