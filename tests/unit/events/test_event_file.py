"""`event.toml`: what it says, and each mistake with its line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.errors import BadFile
from harness.events.event_file import EventPlan, read_event

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LEAST = """title = "Game day"
teams = ["red", "blue"]
scenario = "deadlock"
"""


def read(folder: Path, text: str) -> EventPlan:
    path = folder / "event.toml"
    path.write_text(text)
    names = ["deadlock", "n-plus-one"]
    return read_event(path, scenarios=names, agendas=["solo", "workshop-60"], now=NOW)


def test_the_least_is_a_title_teams_and_a_scenario(tmp_path: Path) -> None:
    found = read(tmp_path, LEAST)
    assert (found.teams, found.scenarios) == (("red", "blue"), ("deadlock",))
    assert (found.seed, found.agenda, found.speed, found.starts_ms) == (None, None, 1.0, None)
    assert (found.runner, found.counts) == ("process", ("score", "conduct", "speed"))


def test_all_that_can_be_said_is_read(tmp_path: Path) -> None:
    text = """title = "Game day"
teams = ["red", "blue"]
scenario = ["deadlock", "n-plus-one"]
people = 5
instructors = ["lea"]
seed = 7
agenda = "workshop-60"
speed = 2.0
starts_at = 2026-12-01T13:00:00+01:00
runner = "process"
counts = ["score"]
"""
    with pytest.raises(BadFile, match=r"event.toml:9: 'starts_at' is over"):
        read(tmp_path, text)
    found = read(tmp_path, text.replace("T13", "T14"))
    assert found.starts_ms == int(datetime(2026, 12, 1, 13, tzinfo=UTC).timestamp() * 1000)
    assert (found.people, found.instructors, found.seed) == (5, ("lea",), 7)
    assert (found.scenarios, found.agenda) == (("deadlock", "n-plus-one"), "workshop-60")
    assert (found.speed, found.counts) == (2.0, ("score",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEAST + "sede = 7\n", "event.toml:4: unknown key 'sede'; did you mean 'seed'?"),
        (LEAST.replace("title", "titel"), "event.toml:1: unknown key 'titel'"),
        (LEAST.replace('scenario = "deadlock"\n', ""), "the key 'scenario' is missing"),
        (LEAST.replace('"blue"', '"red"'), "event.toml:2: there are two teams 'red'"),
        (LEAST.replace('"blue"', '" red "'), "event.toml:2: there are two teams 'red'"),
        (LEAST.replace('"blue"', '"\\u0007"'), "a team's name is printable"),
        (LEAST.replace('["red", "blue"]', "[]"), "event.toml:2: 'teams'"),
        (LEAST.replace("deadlock", "deadlok"), "there is no scenario 'deadlok'; did you mean"),
        (LEAST.replace('"deadlock"', '["deadlock", "x"]'), "event.toml:3: there is no scenario"),
        (LEAST.replace('"deadlock"', '["random", "deadlock"]'), "let it stand alone"),
        (LEAST + 'agenda = "workshop"\n', "event.toml:4: there is no agenda 'workshop'"),
        (LEAST + "speed = 0.0\n", "event.toml:4: 'speed'"),
        (LEAST + "speed = inf\n", "event.toml:4: 'speed'"),
        (LEAST + "seed = -1\n", "event.toml:4: 'seed'"),
        (LEAST + "people = 0\n", "event.toml:4: 'people'"),
        (LEAST + 'starts_at = "tonight"\n', "event.toml:4: 'starts_at'"),
        (LEAST + "starts_at = 2026-12-03T19:00:00\n", "does not say which time zone"),
        (LEAST + "starts_at = 2020-12-03T19:00:00Z\n", "'starts_at' is over"),
        (LEAST + 'runner = "swarm"\n', "there is no runner 'swarm'; known are: process"),
        (LEAST + 'counts = ["luck"]\n', "there is no ranking 'luck'"),
        (LEAST + 'counts = ["score", "score"]\n', "'score' is named twice"),
        (LEAST + "seed = = 7\n", "event.toml:4"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadFile) as raised:
        read(tmp_path, text)
    assert said in raised.value.message


def test_random_is_a_scenario_by_itself(tmp_path: Path) -> None:
    assert read(tmp_path, LEAST.replace("deadlock", "random")).scenarios == ("random",)
