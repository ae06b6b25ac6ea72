"""Par at the end of a drill: kept between drills, and told only where it fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import par
from harness.host.lifecycle import Outcome
from harness.scoring.baseline_table import Par, Round
from harness.scoring.kpi import Kpis, WrongActions
from harness.scoring.scorecard import RootCause, Scorecard
from harness.scoring.times import Times
from tests.unit.scoring.stories import both

KPIS = Kpis(Times(ttm=both(40_000)), 5, 9.0, 1, 1, WrongActions(0, 0, 0))
CAUSE = RootCause("Three services wait for each other", "c", "circular-call")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path))
    return tmp_path


def ended(causes: tuple[RootCause, ...] = (CAUSE,)) -> Outcome:
    card = Scorecard("d-1", "verified", KPIS, causes)
    return Outcome(card, "finished", None, "deadlock", 7)


def kept(scenario: str, seed: int) -> None:
    par._write(Par(scenario, seed, 60.0, (Round("do nothing", None, 99, 1.0),)))


def test_a_drill_without_par_says_nothing_of_it() -> None:
    assert par.par_beside(ended()) == []


def test_par_of_the_same_seed_is_told_beside_the_teams_figures() -> None:
    kept("deadlock", 6)
    kept("deadlock", 7)
    lines = par.par_beside(ended())
    assert lines[1].startswith("par for deadlock, seed 7")
    assert [text.split("  ")[1] for text in lines[3:]] == ["this drill", "do nothing"]


def test_par_of_another_seed_is_better_than_none_and_says_which() -> None:
    kept("deadlock", 6)
    assert par.par_beside(ended())[1].startswith("par for deadlock, seed 6")


def test_par_of_another_scenario_is_not_told() -> None:
    kept("deadlock-and-more", 7)
    kept("n-plus-one", 7)
    assert par.par_beside(ended()) == []


def test_a_drill_in_which_nothing_was_wrong_has_no_par() -> None:
    kept("deadlock", 7)
    assert par.par_beside(ended(causes=())) == []


def test_a_file_that_cannot_be_read_is_passed_over(home: Path) -> None:
    kept("deadlock", 6)
    (home / "par" / "deadlock-7.json").write_text("{")
    assert par.par_beside(ended())[1].startswith("par for deadlock, seed 6")
