"""What /proc says about processes and ports."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"
KB_PER_MB = 1024
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class ProcessId:
    """A process that cannot be confused with a later one of the same number."""

    pid: int
    start_ticks: int

    @property
    def alive(self) -> bool:
        """True while this very process runs; a zombie does not."""
        found = identify(self.pid)
        return found == self


def identify(pid: int) -> ProcessId | None:
    """The living process of that number, or None (a zombie counts as gone)."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else ProcessId(pid, int(fields[19]))


def pids() -> Iterator[int]:
    """All processes of this machine that we can see."""
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            yield int(entry.name)


@dataclass(frozen=True)
class ProcessTimes:
    """What a process has used of the processor so far, in seconds."""

    parent: int
    own_s: float
    reaped_s: float
    """By the children that it waited for, and theirs."""
    nice: int = 0
    """How readily it gives way to others: 0 as a rule, 19 to everybody."""


def process_times() -> dict[int, ProcessTimes]:
    """Of every process that we can see, by its number.

    Without Path, which would double the time: a host asks each second, for all processes.
    """
    found = {}
    for name in os.listdir(PROC):  # noqa: PTH208 - see above
        if name.isdigit() and (stat := _read(f"{PROC}/{name}/stat")):
            _, parent, *fields = stat[stat.rindex(b")") + 2 :].split(None, 17)
            user, system, reaped_user, reaped_system = map(int, fields[9:13])
            found[int(name)] = ProcessTimes(
                int(parent),
                own_s=(user + system) / TICKS_PER_S,
                reaped_s=(reaped_user + reaped_system) / TICKS_PER_S,
                nice=int(fields[14]),
            )
    return found


def _read(path: str) -> bytes:
    """A file that fits into one read; empty where there is none any more."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(handle, 4096)
    except OSError:
        return b""
    finally:
        os.close(handle)


def command_name(pid: int) -> str:
    """What `ps` would show, shortened; empty for a process that is gone."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
        text = raw.replace(b"\0", b" ").decode(errors="replace").strip()
        comm = (PROC / str(pid) / "comm").read_text(encoding="utf-8", errors="replace")
        return text[:80] or comm.strip()
    except OSError:
        return ""


def links_of(pid: int, names: tuple[str, ...]) -> list[str]:
    """Where the given links below /proc/<pid> point (`cwd`, `fd/1`); unreadable ones left out."""
    found = []
    for name in names:
        with contextlib.suppress(OSError):
            found.append(str((PROC / str(pid) / name).readlink()))
    return found


def maps(pid: int) -> set[str]:
    """The files that a process has mapped; empty where we may not know."""
    try:
        text = (PROC / str(pid) / "maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return {fields[5] for line in text.splitlines() if len(fields := line.split(maxsplit=5)) > 5}


def uses(pid: int, folder: Path) -> bool:
    """Whether a process has `folder` among its arguments, or is in it."""
    try:
        arguments = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(folder) in arguments or str(folder) in links_of(pid, ("cwd",))


def port_is_free(port: int) -> bool:
    """True where 127.0.0.1:port can be bound, as our own servers bind it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def port_holder(port: int) -> str:
    """Who has the port, as far as we can see: whoever listens, else whose connection uses it.

    `process 4711 (python -m http.server)`, `a connection of process 4711 (curl)`,
    `a process of user postgres`, …
    """
    found = _sockets_on(port)
    listening = [one for one in found if one.is_listening]
    sockets = listening or found
    if not sockets:
        return "somebody who has let go of it meanwhile"
    what = "" if listening else "a connection of "
    for one in sockets:
        if (pid := _owner_of(one)) is not None:
            return f"{what}process {pid} ({command_name(pid)})"
    if not any(one.inode for one in sockets):
        return "a connection that is being closed"
    return f"{what}a process of user {_user_name(sockets[0].uid)}"


def has_listener(port: int) -> bool:
    """Whether anybody listens on the port, and not only connects from it."""
    return any(one.is_listening for one in _sockets_on(port))


def outgoing_ports() -> frozenset[int]:
    """The ports that the kernel hands out to outgoing connections here; empty if it tells none."""
    folder = PROC / "sys" / "net" / "ipv4"
    try:
        first, last = (folder / "ip_local_port_range").read_text(encoding="ascii").split()
        text = (folder / "ip_local_reserved_ports").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return frozenset()
    reserved: set[int] = set()
    for part in text.split(",") if text else ():
        begin, _, end = part.partition("-")
        reserved |= set(range(int(begin), int(end or begin) + 1))
    return frozenset(range(int(first), int(last) + 1)) - reserved


def pss_total_mb(processes: Iterable[int]) -> float:
    """Memory of processes in MiB, with pages that they share counted once among them (PSS).

    Processes that have ended count nothing.
    """
    total_kb = 0
    for pid in processes:
        with contextlib.suppress(OSError):
            for line in (PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines():
                if line.startswith("Pss:"):
                    total_kb += int(line.split()[1])
    return total_kb / KB_PER_MB


@dataclass(frozen=True)
class _Socket:
    """A TCP socket as the kernel lists it."""

    is_listening: bool
    uid: int
    inode: int
    """0 where no process has it any more."""


def _sockets_on(port: int) -> list[_Socket]:
    found = []
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if int(fields[1].rpartition(":")[2], 16) == port:
                    found.append(_Socket(fields[3] == LISTENING, int(fields[7]), int(fields[9])))
    return found


def _owner_of(one: _Socket) -> int | None:
    link = f"socket:[{one.inode}]"
    for pid in pids():
        with contextlib.suppress(OSError):
            for descriptor in (PROC / str(pid) / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(descriptor.readlink()) == link:
                        return pid
    return None


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def kill(process: ProcessId) -> None:
    """Kill this very process: a handle taken first makes a reused number impossible."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        handle = os.pidfd_open(process.pid)
        try:
            if process.alive:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
