"""Guardrails over two drills of a team: what the first learned speaks up in the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from harness.waiting import wait_until_sync
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]
PORT_OFFSET = in_lane(15_000)
CHECK = "timeout-change-needs-load-test"
OTHER = "money-is-decimal"
"""Guards against something else: it must not object."""


@dataclass(frozen=True)
class Team:
    """What a team saw of its guardrails in two drills, and its history after both."""

    first: dict[str, Any]
    second: dict[str, Any]
    history: list[dict[str, Any]]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    home = tmp_path_factory.mktemp("home")
    with live_drill(home, "bad-timeouts", PORT_OFFSET) as drill:
        drill.wait_said("PAGE")
        for check in (CHECK, OTHER):
            added = drill.drill("action-item", "never again", "-o", "Ada", "--check", check)
            assert added.returncode == 0, added.stderr
        first = guardrails(drill)
        finish(drill)
    with live_drill(home, "bad-timeouts", PORT_OFFSET) as drill:
        assert CHECK in drill.wait_said("guardrails:")
        drill.wait_said("PAGE")
        second = wait_until_sync(
            lambda: (now := guardrails(drill))[CHECK]["said"] and now,
            timeout_s=20,
            what="what the check says of the release",
        )
        finish(drill)
        history: Any = drill.answer("history")
    return Team(first, second, history["drills"])


def guardrails(drill: LiveDrill) -> dict[str, Any]:
    rows: Any = drill.answer("guardrails")
    return {row["check"]: row for row in rows}


def finish(drill: LiveDrill) -> None:
    assert drill.drill("finish").returncode == 0
    drill.process.wait(timeout=45)


def test_the_drill_that_binds_a_check_is_not_bound_by_it(team: Team) -> None:
    """The negative control: the same release, and nobody says anything."""
    assert team.first[CHECK]["bound_by"] is None
    assert team.first[CHECK]["said"] == []


def test_the_next_drill_runs_it_on_every_release_and_it_objects_to_the_bad_one(team: Team) -> None:
    said = {one["service"]: one for one in team.second[CHECK]["said"]}
    assert said["payments"]["verdict"] == "objected"
    assert "timeout" in said["payments"]["why"]
    assert team.second[CHECK]["owner"] == "Ada"


def test_a_check_against_something_else_passes(team: Team) -> None:
    verdicts = {one["verdict"] for one in team.second[OTHER]["said"]}
    assert verdicts == {"passed"}


def test_the_history_says_that_the_recurrence_was_caught(team: Team) -> None:
    first, second = team.history
    assert (first["is_recurrence"], first["guardrails"]) == (False, None)
    assert (second["is_recurrence"], second["guardrails"]) == (True, "caught")
