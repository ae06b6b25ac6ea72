"""Whatever a drill can leave on a machine, beside processes and ports: looked for everywhere."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from harness.runtime.programs.cache import cache_dir

PROC = Path("/proc")
NAMESPACES = ("pid", "ipc", "mnt", "net", "user", "uts", "cgroup")
CGROUPS = Path("/sys/fs/cgroup")


def everything() -> frozenset[str]:
    """What there is now, one line a thing; compare two, with nothing else started in between."""
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
    for folder, _, _ in os.walk(CGROUPS):
        yield f"cgroup: {folder}"
