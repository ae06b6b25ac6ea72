"""An event at a served hub: told, watched, one of its drills killed, and ended, over the API.

The drills are processes with a real record and the real API; what they lack is a shop.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.hub.drill_process import RunNote
from harness.record import events
from harness.waiting import wait_until_sync
from tests.unit.hub.whole_hub import BOUND_S, WholeHub, whole_hub

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

ORDER = {
    "title": "Game day",
    "teams": ["red", "blue"],
    "scenarios": ["deadlock"],
    "seed": 5,
    "speed": 20.0,
}
"""Five events in the record of each drill, twenty a second, once they are told to go."""
SAID_WITHIN_S = 10.0


class Day:
    """A hub with an event of two teams."""

    def __init__(self, hub: WholeHub) -> None:
        self.hub = hub
        self.event = hub.ask("POST", "/v1/events", json=ORDER)["event"]
        self.path = f"/v1/events/{self.event['id']}"

    def ask(self, method: str, path: str, **given: Any) -> Any:
        return self.hub.ask(method, f"{self.path}/{path}", **given)

    def start(self) -> None:
        begun = self.ask("POST", "start")
        assert [one["problem"] for one in begun["teams"]] == ["", ""]
        self.hub.teams = {one["run_id"]: one["team_id"] for one in begun["event"]["teams"]}
        self.hub.all_are("running")

    def row(self, team: str) -> dict[str, Any]:
        rows = {one["team"]: one for one in self.ask("GET", "board")["teams"]}
        return dict(rows[team])

    def told(self, place: int) -> list[str]:
        """What the instructor told a team, by its record."""
        written = self.hub.written(list(self.hub.teams)[place])
        said = (one.event for one in written)
        return [one.text for one in said if isinstance(one, events.InjectDelivered)]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with whole_hub(tmp_path / "hub") as hub:
        yield Day(hub)


def test_a_message_comes_to_the_team_that_it_is_for_alone(day: Day) -> None:
    day.start()
    told = day.ask("POST", "messages", json={"text": "to one", "team": "blue"})
    assert told["teams"] == [{"team": "blue", "problem": ""}]
    assert [day.told(0), day.told(1)] == [[], ["to one"]]


def test_the_end_comes_to_all(day: Day) -> None:
    day.start()
    ended = day.ask("POST", "down")
    assert [one["problem"] for one in ended["teams"]] == ["", ""]
    assert ended["event"]["state"] == "over"


def test_a_drill_that_is_killed_is_on_the_board_in_time_with_what_it_had_written(day: Day) -> None:
    day.start()
    day.hub.go()
    day.hub.enough()
    day.ask("POST", "messages", json={"text": "a last word"})
    before = day.row("red")["now"]
    red = next(iter(day.hub.teams.values()))
    note = RunNote.read(day.hub.home / "teams" / red)
    assert note is not None
    os.kill(note.pid, signal.SIGKILL)
    killed = time.monotonic()
    wait_until_sync(
        lambda: day.row("red")["drill"] == "died", timeout_s=BOUND_S, what="the board to say so"
    )
    assert time.monotonic() - killed < SAID_WITHIN_S
    after = day.row("red")
    assert (after["now"], after["outcome"]) == (before, "its process died")
    assert day.told(0) == ["a last word"]
    assert day.row("blue")["drill"] == "running"


def test_a_hub_that_was_killed_in_an_event_knows_it_and_goes_on_with_it(day: Day) -> None:
    day.start()
    day.hub.kill()
    day.hub.start()
    day.hub.all_are("running")
    assert day.hub.ask("GET", day.path)["state"] == "running"
    day.ask("POST", "messages", json={"text": "we are back"})
    assert [day.told(0), day.told(1)] == [["we are back"]] * 2
