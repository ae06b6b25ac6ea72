"""`tools/engine` on machines that are made up: every program that it calls is a stand-in."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.paths import REPO
from harness.runtime.procfs import identify

TOOLS = (
    *("bash", "cut", "dirname", "env", "id", "ln", "mkdir", "rm"),
    *("sed", "setsid", "sleep", "tail"),
)
ANSWERS = 'test -e "$MACHINE/answering"'
ENGINE = """
echo "$@" > "$MACHINE/arguments"
trap 'rm -f "$MACHINE/answering"; exit 0' TERM
: > "$MACHINE/answering"
while :; do sleep 0.05; done
"""
BROKEN = "echo 'no space left on device' >&2; exit 1"


class Machine:
    """A folder that is all of PATH, with an engine that answers while a file is there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            assert found is not None
            (self.bin / name).symlink_to(found)
        self.add("id", "echo 0")
        self.add("docker", ANSWERS)
        self.add("apt-get", 'echo "$@" >> "$MACHINE/installed"')
        self.add("compose", "exit 0")

    def add(self, name: str, script: str) -> None:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!{self.bin / 'bash'}\n{script}\n")
        path.chmod(0o755)

    def run(self, act: str, held: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": str(self.bin),
            "MACHINE": str(self.folder),
            "ENGINE_STATE": str(self.folder / "state"),
            "ENGINE_DATA": "/images",
            "PYTHON": "compose",
        }
        argv = [str(self.bin / "bash"), str(REPO / "tools" / "engine"), act]
        return subprocess.run(
            argv, env=env, capture_output=True, text=True, check=False, timeout=60, pass_fds=held
        )

    @property
    def answering(self) -> bool:
        return (self.folder / "answering").exists()

    @property
    def engine_pid(self) -> int | None:
        file = self.folder / "state" / "pid"
        return int(file.read_text().split()[0]) if file.exists() else None


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.run("stop")


def test_an_engine_is_started_with_its_own_images_and_ended_by_its_pid(machine: Machine) -> None:
    machine.add("dockerd", ENGINE)
    done = machine.run("start")
    assert done.returncode == 0, done.stderr
    assert machine.answering
    assert (machine.folder / "arguments").read_text() == "--data-root /images\n"
    pid = machine.engine_pid
    assert pid is not None
    assert machine.run("stop").returncode == 0
    assert not machine.answering
    assert identify(pid) is None
    assert machine.engine_pid is None


def test_a_lock_of_the_caller_is_free_when_the_caller_is_done(machine: Machine) -> None:
    machine.add("dockerd", ENGINE)
    with (machine.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert machine.run("start", held=(lock.fileno(),)).returncode == 0
        pid = machine.engine_pid
        assert pid is not None
        assert inherited(pid) == set()
    with (machine.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_descriptor_that_is_handed_on_is_found(machine: Machine) -> None:
    """Negative control of the above: a child that was handed the lock does hold it."""
    with (machine.folder / "lock").open("w") as lock:
        argv = [sys.executable, "-c", "input()"]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, pass_fds=(lock.fileno(),)) as child:
            assert str(machine.folder / "lock") in inherited(child.pid)
            child.kill()


def inherited(pid: int) -> set[str]:
    """Files that a process has open beside its three streams, but for its own script."""
    found = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if int(fd.name) > 2:
                found.add(str(fd.readlink()))
    return {path for path in found if not path.endswith("/bin/dockerd")}


def test_what_is_missing_is_installed(machine: Machine) -> None:
    machine.add("later", ENGINE)
    machine.add("apt-get", f'echo "$@" >> "$MACHINE/installed"; ln -sf later {machine.bin}/dockerd')
    done = machine.run("start")
    assert done.returncode == 0, done.stderr
    said = (machine.folder / "installed").read_text()
    assert said.splitlines()[0].startswith("update")
    assert "docker.io" in said


def test_an_engine_that_answers_is_left_alone_by_both(machine: Machine) -> None:
    (machine.folder / "answering").touch()
    machine.add("dockerd", BROKEN)
    assert machine.run("start").returncode == 0
    assert machine.engine_pid is None
    assert machine.run("stop").returncode == 0
    assert machine.answering


def test_a_process_that_only_has_the_number_of_ours_survives(machine: Machine) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        state = machine.folder / "state"
        state.mkdir()
        (state / "pid").write_text(f"{bystander.pid} 1\n")
        assert machine.run("stop").returncode == 0
        assert bystander.poll() is None
        bystander.kill()


@pytest.mark.parametrize("program", [None, ENGINE])
def test_without_root_one_line_says_what_to_do(machine: Machine, program: str | None) -> None:
    machine.add("id", "echo 1000")
    if program:
        machine.add("dockerd", program)
    done = machine.run("start")
    assert done.returncode == 3
    assert "only root can change that" in done.stderr
    assert "hint: sudo tools/engine start" in done.stderr
    assert not machine.answering


def test_an_engine_that_does_not_come_up_says_why_and_leaves_nothing(machine: Machine) -> None:
    machine.add("dockerd", BROKEN)
    done = machine.run("start")
    assert done.returncode == 3
    assert "no space left on device" in done.stderr
    assert machine.engine_pid is None


def test_anything_else_is_a_usage_error(machine: Machine) -> None:
    assert machine.run("restart").returncode == 2
    assert not (machine.folder / "installed").exists()
