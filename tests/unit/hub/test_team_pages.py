"""What a team has had, and how it does: told without what is drawn, or is still sealed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.hub.accounts import Accounts, Known
from harness.hub.hub_database import HubDatabase
from harness.hub.run_registry import RunRegistry
from harness.hub.tables import HubRole, Run
from harness.record import events
from harness.record.store import Record
from harness.scoring.scorecard import SEALED
from tests.unit.hub.conftest import Drills, Member
from tests.unit.review.kept import kept_drill

RUN = "r-00000001"


@pytest.fixture
def database_url() -> str:
    """What was had is in the team's folder, and no database."""
    return ""


@pytest.fixture
def lea(member: Member, accounts: Accounts, owner: Known, drills: Drills) -> Known:
    """Who leads a team that has had one drill, and has another one whose answer is sealed."""
    lea = member("red", "lea", HubRole.INSTRUCTOR)
    home = drills.folder / team_of(accounts, owner)
    kept_drill(home, is_kept=False)
    sealed = home / "runs" / "d-sealed"
    sealed.mkdir()
    with Record(sealed / "record.db", "d-sealed") as record:
        begun = events.DrillCreated("float-drift", 1, "local", "honour", "solo", {})
        record.append(begun, actor="harness")
    return lea


def team_of(accounts: Accounts, owner: Known) -> str:
    ((team, _),) = accounts.teams_of(owner)
    return team.id


def scenarios(registry: RunRegistry, known: Known, team: str) -> list[str]:
    return sorted(one["scenario"] for one in registry.trend_for(known, team)["drills"])


def test_a_team_has_had_what_it_was_told_the_answer_of(
    registry: RunRegistry, accounts: Accounts, owner: Known, lea: Known
) -> None:
    assert registry.had_by(team_of(accounts, owner)) == {"bad-timeouts": 1}


def test_what_is_sealed_is_in_the_trend_of_instructors_alone(
    registry: RunRegistry, accounts: Accounts, owner: Known, lea: Known, member: Member
) -> None:
    team = team_of(accounts, owner)
    assert scenarios(registry, lea, team) == ["bad-timeouts", "float-drift"]
    for name, role in (("ada", HubRole.PARTICIPANT), ("otto", HubRole.OBSERVER)):
        assert scenarios(registry, member("red", name, role), team) == sorted(
            ["bad-timeouts", SEALED]
        )


def test_an_instructor_who_takes_part_in_one_drill_is_told_no_more_than_that(
    registry: RunRegistry, accounts: Accounts, owner: Known, lea: Known, database: HubDatabase
) -> None:
    team = team_of(accounts, owner)
    with database.transaction() as db:
        db.add(
            Run(id=RUN, team_id=team, scenario="random", speed=1.0, port_offset=0,
                started_by=owner.id, created_ms=1)
        )  # fmt: skip
    accounts.seat(RUN, "lea", HubRole.PARTICIPANT)
    assert "float-drift" not in scenarios(registry, lea, team)


def test_a_team_without_a_drill_has_had_none_and_has_a_trend(
    registry: RunRegistry, accounts: Accounts, owner: Known, tmp_path: Path
) -> None:
    team = accounts.make_team("blue").id
    assert registry.had_by(team) == {}
    assert registry.trend_for(owner, team)["drills"] == []
