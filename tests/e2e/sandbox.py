"""A place of its own for a drill that is to be killed: whatever is in it afterwards, it left.

Namespaces of its own for processes, mounts, System V, ports and names; `/tmp`, `/dev/shm` and the
cache are empty at first. Nothing that others do on the machine shows in it, nothing in it collides
with theirs, and several run side by side. Where namespaces are not permitted it raises.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.paths import REPO
from harness.runtime.programs.cache import cache_dir

UNSHARE = (
    *("unshare", "--mount", "--pid", "--ipc", "--net", "--uts"),
    *("--fork", "--kill-child", "--mount-proc"),
)
PREPARED = "postgres"
"""In a cache: prepared databases, which a cold one lacks."""
SET_UP = """
set -e
cd "$0"
for folder in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o mode=1777 tmpfs "$folder"; done
case "$0" in
/tmp/*) mkdir -p "$0"; mount --no-canonicalize --bind . "$0"; cd "$0" ;;
esac
exec "$@"
"""
"""A checkout below `/tmp` stays where it is."""
SIOCSIFFLAGS = 0x8914
IFF_UP_AND_RUNNING = 0x41


@functools.cache
def why_not() -> str:
    """Why there can be no such place here; empty where there can."""
    if os.geteuid() != 0:
        return "a mount namespace of one's own takes root"
    done = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def run_inside(
    *words: str, timeout_s: float, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a Python module as the first process of such a place; all ends with it."""
    argv = [*UNSHARE, "bash", "-c", SET_UP, str(REPO), sys.executable, "-m", *words]
    return subprocess.run(
        argv,
        env={**os.environ, "OUTER_CACHE": str(cache_dir()), **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def furnish(*, is_cold: bool) -> None:
    """Inside: bring the loopback up, and make a cache that has the programs of the outer one and,
    unless it is cold, its prepared databases."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", IFF_UP_AND_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)
    cache, outer = Path("/tmp/cache"), Path(os.environ["OUTER_CACHE"])
    os.environ["THREEAM_CACHE"] = str(cache)
    (cache / PREPARED).mkdir(parents=True)
    (cache / "running").mkdir()
    for found in outer.iterdir():
        if found.is_file():
            shutil.copyfile(found, cache / found.name)
        elif found.name not in (PREPARED, "running"):
            (cache / found.name).symlink_to(found)
    if not is_cold:
        for found in (outer / PREPARED).glob("*"):
            if found.is_dir() and found.suffix != ".part":
                (cache / PREPARED / found.name).symlink_to(found)
