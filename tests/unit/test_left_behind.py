"""What the live tests look for after a drill is found where it is left on purpose."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest

from harness.record.events import NoteAdded
from harness.record.store import Record
from harness.runtime.local.supervise import best_containment
from harness.runtime.programs.cache import cache_dir, make_folder
from tests.e2e import sandbox
from tests.e2e.acknowledged import missing_of
from tests.e2e.left_behind import CGROUPS, everything, running

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


def test_a_cgroup_is_found() -> None:
    before = everything()
    made = None
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        folder = CGROUPS / "pids" / line.split(":", 2)[2].removeprefix("/")
        if "pids" in line.split(":")[1] and os.access(folder, os.W_OK):
            made = Path(tempfile.mkdtemp(dir=folder))
    if made is None:
        pytest.skip("no cgroup may be made here")
    try:
        assert f"cgroup: {made}" in everything() - before
    finally:
        made.rmdir()


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


def test_a_process_that_left_everything_behind_is_found_and_what_it_listens_on() -> None:
    before = running()
    code = (
        "import socket; s = socket.create_server(('127.0.0.1', 0));"
        "print(s.getsockname()[1], flush=True); input()"
    )
    argv = ["env", "-i", sys.executable, "-c", code]
    with subprocess.Popen(
        argv, cwd="/", start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        found = running() - before
        process.kill()
    assert f"port: {port}" in found
    assert any(line.startswith(f"process: {process.pid} ") for line in found)
    assert not any(line.startswith(f"process: {process.pid} ") for line in running())


@pytest.mark.skipif(bool(sandbox.why_not()), reason=sandbox.why_not())
def test_in_a_place_of_its_own_there_is_what_it_left_and_nothing_else() -> None:
    look = "print(sorted(it.running()))"
    plant = "s.Popen(['sleep', '60'], start_new_session=True)"
    script = f"import tests.e2e.left_behind as it, subprocess as s; {look}; {plant}; {look}"
    done = sandbox.run_inside("timeit", "-n", "1", "-r", "1", script, timeout_s=60)
    before, after, *_ = done.stdout.splitlines()
    assert before == "[]"
    assert "sleep 60" in after


def test_what_was_acknowledged_and_is_not_in_the_record_is_missed(tmp_path: Path) -> None:
    with Record(tmp_path / "record.db", "d-7f3a") as record:
        record.append(NoteAdded("entry-00001.", "kim"), actor="kim")
        assert missing_of(["entry-00001."], record) == []
        assert missing_of(["entry-00001.", "entry-00002."], record) == ["entry-00002."]
