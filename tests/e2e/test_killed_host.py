"""kill -9 of the host, alone or with its guardian, at any moment: nothing is left, anywhere.

No process, no port, no shared memory, no folder, mount or namespace; the record is closed. `make
torture` does it twenty times at random moments; the ordinary test run does it six times.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from harness.drill.lifecycle.home import Home
from harness.record.store import Record
from harness.record.story import fold
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.programs.cache import cache_dir
from harness.waiting import WaitedTooLong, wait_until_sync
from tests.e2e.left_behind import everything
from tests.e2e.live import LiveDrill, kill_after, live_drill

PORT_OFFSET = 11_000
GONE_TIMEOUT_S = 2.0
SPEED = 60
OTHERS_S = 20.0
UNRECORDED_S = 3.0
"""What happened since the newest event of a record is not known after a kill; the impact is sampled
every two seconds."""

# What others make on the machine would be counted as left.
pytestmark = [pytest.mark.alone, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def nothing_is_left_anywhere(tmp_path: Path) -> Iterator[None]:
    """After the next start in *another* home, all is as it was before the drill.

    What other programs of the machine make meanwhile goes in a while; what a drill left stays.
    """
    cache_dir()
    before = everything()
    yield
    with Home(tmp_path / "another").owned(lambda path: list(LocalRuntime.reap(path))):
        left = everything() - before

    def gone() -> bool:
        nonlocal left
        left &= everything()
        return not left

    with suppress(WaitedTooLong):
        wait_until_sync(gone, timeout_s=OTHERS_S, what="what others made")
    assert sorted(left) == []


def assert_nothing_is_left(drill: LiveDrill) -> None:
    def gone() -> bool | None:
        return (not drill.processes() and not drill.ports_taken()) or None

    wait_until_sync(
        gone,
        timeout_s=GONE_TIMEOUT_S,
        what=f"the end of {drill.processes()} and {drill.ports_taken()}",
    )


def assert_record_is_closed_at_the_next_start(home: Path) -> None:
    with Home(home).owned(lambda path: list(LocalRuntime.reap(path))):
        for run_dir in (home / "runs").iterdir():
            with Record(run_dir / "record.db") as record:
                state = fold(record.events()).state
                assert state.was_aborted
            assert {p.name for p in run_dir.iterdir()} <= {
                "record.db",
                "record.db-end",
                "workspace",
                "kept",
            }, "what its review shows stays, and nothing else"


@pytest.mark.parametrize("guardian_too", [False, True])
@pytest.mark.parametrize("moment_s", [1.5, 6.0, 16.0])
def test_a_killed_host_leaves_nothing(tmp_path: Path, moment_s: float, guardian_too: bool) -> None:
    drill = kill_after(tmp_path, moment_s, PORT_OFFSET, guardian_too=guardian_too)
    assert_nothing_is_left(drill)
    assert_record_is_closed_at_the_next_start(tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("number", range(20))
def test_a_host_killed_at_a_random_moment_leaves_nothing(tmp_path: Path, number: int) -> None:
    moment_s = random.Random(number).uniform(0.2, 40.0)
    drill = kill_after(tmp_path, moment_s, PORT_OFFSET, guardian_too=number % 2 == 1)
    assert_nothing_is_left(drill)
    assert_record_is_closed_at_the_next_start(tmp_path)


def test_the_exercise_of_a_killed_host_goes_on_where_its_clock_stood(tmp_path: Path) -> None:
    options = ("--agenda", "workshop-60", "--speed", str(SPEED))
    with live_drill(tmp_path, "deadlock", PORT_OFFSET, options) as drill:
        drill.wait_healthy()
        assert drill.drill("join", "Ada", "--role", "on-call").returncode == 0
        stood = wait_until_sync(
            lambda: in_phase(drill, "dark-room"), timeout_s=60, what="the second phase"
        )
        run_dir = drill.run_dir
        drill.kill()
        assert_nothing_is_left(drill)
        recorded_s = agenda_s_of(run_dir)
        assert recorded_s >= stood["clock"]["agenda_s"] - UNRECORDED_S * SPEED
    with live_drill(tmp_path, "healthy", PORT_OFFSET, ("--resume",)) as again:
        again.wait_said("resuming")
        again.wait_healthy()
        went_on = wait_until_sync(
            lambda: in_phase(again, "dark-room"), timeout_s=10, what="the clock"
        )
        assert went_on["clock"]["agenda_s"] >= recorded_s
        assert went_on["roles"] == {"on-call": ["Ada"]}
        again.wait_said("PAGE")


def agenda_s_of(run_dir: Path) -> float:
    """Where the clock of an exercise stood at the newest event of its record."""
    with Record(run_dir / "record.db") as record:
        clock = fold(record.events()).clock
    return (clock.agenda_ms(clock.seen_ms) or 0) / 1000


def in_phase(drill: LiveDrill, phase: str) -> Any:
    """The exercise, once it is in a phase; None before."""
    shown: Any = drill.answer("agenda")
    return shown if shown["clock"]["phase"] == phase else None
