"""Two network namespaces as two machines, with a cable between them and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.child_env import program_env
from harness.paths import REPO
from harness.runtime.programs.cache import cache_dir
from harness.waiting import wait_until_sync

HUB_AT, LAPTOP_AT = "10.77.31.1", "10.77.31.2"
READY_S = 240.0
STEP_S = 150


@dataclass(frozen=True)
class Machine:
    """A network namespace, and somebody's home there."""

    namespace: str
    home: Path

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        cache = str(cache_dir())
        return {
            **kept,
            "HOME": str(self.home),
            "DRILL_HOME": str(self.home / "drills"),
            "THREEAM_CACHE": cache,
        }

    def person(self, name: str) -> Machine:
        """Somebody else at that place, with a home of their own."""
        home = self.home / name
        home.mkdir()
        return replace(self, home=home)

    def command(self, *arguments: str) -> list[str]:
        return ["ip", "netns", "exec", self.namespace, *arguments]

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.home,
            env=self.environment(),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=STEP_S,
        )

    def told(self, *arguments: str, cwd: Path | None = None) -> str:
        found = self.run(*arguments, cwd=cwd)
        assert found.returncode == 0, f"{arguments}: {found.stdout}{found.stderr}"
        return found.stdout

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Path]:
        """A command that goes on while the block does; the file with what it says."""
        said = self.home / f"{arguments[1]}.log"
        with said.open("wb") as log:
            process = subprocess.Popen(
                self.command(*arguments),
                cwd=self.home,
                env=self.environment() | {"PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=log,
            )
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=STEP_S)


def ip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ip", *arguments], capture_output=True, encoding="utf-8", check=False, env={**os.environ}
    )


@contextmanager
def cabled(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    """The hub's and the laptop's; skips the test where none can be made."""
    if shutil.which("ip") is None:
        pytest.skip("iproute2 is not installed: apt-get install iproute2")
    found = []
    for kind in ("hub", "laptop"):
        home = tmp_path / kind
        home.mkdir()
        found.append(Machine(f"tm-{kind}-{os.getpid()}", home))
    hub, laptop = found
    try:
        for one in found:
            if (made := ip("netns", "add", one.namespace)).returncode != 0:
                pytest.skip(f"no network namespace can be made here: {made.stderr.strip()}")
        cable = ("link", "add", "tm0", "netns", hub.namespace, "type", "veth")
        joined = ip(*cable, "peer", "name", "tm0", "netns", laptop.namespace)
        if joined.returncode != 0:
            pytest.skip(f"no pair of network devices can be made here: {joined.stderr.strip()}")
        for one, address in ((hub, HUB_AT), (laptop, LAPTOP_AT)):
            inside = ("-n", one.namespace)
            assert ip(*inside, "addr", "add", f"{address}/24", "dev", "tm0").returncode == 0
            for device in ("lo", "tm0"):
                assert ip(*inside, "link", "set", device, "up").returncode == 0
        yield hub, laptop
    finally:
        for one in found:
            for pid in ip("netns", "pids", one.namespace).stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            ip("netns", "del", one.namespace)


def matching(path: Path, pattern: str) -> str:
    """What a command has said, once it has."""
    found = wait_until_sync(
        lambda: re.search(pattern, path.read_text(errors="replace")),
        timeout_s=READY_S,
        what=f"'{pattern}' in {path.name}",
    )
    assert found is not None
    return found[1] if found.groups() else found[0]


def is_deserted(machine: Machine) -> bool:
    """Whether nothing runs there any more."""
    return ip("netns", "pids", machine.namespace).stdout.split() == []


def client_install(folder: Path) -> str:
    """The package as a laptop has it, as `docs/hub.md` says; where its `drill` is.

    From a copy, since building leaves its own folders behind.
    """
    copy, venv = folder / "3am", folder / "drill"
    copy.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "harness", "loadgen", "pyproject.toml", "README.md"],
        cwd=REPO,
        env=program_env(),
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0")[:-1]:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (REPO / name).exists():
            shutil.copyfile(REPO / name, target)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, env=program_env())
    pip = (str(venv / "bin" / "pip"), "install", "-q", str(copy))
    subprocess.run(pip, check=True, env={**os.environ}, timeout=STEP_S)
    return str(venv / "bin" / "drill")
