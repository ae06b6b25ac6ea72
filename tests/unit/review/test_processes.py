"""A review leaves nothing, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.api_client import active_drill
from harness.drill.lifecycle.home import Home
from harness.errors import EnvironmentMissing
from harness.host.runtimes import reap
from harness.paths import ACTIVE, REPO
from harness.review.processes import REVIEWS, clear, work_folder
from harness.runtime.procfs import has_listener, port_is_free
from harness.waiting import wait_until_sync

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

OFFSET = 22_700
"""Below the ports that the kernel hands out to connections of others."""
MEMORY_MAX_MIB = 300.0
PORTS = (8900 + OFFSET, 9090 + OFFSET, 8318 + OFFSET)
DRILL = str(Path(sys.executable).parent / "drill")


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    """A home of its own with that drill."""
    shutil.copytree(finished, tmp_path / "runs" / finished.name)
    return tmp_path


def reviewing(home: Path) -> subprocess.Popen[bytes]:
    """`drill review`, once it answers."""
    said = home / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [DRILL, "review", "--port-offset", str(OFFSET)],
            env={**os.environ, "DRILL_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def answers() -> bool:
        assert process.poll() is None, said.read_text()
        return all(map(has_listener, PORTS))

    try:
        wait_until_sync(answers, timeout_s=60, what="the review", interval_s=0.1)
    except BaseException:
        process.kill()
        process.wait(30)
        raise
    return process


def is_all_gone() -> bool:
    return all(map(port_is_free, PORTS))


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_it_leaves_nothing(home: Path, kind: signal.Signals) -> None:
    process = reviewing(home)
    process.send_signal(kind)
    assert process.wait(30) == 0
    assert is_all_gone()
    assert list((home / REVIEWS / "runs").iterdir()) == []


def test_killed_it_leaves_no_process_and_the_next_start_removes_its_folder(home: Path) -> None:
    process = reviewing(home)
    process.kill()
    process.wait(30)
    wait_until_sync(is_all_gone, timeout_s=30, what="its processes to end", interval_s=0.1)
    assert len(list((home / REVIEWS / "runs").iterdir())) == 1
    clear(home)
    assert list((home / REVIEWS / "runs").iterdir()) == []


def test_a_host_that_is_killed_as_it_shows_its_review_leaves_nothing_and_the_next_start_knows(
    home: Path,
) -> None:
    (run_dir,) = (home / "runs").iterdir()
    arguments = ("-m", "tests.unit.review.lingering_host", str(run_dir), str(OFFSET))
    host = subprocess.Popen([sys.executable, *arguments], cwd=REPO, env={**os.environ})
    try:
        wait_until_sync(lambda: (home / ACTIVE).exists(), timeout_s=60, what="its review")
        assert active_drill(home).is_review
        assert all(map(has_listener, PORTS))
    finally:
        host.kill()
        host.wait(30)
    wait_until_sync(is_all_gone, timeout_s=30, what="its processes to end", interval_s=0.1)
    with pytest.raises(EnvironmentMissing, match=f"the host of {run_dir.name} .* died") as died:
        active_drill(home)
    assert "`drill review` opens it" in died.value.hint
    with Home(home).owned(reap):
        assert list((home / REVIEWS / "runs").iterdir()) == []
        assert not (run_dir / "secrets").exists()
    assert not (home / ACTIVE).exists()
    again = reviewing(home)
    again.terminate()
    assert again.wait(30) == 0


def test_what_memory_an_open_review_takes(home: Path) -> None:
    process = reviewing(home)
    try:
        parts = {one: proportional_mib(one) for one in descendants(process.pid)}
    finally:
        process.terminate()
        process.wait(30)
    total = sum(parts.values())
    print(f"\nan open review takes {total:.0f} MiB in {len(parts)} processes")  # noqa: T201
    assert len(parts) >= 4, "its own, guardian, Prometheus, recorder"
    assert total < MEMORY_MAX_MIB


def descendants(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in descendants(int(child)))]


def proportional_mib(pid: int) -> float:
    """Its own pages, and its part of those that it shares."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:") / 1024


def test_a_review_that_is_open_is_not_cleared(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        clear(tmp_path)
        assert folder.is_dir()
    assert not folder.exists()
