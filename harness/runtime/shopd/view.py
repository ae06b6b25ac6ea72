"""What a release sees of the machine: the system's folders, its libraries and its own checkout.

A file system of its own, made of those alone and read-only, with an empty `/tmp`: no repository, no
record, no token and no other drill is in it, whatever the release's code asks for. Then it is
somebody else: a user of its own where this process is root, else this one with nothing that only
root may do. So no other process can be looked into, either: by its memory, its environment, or the
files that it has open.

Nothing but the standard library: run by path with a view as JSON, it tries one out.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import stat
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/nix/store")
DEVICES = ("null", "zero", "full", "random", "urandom")
OWN_FOLDERS = ("/tmp", "/dev/shm")  # noqa: S108  of a file system of its own
ROOT = "/tmp"  # noqa: S108  where the new root is made before it is one; any folder would do
OLD = "/.old"
SIZE = "size=64m,nr_inodes=16k,mode=0755"
CLONE_NEWNS, CLONE_NEWUSER = 0x0002_0000, 0x1000_0000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x4_0000
MNT_DETACH = 2
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
ATTR_READ_ONLY, ATTR_NO_SUID, ATTR_NO_DEVICES = 1, 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
CAPABILITIES = 64
"""As many as there can be; the kernel knows fewer."""
CAPABILITY_VERSION = 0x2008_0522
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(view: dict[str, Any], checkout: str = "") -> None:
    """See nothing else from now on, for good. Raises OSError.

    `view` has the folders `shown` beside the system's, those `hidden` should they lie within,
    `files` to have copies of, and `user`: number and group, None for oneself. This process has one
    thread.
    """
    parent, umask = os.getppid(), os.umask(0o022)
    user = view["user"]
    shown = [(path, os.path.realpath(path)) for path in (*SYSTEM, *view["shown"])]
    hidden = [os.path.realpath(path) for path in view["hidden"]]
    own = os.path.realpath(checkout)
    copies = {path: Path(path).read_bytes() for path in view["files"]}
    _leave_for_a_new_root(user)
    seen: list[str] = []
    for path, real in shown:
        _show(path, real, seen)
    for path in hidden:
        if Path(path).is_dir():
            _mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, SIZE)
    seen = []
    for path, real in shown:
        if _is_within(real, hidden):
            _show(path, real, seen)
    if checkout:
        if user is not None:
            _open_to_others(f"{OLD}{own}")
        _show(checkout, own, [])
    for path, content in copies.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
    _furnish(user)
    _checked(LIBC.umount2(OLD.encode(), MNT_DETACH), OLD)
    Path(OLD).rmdir()
    os.umask(umask)
    _become(user)
    # The kernel forgets it as the user changes.
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _leave_for_a_new_root(user: list[int] | None) -> None:
    """An empty root, in which the old one lies at `OLD`."""
    uid, gid = os.geteuid(), os.getegid()
    _checked(LIBC.unshare(CLONE_NEWNS | (CLONE_NEWUSER if user is None else 0)), "namespaces")
    if user is None:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    _mount("tmpfs", ROOT, "tmpfs", MS_NOSUID | MS_NODEV, SIZE)
    old = f"{ROOT}{OLD}"
    Path(old).mkdir(0o700)
    _checked(LIBC.pivot_root(ROOT.encode(), old.encode()), "pivot_root")
    os.chdir("/")


def _show(path: str, real: str, seen: list[str]) -> None:
    """Let a folder be seen where it was, by its real path and by that which leads there; `seen`
    are those that are already."""
    source = f"{OLD}{real}"
    if not Path(source).is_dir():
        return
    for target in dict.fromkeys((real, path)):
        if _is_within(target, seen):
            continue
        if target != real and Path(target).parent == Path("/"):
            Path(target).symlink_to(real)  # as /lib is one in most systems
        else:
            Path(target).mkdir(parents=True, exist_ok=True)
            _mount(source, target, None, MS_BIND | MS_REC)
            _close(target)
            seen.append(target)


def _is_within(path: str, folders: Iterable[str]) -> bool:
    return any(f"{path}/".startswith(f"{folder}/") for folder in folders)


def _close(target: str) -> None:
    """Nothing is written below; nobody becomes another user by what is there."""
    flags = ATTR_READ_ONLY | ATTR_NO_SUID | ATTR_NO_DEVICES
    attribute = struct.pack("=QQQQ", flags, 0, 0, 0)
    where = ctypes.c_char_p(target.encode())
    done = LIBC.syscall(
        MOUNT_SETATTR, AT_FDCWD, where, AT_RECURSIVE, attribute, ctypes.c_size_t(len(attribute))
    )
    _checked(done, target)


def _furnish(user: list[int] | None) -> None:
    """Devices, processes, and room to write into."""
    for folder in ("/dev", "/proc", *OWN_FOLDERS):
        Path(folder).mkdir(parents=True, exist_ok=True)
    for folder in OWN_FOLDERS:
        Path(folder).chmod(0o1777)
    for name in DEVICES:
        Path(f"/dev/{name}").touch()
        _mount(f"{OLD}/dev/{name}", f"/dev/{name}", None, MS_BIND)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        Path(f"/dev/{name}").symlink_to(f"/proc/self/fd{target}")
    if user is not None:
        # Of this stack's processes alone, where it has a namespace of its own for them.
        _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    else:
        _mount(f"{OLD}/proc", "/proc", None, MS_BIND | MS_REC)


def _become(user: list[int] | None) -> None:
    """Somebody who may do nothing here."""
    if user is not None:
        number, group = user
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(number, number, number)
        # Else what the kernel says of this process is root's, and its own metrics are missing.
        LIBC.prctl(PR_SET_DUMPABLE, 1)
    else:
        for number in range(CAPABILITIES):
            LIBC.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
        header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
        _checked(LIBC.capset(header, bytes(24)), "capset")
    _checked(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


def _open_to_others(folder: str) -> None:
    """Let others read a checkout, which lies in a folder that only its owner may enter."""
    for place, _, files in os.walk(folder):
        _allow(Path(place), 0o055)
        for name in files:
            _allow(Path(place, name), 0o044)


def _allow(path: Path, bits: int) -> None:
    mode = path.lstat().st_mode
    if not stat.S_ISLNK(mode) and mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    done = LIBC.mount(*words, ctypes.c_ulong(flags), data.encode() if data else None)
    _checked(done, target)


def _checked(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def tried(view: dict[str, Any], readable: Iterable[str]) -> str:
    """Why this machine does not have it so; empty where it does, and this process is in it."""
    try:
        enter(view)
        for path in readable:
            Path(path).read_bytes()
        seen = [path for path in view["hidden"] if next(Path(path).glob("*"), None)]
    except OSError as error:
        return str(error)
    return f"{', '.join(seen)} can still be seen" if seen else ""


if __name__ == "__main__":
    wrong = tried(json.loads(sys.argv[1]), sys.argv[2:])
    sys.exit(wrong or 0)
