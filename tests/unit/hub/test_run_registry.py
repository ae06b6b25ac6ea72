"""Drills as processes: started, found again by another hub, stopped, refused."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from harness.catalog.reader import Catalog
from harness.errors import AlreadyRunning, EnvironmentMissing, UnknownName, UsageError
from harness.hub import capacity
from harness.hub.accounts import Known
from harness.hub.capacity import Machine
from harness.hub.drill_process import RunNote
from harness.hub.hub_answers import RunAnswer
from harness.hub.hub_database import HubDatabase
from harness.hub.process_runner import Phase
from harness.hub.run_registry import Order, RunRegistry
from harness.hub.tables import HubRole, Team
from harness.paths import REPO
from harness.waiting import wait_until_sync
from tests.unit.hub.conftest import ROOMY, Drills, Member
from tests.unit.hub.fake_drill import DRILL_ID

DEADLOCK = Order("deadlock", seed=7)
BOUND_S = 60.0


def view(registry: RunRegistry, by: Known, run_id: str) -> RunAnswer:
    (found,) = registry.seen_by(by, run_id)
    return found


def until(registry: RunRegistry, by: Known, run_id: str, phase: Phase) -> RunAnswer:
    """Wait until a run is that far."""
    return wait_until_sync(
        lambda: found if (found := view(registry, by, run_id)).phase is phase else None,
        timeout_s=BOUND_S,
        what=f"{run_id} to be {phase}",
    )


@pytest.fixture
def lead(member: Member) -> Known:
    return member("red", "lea", HubRole.INSTRUCTOR)


@pytest.fixture
def team(lead: Known, registry: RunRegistry, database: HubDatabase) -> str:
    return team_id(database, "red")


def team_id(database: HubDatabase, name: str) -> str:
    with database.transaction() as db:
        return db.scalars(select(Team.id).where(Team.name == name)).one()


def test_a_drill_starts_answers_and_ends(
    registry: RunRegistry, lead: Known, team: str, drills: Drills
) -> None:
    run = registry.start(lead, team, DEADLOCK)
    running = until(registry, lead, run, Phase.RUNNING)
    assert (running.drill_id, running.scenario, running.seed) == (DRILL_ID, "deadlock", 7)
    assert registry.target(run).api_url == "http://127.0.0.1:19900"
    drills.end(team)
    over = until(registry, lead, run, Phase.OVER)
    assert (over.outcome, over.has_failed) == ("finished by ada", False)
    assert over.ended_ms is not None
    with pytest.raises(EnvironmentMissing, match="is over"):
        registry.target(run)
    with pytest.raises(UsageError, match="over already"):
        registry.stop(lead, run)


def test_what_was_drawn_is_for_instructors_alone(
    registry: RunRegistry, lead: Known, team: str, member: Member
) -> None:
    run = registry.start(lead, team, DEADLOCK)
    for name, role in (("ada", HubRole.PARTICIPANT), ("otto", HubRole.OBSERVER)):
        seen = view(registry, member("red", name, role), run)
        assert (seen.scenario, seen.seed, seen.role) == (None, None, role)
    assert registry.seen_by(member("blue", "bea", HubRole.INSTRUCTOR)) == []


def test_neither_the_arguments_nor_the_hubs_database_reach_the_drill(
    registry: RunRegistry,
    lead: Known,
    team: str,
    drills: Drills,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DRILL_DATABASE_URL", "postgresql://hub:s3cret@127.0.0.1/hub")
    run = registry.start(lead, team, DEADLOCK)
    until(registry, lead, run, Phase.RUNNING)
    note = RunNote.read(drills.folder / team)
    assert note is not None
    process = Path("/proc") / str(note.pid)
    assert b"deadlock" not in (process / "cmdline").read_bytes()
    assert b"s3cret" not in (process / "environ").read_bytes()


def test_a_team_has_one_drill_at_a_time(registry: RunRegistry, lead: Known, team: str) -> None:
    run = registry.start(lead, team, DEADLOCK)
    with pytest.raises(AlreadyRunning):
        registry.start(lead, team, DEADLOCK)
    until(registry, lead, run, Phase.RUNNING)
    assert [one.phase for one in registry.seen_by(lead)].count(Phase.DIED) == 1


def test_a_drill_that_only_starts_is_interrupted(
    registry: RunRegistry, lead: Known, team: str, drills: Drills
) -> None:
    run = registry.start(lead, team, DEADLOCK)
    until(registry, lead, run, Phase.RUNNING)
    drills.runner().interrupt(run, team)
    assert until(registry, lead, run, Phase.OVER).outcome == "interrupted"


def test_a_drill_that_could_not_begin_says_why_to_the_instructor_alone(
    registry: RunRegistry, lead: Known, team: str, member: Member
) -> None:
    run = registry.start(lead, team, Order("n-plus-one"))
    assert until(registry, lead, run, Phase.DIED).outcome == "it could not begin"
    assert view(registry, member("red", "ada", HubRole.PARTICIPANT), run).outcome == "it failed"


def test_another_hub_finds_what_runs_and_what_died_meanwhile(
    registry: RunRegistry,
    lead: Known,
    team: str,
    drills: Drills,
    database: HubDatabase,
    member: Member,
) -> None:
    bea = member("blue", "bea", HubRole.INSTRUCTOR)
    blue = team_id(database, "blue")
    lives, dies = registry.start(lead, team, DEADLOCK), registry.start(bea, blue, DEADLOCK)
    until(registry, lead, lives, Phase.RUNNING)
    until(registry, bea, dies, Phase.RUNNING)
    note = RunNote.read(drills.folder / blue)
    assert note is not None
    os.kill(note.pid, signal.SIGKILL)
    os.waitpid(note.pid, 0)
    next_hub = RunRegistry(database, drills.runner(), Catalog(REPO), lambda: ROOMY)
    assert until(next_hub, lead, lives, Phase.RUNNING).drill_id == DRILL_ID
    died = until(next_hub, bea, dies, Phase.DIED)
    assert (died.has_failed, died.outcome) == (True, "its process died")
    next_hub.resume(dies)
    until(next_hub, bea, dies, Phase.RUNNING)
    with pytest.raises(UsageError, match="not interrupted"):
        next_hub.resume(lives)


def test_one_more_than_the_machine_holds_is_refused_with_the_figures(
    registry: RunRegistry, lead: Known, team: str, database: HubDatabase, drills: Drills
) -> None:
    one_core = RunRegistry(
        database, drills.runner(), Catalog(REPO), lambda: Machine(cores=1, free_mib=9000)
    )
    one_core.start(lead, team, DEADLOCK)
    with pytest.raises(EnvironmentMissing) as raised:
        one_core.start(lead, team, DEADLOCK)
    for figure in ("1 cores", "1 drills run", "0.6 cores", "800 MiB"):
        assert figure in raised.value.message


@pytest.mark.parametrize(
    ("machine", "running", "starting", "holds"),
    [
        (Machine(2, 9000), 2, 0, True),
        (Machine(2, 9000), 3, 0, False),
        (Machine(8, 799), 0, 0, False),
        (Machine(8, 800), 0, 0, True),
        (Machine(8, 1599), 1, 1, False),
        (Machine(8, 1600), 1, 1, True),
        (Machine(0, 0), 0, 0, False),
    ],
)
def test_room_is_cores_and_memory_beyond_what_starting_drills_will_take(
    machine: Machine, running: int, starting: int, holds: bool
) -> None:
    if holds:
        machine.require_room(running, starting=starting)
    else:
        with pytest.raises(EnvironmentMissing):
            machine.require_room(running, starting=starting)


def test_the_machines_own_figures_are_the_kernels() -> None:
    measured = Machine.measured()
    assert measured.cores == len(os.sched_getaffinity(0))
    assert measured.free_mib > 0
    assert capacity._free_mib("MemTotal: 9 kB\nMemAvailable:   4096000 kB\n") == 4000
    assert capacity._free_mib("") == 0


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (replace(DEADLOCK, scenario="deadlok"), UnknownName),
        (replace(DEADLOCK, scenario="../../etc/passwd"), UnknownName),
        (replace(DEADLOCK, agenda="workshop-61"), UnknownName),
        (replace(DEADLOCK, agenda="/etc/passwd.toml"), UnknownName),
        (replace(DEADLOCK, speed=0), UsageError),
        (replace(DEADLOCK, speed=float("inf")), UsageError),
    ],
)
def test_an_order_without_sense_starts_nothing(
    registry: RunRegistry, lead: Known, team: str, order: Order, error: type[Exception]
) -> None:
    with pytest.raises(error):
        registry.start(lead, team, order)
    assert registry.seen_by(lead) == []


@pytest.mark.parametrize(
    ("moment", "phase"),
    [("row written", Phase.DIED), ("launched", Phase.RUNNING), ("running", Phase.RUNNING)],
)
def test_a_hub_that_was_killed_between_steps_is_followed_by_one_that_knows(
    registry: RunRegistry,
    lead: Known,
    team: str,
    drills: Drills,
    database: HubDatabase,
    moment: str,
    phase: Phase,
) -> None:
    """The hub is a child that kills itself at that moment; what it leaves is found here."""
    child = os.fork()
    if child == 0:
        _start_and_die(registry, lead, team, moment)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    next_hub = RunRegistry(database, drills.runner(), Catalog(REPO), lambda: ROOMY)
    (run,) = next_hub.seen_by(lead)
    assert until(next_hub, lead, run.id, phase).id == run.id
    if phase is Phase.RUNNING:
        drills.end(team)
        until(next_hub, lead, run.id, Phase.OVER)
    again = next_hub.start(lead, team, DEADLOCK)
    until(next_hub, lead, again, Phase.RUNNING)


def _start_and_die(registry: RunRegistry, lead: Known, team: str, moment: str) -> None:
    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    try:
        registry._database._engine.dispose(close=False)  # its connections are the parent's
        if moment == "row written":
            registry._runner.launch = die  # type: ignore[method-assign]
        run = registry.start(lead, team, DEADLOCK)
        if moment == "running":
            until(registry, lead, run, Phase.RUNNING)
        die()
    finally:
        os._exit(1)
