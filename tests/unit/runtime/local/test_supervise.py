"""Nothing outlives its stack, and nothing that is not ours is touched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import limits
from harness.errors import StackFailed
from harness.runtime.local.leftovers import reap
from harness.runtime.local.process import Command
from harness.runtime.local.supervise import STATE_FILE, Containment, Guardian, best_containment
from harness.runtime.procfs import ProcessId, identify, process_times
from harness.waiting import WaitedTooLong, wait_until_sync
from tests.unit.runtime.local.host import escaping

HOST = Path(__file__).with_name("host.py")
Victim = Callable[[Path], ProcessId]
CONTAINED: list[Containment] = ["subreaper"]
if best_containment() == "namespace":
    CONTAINED.append("namespace")


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    path = tmp_path / "runs" / "d-test"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def bystander() -> Iterator[ProcessId]:
    with subprocess.Popen(["sleep", "60"]) as process:
        found = identify(process.pid)
        assert found
        yield found
        process.kill()


def escapee_of(run_dir: Path) -> ProcessId:
    note = run_dir / "escapee.pid"
    wait_until_sync(note.exists, timeout_s=10, what="the escapee to escape")
    found = identify(int(note.read_text()))
    assert found
    return found


def assert_gone(process: ProcessId) -> None:
    wait_until_sync(lambda: not process.alive, timeout_s=limits.KILL_S, what=f"{process} to end")


def start_host(run_dir: Path, containment: Containment) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[4]
    argv = [sys.executable, str(HOST), str(run_dir), containment]
    return subprocess.Popen(argv, env=os.environ | {"PYTHONPATH": str(root)})


def kill_host(host: subprocess.Popen[bytes]) -> None:
    host.kill()
    host.wait()


@pytest.mark.parametrize("containment", CONTAINED)
def test_a_killed_host_takes_a_daemon_that_ignores_signals_with_it(
    run_dir: Path, containment: Containment
) -> None:
    host = start_host(run_dir, containment)
    escapee = escapee_of(run_dir)
    kill_host(host)
    assert_gone(escapee)


def test_without_containment_the_daemon_survives_its_host_until_the_next_start(
    run_dir: Path,
) -> None:
    host = start_host(run_dir, "none")
    escapee = escapee_of(run_dir)
    kill_host(host)
    with pytest.raises(WaitedTooLong):
        assert_gone(escapee)
    assert any(str(escapee.pid) in word for word in reap(run_dir.parents[1]))
    assert_gone(escapee)


def guardian_of(run_dir: Path) -> ProcessId:
    found = identify(json.loads((run_dir / STATE_FILE).read_text())["pid"])
    assert found
    return found


def holder_of(run_dir: Path) -> ProcessId:
    """What holds the guardian from outside: the host started that."""
    parent = process_times()[guardian_of(run_dir).pid].parent
    found = identify(parent)
    assert found
    return found


@pytest.mark.parametrize("containment", CONTAINED)
@pytest.mark.parametrize("victim_of", [guardian_of, holder_of])
@pytest.mark.parametrize("host_too", [True, False])
def test_a_killed_guardian_takes_a_daemon_that_ignores_signals_with_it(
    run_dir: Path, containment: Containment, victim_of: Victim, host_too: bool
) -> None:
    host = start_host(run_dir, containment)
    try:
        escapee = escapee_of(run_dir)
        guardian, holder = guardian_of(run_dir), holder_of(run_dir)
        os.kill(victim_of(run_dir).pid, signal.SIGKILL)
        if host_too:
            kill_host(host)
        for process in (escapee, guardian, holder):
            assert_gone(process)
    finally:
        kill_host(host)
    assert reap(run_dir.parents[1]) == ()


def test_without_containment_the_daemon_survives_its_guardian_until_the_next_start(
    run_dir: Path,
) -> None:
    host = start_host(run_dir, "none")
    escapee = escapee_of(run_dir)
    os.kill(guardian_of(run_dir).pid, signal.SIGKILL)
    with pytest.raises(WaitedTooLong):
        assert_gone(escapee)
    kill_host(host)
    assert any(str(escapee.pid) in word for word in reap(run_dir.parents[1]))
    assert_gone(escapee)


@pytest.mark.parametrize("containment", CONTAINED)
async def test_closing_the_guardian_leaves_nothing(run_dir: Path, containment: Containment) -> None:
    guardian = await Guardian.start(run_dir, containment)
    await guardian.spawn(escaping(run_dir))
    escapee = escapee_of(run_dir)
    assert escapee in await guardian.list_pids()
    await guardian.close()
    assert not escapee.alive


async def test_a_process_runs_with_the_given_environment_and_nothing_of_the_hosts(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "1")
    guardian = await Guardian.start(run_dir)
    log = run_dir / "logs" / "env.jsonl"
    child = await guardian.spawn(Command("env", ("env",), run_dir, log, {"GIVEN": "yes"}))
    assert await child.wait(5) == 0
    names = {line.partition("=")[0] for line in log.read_text().splitlines()}
    assert {"GIVEN", "PATH"} <= names <= {"GIVEN", "PATH", "LANG", "PWD"}
    await guardian.close()


async def test_exit_codes_and_signals_are_told(run_dir: Path) -> None:
    guardian = await Guardian.start(run_dir)
    log = run_dir / "logs" / "x.jsonl"
    failing = await guardian.spawn(Command("seven", ("sh", "-c", "exit 7"), run_dir, log))
    sleeping = await guardian.spawn(Command("sleep", ("sleep", "60"), run_dir, log))
    assert await failing.wait(5) == 7
    assert identify(sleeping.pid)
    await sleeping.stop(5)
    assert await sleeping.wait(0) == -signal.SIGTERM
    await guardian.close()


async def test_a_program_that_cannot_be_started_is_named(run_dir: Path) -> None:
    guardian = await Guardian.start(run_dir)
    log = run_dir / "logs" / "x.jsonl"
    with pytest.raises(StackFailed, match=r"ghost could not be started.*no-such-program"):
        await guardian.spawn(Command("ghost", ("/no-such-program",), run_dir, log))
    await guardian.close()


async def test_a_guardian_that_is_killed_is_noticed(run_dir: Path) -> None:
    guardian = await Guardian.start(run_dir)
    log = run_dir / "logs" / "x.jsonl"
    child = await guardian.spawn(Command("sleep", ("sleep", "60"), run_dir, log))
    os.kill(json.loads((run_dir / STATE_FILE).read_text())["pid"], signal.SIGKILL)
    assert await child.wait(limits.KILL_S) == -signal.SIGKILL
    assert guardian.lost.is_set()
    await guardian.close()


def test_a_reused_pid_is_left_alone(run_dir: Path, bystander: ProcessId) -> None:
    state = {"pid": bystander.pid, "start": bystander.start_ticks - 1, "owner": 0}
    (run_dir / STATE_FILE).write_text(json.dumps(state))
    assert reap(run_dir.parents[1]) == ()
    assert bystander.alive


def test_the_same_pid_and_start_time_is_ended(run_dir: Path, bystander: ProcessId) -> None:
    state = {"pid": bystander.pid, "start": bystander.start_ticks, "owner": 0}
    (run_dir / STATE_FILE).write_text(json.dumps(state))
    assert len(reap(run_dir.parents[1])) == 1
    assert not bystander.alive


def test_the_stack_of_a_living_host_is_left_alone(run_dir: Path, bystander: ProcessId) -> None:
    me = identify(os.getpid())
    assert me
    state = {
        "pid": bystander.pid,
        "start": bystander.start_ticks,
        "owner": me.pid,
        "owner_start": me.start_ticks,
    }
    (run_dir / STATE_FILE).write_text(json.dumps(state))
    assert reap(run_dir.parents[1]) == ()
    assert bystander.alive


def test_a_damaged_state_file_stops_nothing(run_dir: Path) -> None:
    (run_dir / STATE_FILE).write_text("{")
    assert reap(run_dir.parents[1]) == ()


async def test_a_log_that_cannot_be_written_is_named(run_dir: Path) -> None:
    guardian = await Guardian.start(run_dir, "subreaper")
    try:
        log = run_dir / "logs" / "gone" / "x.jsonl"
        with pytest.raises(StackFailed, match=r"x could not be started: .*gone/x\.jsonl"):
            await guardian.spawn(Command("x", ("true",), run_dir, log))
    finally:
        await guardian.close()
