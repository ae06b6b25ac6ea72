"""What the live tests look for after a drill is found where it is left on purpose."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest

from harness.runtime.local.supervise import best_containment
from harness.runtime.programs.cache import cache_dir, make_folder
from tests.e2e.left_behind import everything

IPC_RMID = 0


@pytest.mark.parametrize("folder", ["/dev/shm", "/tmp", "running"])
def test_a_file_or_folder_is_found(folder: str) -> None:
    place = Path(folder) if folder.startswith("/") else cache_dir() / folder
    make_folder(place)
    before = everything()
    with tempfile.NamedTemporaryFile(dir=place) as left:
        assert left.name in everything() - before


def test_a_segment_is_found() -> None:
    before, libc = everything(), ctypes.CDLL(None)
    number = libc.shmget(uuid4().int & 0x7FFFFFFF, 56, 0o1600)
    try:
        assert any(line.endswith(f" {number}") for line in everything() - before)
    finally:
        libc.shmctl(number, IPC_RMID, None)


@pytest.mark.skipif(best_containment() != "namespace", reason="no namespaces for us here")
def test_a_namespace_is_found() -> None:
    prefix = ["unshare", "--user", "--map-current-user", "--ipc", "--pid", "--fork"]
    before = everything()
    argv = [*prefix, "--kill-child", "sh", "-c", "echo up; read _"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        found = {line.partition(":[")[0] for line in everything() - before}
        assert {"namespace: ipc", "namespace: pid"} <= found
        process.kill()
