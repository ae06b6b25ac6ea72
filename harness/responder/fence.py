"""Keeps this process away from the answer: it may read its own libraries and nothing else.

An audit hook sees every file that Python opens, every folder that it lists, every process that
it begins and every connection that it makes; once set it cannot be taken away. What is not
allowed is refused, so that nothing has to be known about where answers lie. Names of files can
still be asked for one by one (`stat` is not audited); what is in them cannot. Beneath the hook
stands the kernel, where it has Landlock: native code that Python does not audit reads nothing
either.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from harness.responder.landlock import read_only_below

LOOPBACK = "127.0.0.1"
_READING = frozenset({"open", "os.listdir", "os.scandir", "sqlite3.connect"})
_LEAVING = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.forkpty", "ctypes.dlopen", "ctypes.dlsym",
)  # fmt: skip


SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/etc")
CHECKOUT = Path(os.path.realpath(__file__)).parents[2]


class Fenced(PermissionError):
    """Something that this process may not do."""


def close_fence(also: Iterable[Path] = ()) -> bool:
    """From now on, for good: nothing is read but libraries, our own code and the files `also`,
    nothing is started, and nobody is spoken to beyond this machine. Offenders raise Fenced.

    True where the kernel refuses files, too.
    """
    roots, files = _roots(), frozenset(os.path.realpath(one) for one in also)
    by_kernel = read_only_below(map(Path, (*roots, *_system_folders(), *files)))
    sys.addaudithook(_guard(roots, files))
    return by_kernel


def _system_folders() -> Iterator[str]:
    """What native libraries read, but for folders that our checkout lies in."""
    for folder in (sys.base_prefix, *SYSTEM_FOLDERS):
        if not CHECKOUT.is_relative_to(os.path.realpath(folder)):
            yield folder


def _roots() -> tuple[str, ...]:
    """Where code comes from: Python's own folders, its packages, and this package."""
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    code = Path(__file__).parents[1]
    folders = {sysconfig.get_path(kind) for kind in kinds} | {str(code)}
    return tuple(os.path.realpath(folder) for folder in folders)


def _guard(roots: tuple[str, ...], files: frozenset[str]) -> Callable[[str, tuple[Any, ...]], None]:
    below = tuple(f"{root}{os.sep}" for root in roots)

    def allowed(target: Any) -> bool:
        if isinstance(target, int):  # something that is open already
            return True
        path = os.path.realpath(os.fsdecode(target or "."))
        return path in files or f"{path}{os.sep}".startswith(below)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in _READING and not allowed(args[0]):
            raise Fenced(f"the responder may not read {os.fsdecode(args[0] or '.')}")
        if event.startswith(_LEAVING):
            raise Fenced(f"the responder may not do this: {event}")
        if event == "socket.connect" and _host(args[1]) != LOOPBACK:
            raise Fenced(f"the responder may not speak to {args[1]}")

    return hook


def _host(address: Any) -> Any:
    return address[0] if isinstance(address, tuple) else address
