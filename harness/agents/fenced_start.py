"""First process of a fenced agent: run by path with nothing but the standard library.

    fenced_start.py < {"argv", "env", "folder", "door", "ports", "shown", "hidden"}

It makes namespaces of its own (user, mounts, processes, network, System V), in which there are: the
system's programs and libraries, what is shown besides, the agent's folder, and on 127.0.0.1 the
ports of `ports`, each of which is a socket in the folder `door`. The agent has no capability in
them, so that it can undo nothing of this. As process 1 it takes everything with it when it ends,
which it does when whoever started it ends.

One concept: what is fenced and what is not has to be read in one place.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_NS, NEW_PID, NEW_NET, NEW_IPC = 0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC = 1, 2, 4, 8, 32, 4096, 16384
NOATIME, PRIVATE, RELATIME = 1024, 1 << 18, 1 << 21
KEPT = {os.ST_NOSUID: NOSUID, os.ST_NODEV: NODEV, os.ST_NOEXEC: NOEXEC, os.ST_NOATIME: NOATIME}
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt")
OF_ETC = (
    *("alternatives", "ca-certificates", "group", "hosts", "ld.so.cache", "ld.so.conf"),
    *("ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "passwd", "ssl"),
)
DEVICES = ("full", "null", "random", "urandom", "zero")
UID = 1000
"""Of the agent as it sees itself: whoever is not 0 loses all capabilities as it starts."""
NO_FENCE = 125
"""The exit code where no fence could be made; nothing has been started."""
PIECE = 65_536


def main() -> int:
    """Fence, start, wait; the agent's exit code."""
    asked = json.load(sys.stdin)
    parent = os.getppid()
    try:
        _unshare()
    except OSError as error:
        sys.stderr.write(f"no namespaces: {error}\n")
        return NO_FENCE
    # After that: whoever becomes somebody else is not bound any more.
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        return NO_FENCE
    child = os.fork()
    if child == 0:
        _inside(asked)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _unshare() -> None:
    uid, gid = os.getuid(), os.getgid()
    _checked(LIBC.unshare(NEW_USER | NEW_NS | NEW_PID | NEW_NET | NEW_IPC))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{UID} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{UID} {gid} 1", encoding="ascii")


def _inside(asked: Mapping[str, object]) -> NoReturn:
    """Process 1 of the fence."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        _loopback_up()
        _new_root(asked)
        for port, name in asked["ports"].items():  # type: ignore[attr-defined]
            _relay(int(port), f"/run/door/{name}")
        agent = _started(asked["argv"], asked["env"], asked["folder"])  # type: ignore[arg-type]
    except OSError as error:
        sys.stderr.write(f"no fence: {error}\n")
        os._exit(NO_FENCE)
    os._exit(_reaped(agent))


def _new_root(asked: Mapping[str, object]) -> None:
    _mount(None, "/", None, REC | PRIVATE)
    root = "/tmp"  # noqa: S108  only as a place to put it together at, seen by nobody else
    shown = [str(one) for one in asked["shown"]]  # type: ignore[attr-defined]
    # What lies below /tmp would be gone beneath the new root: it is held open until it is bound.
    held = {
        one: os.open(one, os.O_PATH)
        for one in [*shown, str(asked["folder"]), str(asked["door"])]
        if Path(one).exists()
    }
    _mount("tmpfs", root, "tmpfs", NOSUID | NODEV)
    _system(root)
    for one in asked["hidden"]:  # type: ignore[attr-defined]
        if Path(root + str(one)).exists():
            _mount("tmpfs", root + str(one), "tmpfs", NOSUID | NODEV)
    for one in shown:
        if one in held:
            _bind(f"/proc/self/fd/{held[one]}", root + one, like=one)
    folder, door = str(asked["folder"]), str(asked["door"])
    _bind(f"/proc/self/fd/{held[folder]}", root + folder, read_only=False, like=folder)
    _bind(f"/proc/self/fd/{held[door]}", f"{root}/run/door", read_only=False, like=door)
    for name in ("proc", "tmp", "old"):
        Path(root, name).mkdir(exist_ok=True)
    for fd in held.values():
        os.close(fd)
    os.chdir(root)
    _checked(LIBC.syscall(PIVOT_ROOT[os.uname().machine], b".", b"old"))
    os.chdir("/")
    _mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
    _checked(LIBC.umount2(b"/old", 2))  # and with it all that was there
    Path("/old").rmdir()


def _system(root: str) -> None:
    """What every program needs: programs, libraries, a little of /etc, and devices."""
    for folder in SYSTEM:
        if Path(folder).is_symlink():
            Path(root + folder).symlink_to(Path(folder).readlink())
        elif Path(folder).is_dir():
            _bind(folder, root + folder)
    for name in OF_ETC:
        if Path("/etc", name).exists():
            _bind(f"/etc/{name}", f"{root}/etc/{name}")
    for name in DEVICES:
        _bind(f"/dev/{name}", f"{root}/dev/{name}", read_only=False)


def _bind(source: str, target: str, *, read_only: bool = True, like: str = "") -> None:
    place = Path(target)
    if Path(like or source).is_dir() or Path(source).is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    _mount(source, target, None, BIND | REC)
    if read_only:
        has = os.statvfs(target).f_flag
        kept = sum(flag for known, flag in KEPT.items() if has & known)
        kept |= RELATIME if has & os.ST_RELATIME else 0
        _mount(None, target, None, BIND | REMOUNT | RDONLY | NOSUID | kept)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16xh14x", fcntl.ioctl(one, SIOCGIFFLAGS, request))[0]
        fcntl.ioctl(one, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def _relay(port: int, door: str) -> None:
    """Whoever connects to the port is connected to the socket."""
    listener = socket.create_server(("127.0.0.1", port))

    def accept() -> None:
        while True:
            near, _ = listener.accept()
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(door)
            except OSError:
                near.close()
                far.close()
                continue
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_copy, args=(one, other), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def _copy(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(PIECE):
            other.sendall(piece)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def _started(argv: Sequence[str], env: Mapping[str, str], folder: str) -> int:
    agent = os.fork()
    if agent:
        return agent
    try:
        os.setsid()
        LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        os.chdir(folder)
        os.execvpe(argv[0], list(argv), dict(env))  # noqa: S606  as it was asked for
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
    os._exit(127)


def _reaped(agent: int) -> int:
    """Wait for the agent, and for whatever it leaves to this process meanwhile."""
    while True:
        pid, status = os.wait()
        if pid == agent:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    given = [None if one is None else os.fsencode(one) for one in (source, target, kind)]
    _checked(LIBC.mount(*given, ctypes.c_ulong(flags), None), target)


def _checked(result: int, what: str = "") -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


if __name__ == "__main__":
    sys.exit(main())
