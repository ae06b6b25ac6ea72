"""kill -9 of the host at any moment: after the next start the engine has nothing of the drill.

`make torture` does it twenty times at random moments; the ordinary test run does it once.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from harness.drill.lifecycle.home import Home
from harness.host.runtimes import reap
from harness.record.store import Record
from harness.record.story import fold
from harness.runtime.compose.leftovers import everything_of
from harness.waiting import wait_until_sync
from tests.e2e.live import LiveDrill, kill_after

PORT_OFFSET = 12_000
RELEASED_S = 2.0
"""The engine's own proxies let go of ports a moment after their container."""

pytestmark = [pytest.mark.engine, pytest.mark.live, pytest.mark.timeout(300)]


def assert_the_next_start_leaves_nothing(drill: LiveDrill) -> int:
    """How much there was to remove."""
    before = asyncio.run(everything_of(drill.home))
    with Home(drill.home).owned(reap):
        assert asyncio.run(everything_of(drill.home)) == []
        for run_dir in (drill.home / "runs").iterdir():
            with Record(run_dir / "record.db") as record:
                assert fold(record.events()).state.was_aborted
            assert {p.name for p in run_dir.iterdir()} <= {
                "record.db",
                "record.db-end",
                "workspace",
            }
    wait_until_sync(
        lambda: not (drill.processes() or drill.ports_taken()),
        timeout_s=RELEASED_S,
        what=f"the end of {drill.processes()} and {drill.ports_taken()}",
    )
    return len(before)


def test_a_host_killed_while_its_stack_comes_up_leaves_nothing(tmp_path: Path) -> None:
    drill = LiveDrill(tmp_path, "healthy", PORT_OFFSET, options=("--runtime", "compose"))
    drill.wait_said("postgres is ready")
    drill.kill()
    assert assert_the_next_start_leaves_nothing(drill), "there was something to remove"


@pytest.mark.torture
@pytest.mark.parametrize("number", range(20))
def test_a_host_killed_at_a_random_moment_leaves_nothing(tmp_path: Path, number: int) -> None:
    moment_s = random.Random(number).uniform(1.0, 45.0)
    drill = kill_after(tmp_path, moment_s, PORT_OFFSET, ("--runtime", "compose"))
    removed = assert_the_next_start_leaves_nothing(drill)
    print(f"killed after {moment_s:.1f} s: {removed} parts removed, 0 left")  # noqa: T201
