"""A board is made of records where they lie, once a second for all who look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.hub.event_boards import FRESH_S, EventBoards
from harness.hub.event_registry import Part
from harness.hub.process_runner import Phase
from harness.hub.run_registry import Recorded
from harness.record import events
from harness.record.store import Record

PARTS = (Part("t-1", "red", "r-1"), Part("t-2", "blue", "r-2"), Part("t-3", "green", None))
FOUND: Any = SimpleNamespace(
    event=SimpleNamespace(id="e-1", counts="score,conduct,speed"), parts=PARTS
)


@dataclass
class Runs:
    """Runs whose records lie in a folder; counts how often it was asked."""

    known: dict[str, Recorded] = field(default_factory=dict)
    asked: int = 0

    def recorded(self, run_ids: list[str]) -> dict[str, Recorded]:
        self.asked += 1
        return {run: self.known[run] for run in run_ids if run in self.known}


@dataclass
class Seconds:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    path = tmp_path / "record.db"
    with Record(path, "d-x") as record:
        record.append(events.PageSent("p-1", "A", "critical", "s"), actor="harness")
    return Runs({"r-1": Recorded(Phase.RUNNING, None, path)})


def made(runs: Runs) -> tuple[EventBoards, Seconds]:
    clock = Seconds()
    given: Any = runs
    return EventBoards(given, clock), clock


def test_within_a_second_everybody_sees_the_same_and_then_what_is_new(runs: Runs) -> None:
    boards, clock = made(runs)
    for _ in range(200):
        boards.board(FOUND)
        boards.standings(FOUND)
    assert runs.asked == 2
    path = runs.known["r-1"].record
    assert path is not None
    with Record(path) as record:
        record.append(events.PageAcknowledged("p-1", "ada"), actor="ada")
    assert boards.standings(FOUND)[0].result.phase == "paged"  # type: ignore[union-attr]
    clock.at += FRESH_S
    assert boards.standings(FOUND)[0].result.phase == "acknowledged"  # type: ignore[union-attr]


def test_a_record_that_cannot_be_read_is_said_and_hides_no_other_team(
    runs: Runs, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database" * 1000)
    runs.known["r-2"] = Recorded(Phase.DIED, "its process died", broken)
    boards, _ = made(runs)
    red, blue, green = boards.board(FOUND)
    assert (red.drill, red.problem) == (Phase.RUNNING, "")
    assert red.now is not None
    assert red.now.pages == 1
    assert blue.now is None
    assert "cannot be read" in blue.problem
    assert (blue.drill, green.drill, green.now) == (Phase.DIED, None, None)
    assert [one.team for one in boards.standings(FOUND)] == ["red", "blue", "green"]
    assert set(boards.records(FOUND)) == {"red"}
