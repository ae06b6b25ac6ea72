"""Compose programs of dead hosts are ended; those of living ones, and other programs, are not."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.runtime.compose.leftovers import _end_programs
from harness.runtime.compose.project import OWNER_FILE, owner

DEAD = "1:0"
"""Process 1 is there, and started at another time."""


class Programs:
    """Programs that wait, each with a working directory."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._bin = stack, folder / "bin"
        self._bin.mkdir()

    def start(self, name: str, cwd: Path) -> subprocess.Popen[bytes]:
        path = self._bin / name
        if not path.exists():
            shutil.copy("/bin/sleep", path)
        process = subprocess.Popen([str(path), "60"], cwd=cwd)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    with ExitStack() as stack:
        yield Programs(stack, tmp_path)


def run_of(home: Path, drill_id: str, owned_by: str) -> Path:
    folder = home / "runs" / drill_id / "compose"
    folder.mkdir(parents=True)
    (folder / OWNER_FILE).write_text(owned_by)
    return folder


def test_only_the_programs_of_dead_hosts_are_ended(tmp_path: Path, programs: Programs) -> None:
    dead, living = run_of(tmp_path, "d-1", DEAD), run_of(tmp_path, "d-2", owner())
    orphan = programs.start("docker-compose", dead)
    kept = [
        programs.start("docker-compose", living),
        programs.start("docker-compose", tmp_path),
        programs.start("psql", dead),
    ]
    _end_programs(tmp_path)
    assert orphan.wait(timeout=5) == -9
    assert [process.poll() for process in kept] == [None, None, None]


def test_this_process_is_its_own_owner() -> None:
    assert owner().startswith(f"{os.getpid()}:")
