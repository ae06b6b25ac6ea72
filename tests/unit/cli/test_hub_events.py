"""`drill event` at a hub, whose drills are processes without a shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.cli.main import app
from harness.errors import BadFile, DrillError, UsageError
from harness.hub.hub_settings import HubSettings
from harness.waiting import wait_until_sync
from tests.browser.hub import serving
from tests.unit.hub.conftest import Drills, drills

__all__ = ["drills"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

EVENT = 'title = "Game day"\nteams = ["red", "blue"]\nscenario = "deadlock"\nseed = 7\n'
BOUND_S = 60.0


@pytest.fixture
def file(tmp_path: Path, drills: Drills, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An event's file, where the owner of a hub types."""
    with serving(HubSettings(tmp_path / "hub"), drills.runner()) as hub:
        monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        monkeypatch.setenv("DRILL_URL", hub.url)
        monkeypatch.setenv("DRILL_TOKEN", hub.token)
        path = tmp_path / "event.toml"
        path.write_text(EVENT)
        yield path


def drill(*arguments: str) -> str:
    """What `drill event …` prints on stdout. Raises what it fails by."""
    result = CliRunner().invoke(app, ["event", *arguments])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def shown() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(drill("status", "--json"))
    return found


def all_are(phase: str) -> None:
    wait_until_sync(
        lambda: {one["phase"] for one in shown()["teams"]} == {phase},
        timeout_s=BOUND_S,
        what=f"all drills to be {phase}",
    )


def test_an_event_from_its_file_to_its_end(file: Path, drills: Drills) -> None:
    assert "2 teams take 1.2 cores and 1600 MiB" in drill("check", str(file))
    with pytest.raises(UsageError, match="no event here"):
        drill("status")
    event, red, blue = drill("up", str(file)).splitlines()
    assert event.startswith("e-")
    assert red.startswith("red: http")
    assert "#invite=" in blue
    assert shown()["state"] == "ready"
    assert "red: its drill starts" in drill("start")
    all_are("running")
    assert f"{event} Game day (running): deadlock, seed 7" in drill("status")
    for one in shown()["teams"]:
        drills.end(one["team_id"])
    all_are("over")
    drill("down")
    assert shown()["state"] == "over"


def test_a_mistake_in_the_file_is_told_with_its_line_and_makes_nothing(file: Path) -> None:
    file.write_text(EVENT.replace("deadlock", "deadlok"))
    for command in ("check", "up"):
        with pytest.raises(BadFile, match=r"event.toml:3: there is no scenario 'deadlok'"):
            drill(command, str(file))
    with pytest.raises(UsageError, match="no event here"):
        drill("status")


def test_what_was_not_done_for_one_team_is_said_and_fails_the_command(file: Path) -> None:
    """These drills have no API that answers."""
    drill("up", str(file))
    drill("start")
    all_are("running")
    with pytest.raises(DrillError, match="not done for: blue"):
        drill("message", "Ten minutes left", "--team", "blue")
    with pytest.raises(UsageError, match="there is no team of this event 'green'"):
        drill("message", "hello", "--team", "green")
    with pytest.raises(UsageError, match="did not die"):
        drill("restart", "red")


def test_the_report_of_an_event_is_four_files(file: Path, tmp_path: Path) -> None:
    event = drill("up", str(file)).splitlines()[0]
    paths = drill("export", "--output", str(tmp_path / "out")).splitlines()
    assert [Path(one).name for one in paths] == [
        "report.html", "teams.csv", "timeline.csv", "report.json",
    ]  # fmt: skip
    assert json.loads((tmp_path / "out" / "report.json").read_text())["event"]["id"] == event
    assert json.loads(drill("export", "--json"))["format"] == "event-report-1"
