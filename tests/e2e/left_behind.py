"""Whatever a drill can leave on a machine: looked for everywhere."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from harness.runtime.procfs import LISTENING, PROC
from harness.runtime.programs.cache import cache_dir

NAMESPACES = ("pid", "ipc", "mnt", "net", "user", "uts", "cgroup")
CGROUPS = Path("/sys/fs/cgroup")
ENGINES = "docker"
"""In the names of cgroups that a Docker engine makes, for whomever."""


def everything() -> frozenset[str]:
    """What there is now beside processes and ports, one line a thing; compare two, with nothing
    else started in between."""
    return frozenset(
        (
            *_names("/dev/shm", "*"),
            *_names("/dev/mqueue", "*"),
            *_names("/tmp", "*"),
            *_names("/var/tmp", "*"),
            *_names(str(cache_dir() / "running"), "*"),
            *_names(str(cache_dir()), "*.part"),
            *_names(str(cache_dir()), "*/*.part"),
            *_system_v(),
            *_mounts(),
            *_namespaces(),
            *_cgroups(),
        )
    )


def running() -> frozenset[str]:
    """Every process but this one, whoever started it and whatever it calls itself, and every port
    that somebody listens on: for a place that has no processes and ports but the drill's."""
    return frozenset((*_processes(), *_listeners()))


def _processes() -> Iterator[str]:
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            stat = (folder / "stat").read_text(errors="replace")
            if int(folder.name) != os.getpid() and stat.rpartition(")")[2].split()[0] not in "ZX":
                arguments = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                yield f"process: {folder.name} {arguments[:120].decode(errors='replace')}"


def _listeners() -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING:
                    yield f"port: {int(fields[1].rpartition(':')[2], 16)}"


def _names(folder: str, pattern: str) -> Iterator[str]:
    for path in Path(folder).glob(pattern):
        yield str(path)


def _system_v() -> Iterator[str]:
    for kind in ("shm", "sem", "msg"):
        with contextlib.suppress(OSError):
            for line in (PROC / "sysvipc" / kind).read_text().splitlines()[1:]:
                yield f"System V {kind}: " + " ".join(line.split()[:2])


def _mounts() -> Iterator[str]:
    for line in (PROC / "self" / "mountinfo").read_text().splitlines():
        yield f"mount: {line.split()[4]}"


def _namespaces() -> Iterator[str]:
    for process in PROC.glob("[0-9]*"):
        for kind in NAMESPACES:
            with contextlib.suppress(OSError):
                yield f"namespace: {(process / 'ns' / kind).readlink()}"


def _cgroups() -> Iterator[str]:
    """Those below our own, where a process of ours would make one."""
    for line in (PROC / "self" / "cgroup").read_text().splitlines():
        _, controllers, own = line.split(":", 2)
        kind = controllers.removeprefix("name=") or "unified"
        root = CGROUPS / kind if (CGROUPS / kind).is_dir() else CGROUPS
        for folder, _, _ in os.walk(root / own.removeprefix("/")):
            if ENGINES not in folder:
                yield f"cgroup: {folder}"
