"""Events on the process runner: prepared, begun together or not at all, told, restarted, ended."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest
from sqlalchemy import select

from harness.catalog.reader import Catalog
from harness.errors import (
    AlreadyRunning,
    EnvironmentMissing,
    NotAllowed,
    UnknownName,
    UsageError,
)
from harness.events.event_file import EventPlan
from harness.hub.accounts import Accounts, Known
from harness.hub.capacity import Machine
from harness.hub.drill_process import RunNote
from harness.hub.event_registry import EventRegistry
from harness.hub.hub_database import HubDatabase
from harness.hub.process_runner import Phase
from harness.hub.run_registry import Order, RunRegistry
from harness.hub.tables import Event, HubRole, Run, Team
from harness.paths import REPO
from harness.waiting import wait_until_sync
from tests.unit.hub.conftest import Clock, Drills, Member

PLAN = EventPlan("Game day", ("red", "blue"), ("deadlock",), people=2, seed=7)
BOUND_S = 60.0


@pytest.fixture
def events(
    database: HubDatabase, accounts: Accounts, registry: RunRegistry, clock: Clock
) -> EventRegistry:
    return EventRegistry(database, accounts, registry, Catalog(REPO), clock)


def phases(events: EventRegistry, registry: RunRegistry, event: str) -> list[Phase | None]:
    """Of each team's drill, in the order of the teams."""
    runs = [part.run_id for part in events.known(event).parts]
    found = registry.phases([one for one in runs if one])
    return [found.get(one or "") for one in runs]


def all_are(events: EventRegistry, registry: RunRegistry, event: str, phase: Phase) -> None:
    wait_until_sync(
        lambda: set(phases(events, registry, event)) == {phase},
        timeout_s=BOUND_S,
        what=f"all drills to be {phase}",
    )


def runs(database: HubDatabase) -> list[Run]:
    with database.transaction() as db:
        return list(db.scalars(select(Run)))


def test_an_event_makes_teams_and_invites_and_begins_all_drills_together(
    events: EventRegistry,
    registry: RunRegistry,
    accounts: Accounts,
    owner: Known,
    database: HubDatabase,
    drills: Drills,
) -> None:
    event, invites = events.up(owner, PLAN)
    assert [(one.team, one.invite.uses_left) for one in invites] == [("red", 2), ("blue", 2)]
    assert accounts.join(invites[0].invite.code, "ada").team == "red"
    assert phases(events, registry, event) == [None, None]
    assert [one.problem for one in events.start(owner, event)] == ["", ""]
    all_are(events, registry, event, Phase.RUNNING)
    drawn = {(run.scenario, run.seed, run.agenda, run.speed) for run in runs(database)}
    assert drawn == {("deadlock", 7, None, 1.0)}
    with pytest.raises(UsageError, match="begun already"):
        events.start(owner, event)
    for part in events.known(event).parts:
        drills.end(part.team_id)
    all_are(events, registry, event, Phase.OVER)
    assert events.down(owner, event) == []
    assert events.known(event).event.ended_ms is not None
    with pytest.raises(NotAllowed):
        accounts.join(invites[1].invite.code, "bea")


def test_without_a_seed_one_is_drawn_and_random_is_one_scenario_for_all(
    events: EventRegistry, registry: RunRegistry, owner: Known, database: HubDatabase
) -> None:
    event, _ = events.up(owner, replace(PLAN, scenarios=("random",), seed=None))
    kept = events.known(event).event
    assert kept.scenario in Catalog(REPO).scenario_ids()
    events.start(owner, event)
    assert {(run.scenario, run.seed) for run in runs(database)} == {(kept.scenario, kept.seed)}


def test_of_several_scenarios_the_seed_draws_one(events: EventRegistry, owner: Known) -> None:
    names = ("deadlock", "n-plus-one")
    drawn = set()
    for seed in range(2):
        event, _ = events.up(owner, replace(PLAN, scenarios=names, seed=seed))
        drawn.add(events.known(event).event.scenario)
    assert drawn == set(names)


def test_a_team_that_there_is_already_keeps_its_history(
    events: EventRegistry, accounts: Accounts, owner: Known
) -> None:
    red = accounts.make_team("red").id
    event, _ = events.up(owner, PLAN)
    assert events.known(event).parts[0].team_id == red


def test_who_leads_the_event_leads_each_of_its_teams_and_nobody_else_does(
    events: EventRegistry, accounts: Accounts, owner: Known, member: Member
) -> None:
    lea = member("green", "lea", HubRole.PARTICIPANT)
    ada = member("red", "ada", HubRole.INSTRUCTOR)
    event, _ = events.up(owner, replace(PLAN, instructors=("lea",)))
    assert accounts.role_in_event(lea, event) is HubRole.INSTRUCTOR
    assert accounts.role_in_event(owner, event) is HubRole.INSTRUCTOR
    assert accounts.role_in_event(ada, event) is HubRole.PARTICIPANT
    bob = member("green", "bob", HubRole.INSTRUCTOR)
    assert accounts.role_in_event(bob, event) is None


@pytest.mark.parametrize(
    ("plan", "error"),
    [
        (replace(PLAN, teams=("red", "red")), UsageError),
        (replace(PLAN, teams=()), UsageError),
        (replace(PLAN, scenarios=("deadlok",)), UnknownName),
        (replace(PLAN, agenda="../etc"), UnknownName),
        (replace(PLAN, speed=0), UsageError),
        (replace(PLAN, starts_ms=1), UsageError),
        (replace(PLAN, instructors=("nobody",)), UnknownName),
        (replace(PLAN, runner="swarm"), UnknownName),
        (replace(PLAN, counts=("luck",)), UnknownName),
    ],
)
def test_an_event_without_sense_makes_nothing(
    events: EventRegistry, owner: Known, database: HubDatabase, plan: EventPlan, error: type
) -> None:
    with pytest.raises(error):
        events.up(owner, plan)
    with database.transaction() as db:
        assert not db.scalars(select(Team)).all()
        assert not db.scalars(select(Event)).all()


def test_more_teams_than_the_machine_holds_are_refused_with_the_figures_and_none_starts(
    events: EventRegistry,
    registry: RunRegistry,
    owner: Known,
    accounts: Accounts,
    drills: Drills,
    database: HubDatabase,
) -> None:
    small = RunRegistry(database, drills.runner(), Catalog(REPO), lambda: Machine(1, 9000))
    there = EventRegistry(database, accounts, small, Catalog(REPO))
    for refused in (there.check, lambda plan: there.up(owner, plan)):
        with pytest.raises(EnvironmentMissing) as raised:
            refused(PLAN)
        for figure in ("2 drills more", "1 cores", "9000 MiB", "0.6 cores", "800 MiB"):
            assert figure in raised.value.message
        assert "holds 1 more" in raised.value.hint
    event, _ = events.up(owner, PLAN)  # while there was room
    with pytest.raises(EnvironmentMissing):
        there.start(owner, event)
    assert runs(database) == []
    assert there.known(event).event.started_ms is None
    assert events.check(PLAN)["room"] > 2


def test_a_team_that_has_a_drill_already_keeps_all_from_starting(
    events: EventRegistry, registry: RunRegistry, owner: Known, database: HubDatabase
) -> None:
    event, _ = events.up(owner, PLAN)
    busy = events.known(event).parts[1].team_id
    registry.start(owner, busy, Order("deadlock"))
    with pytest.raises(AlreadyRunning, match="blue"):
        events.start(owner, event)
    assert len(runs(database)) == 1


def test_an_event_begins_at_its_time_by_itself_and_not_before(
    events: EventRegistry, registry: RunRegistry, owner: Known, clock: Clock
) -> None:
    event, _ = events.up(owner, replace(PLAN, starts_ms=clock() + 60_000))
    events.start_due()
    assert phases(events, registry, event) == [None, None]
    clock.forward(2)
    events.start_due()
    all_are(events, registry, event, Phase.RUNNING)


def test_why_it_could_not_begin_at_its_time_is_kept_and_it_can_be_begun_by_hand(
    events: EventRegistry, registry: RunRegistry, owner: Known, clock: Clock, drills: Drills
) -> None:
    event, _ = events.up(owner, replace(PLAN, starts_ms=clock() + 60_000))
    red = events.known(event).parts[0].team_id
    busy = registry.start(owner, red, Order("deadlock"))
    clock.forward(2)
    events.start_due()
    assert "red" in (events.known(event).event.problem or "")
    drills.end(red)
    wait_until_sync(
        lambda: registry.phases([busy])[busy] is Phase.OVER, timeout_s=BOUND_S, what="its end"
    )
    events.start_due()
    assert phases(events, registry, event) == [None, None]  # told once, and left to people
    events.start(owner, event)
    all_are(events, registry, event, Phase.RUNNING)
    assert events.known(event).event.problem is None


def test_a_drill_that_died_is_seen_begun_again_and_the_others_go_on(
    events: EventRegistry, registry: RunRegistry, owner: Known, drills: Drills
) -> None:
    event, _ = events.up(owner, PLAN)
    events.start(owner, event)
    all_are(events, registry, event, Phase.RUNNING)
    red, blue = events.known(event).parts
    with pytest.raises(UsageError, match="did not die"):
        events.restart(owner, event, "red")
    note = RunNote.read(drills.folder / red.team_id)
    assert note is not None
    os.kill(note.pid, signal.SIGKILL)
    os.waitpid(note.pid, 0)
    assert phases(events, registry, event) == [Phase.DIED, Phase.RUNNING]
    with pytest.raises(UnknownName):
        events.restart(owner, event, "green")
    assert events.restart(owner, event, "red") == red.run_id
    all_are(events, registry, event, Phase.RUNNING)
    assert events.known(event).parts[1] == blue


def test_a_drill_that_died_before_it_was_anything_is_started_anew(
    events: EventRegistry, registry: RunRegistry, owner: Known
) -> None:
    event, _ = events.up(owner, replace(PLAN, scenarios=("n-plus-one",)))
    events.start(owner, event)
    all_are(events, registry, event, Phase.DIED)
    first = events.known(event).parts[0].run_id
    assert events.restart(owner, event, "red") != first
    assert events.known(event).parts[0].run_id != first


def test_what_cannot_be_told_to_one_team_is_said_and_the_event_goes_on(
    events: EventRegistry, registry: RunRegistry, owner: Known
) -> None:
    """These drills have no API that answers."""
    event, _ = events.up(owner, PLAN)
    assert [one.problem for one in events.message(owner, event, "hello")] == [
        "its drill was not started yet"
    ] * 2
    events.start(owner, event)
    all_are(events, registry, event, Phase.RUNNING)
    (alone,) = events.message(owner, event, "hello", "blue")
    assert (alone.team, "does not answer" in alone.problem) == ("blue", True)
    assert all(one.problem for one in events.down(owner, event))
    assert events.known(event).event.ended_ms is None
