"""The report of an event: figures beside figures, one axis, and files that others can read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.events.report import report_of
from harness.events.report_files import WORDS, page_of, write_report
from harness.record import events
from tests.unit.events.test_board import Drill, created, deploy, paged

EVENT = {
    "title": "Game <day>",
    "scenario": "deadlock",
    "seed": 7,
    "counts": ["score", "conduct", "speed"],
}


def played(drill: Drill, *, recovery_s: float | None, quiet_s: float = 0) -> None:
    """A drill that is paged, acknowledged, guessed at, and perhaps recovered."""
    drill.says(created(), events.DrillTriggered("payments", "1.1.0"))
    drill.at += timedelta(seconds=quiet_s)
    drill.says(paged())
    drill.says(events.PageAcknowledged("p-1", "ada"))
    guess = events.Hypothesis("h", "=1+1 <b>locks</b>", 60)
    drill.says(events.HypothesesRevised((guess,), "logs", "ada"), events.NoteAdded("x", "ada"))
    if recovery_s is not None:
        drill.at += timedelta(seconds=recovery_s - 3)
        drill.says(events.VerifyFinished(True, ()))


@pytest.fixture
def report(tmp_path: Path) -> Iterator[dict[str, Any]]:
    drills = []
    for name, recovery_s, quiet_s in (("red", 600.0, 30.0), ("=blue", 300.0, 90.0)):
        (tmp_path / name).mkdir()
        drills.append(Drill(tmp_path / name))
        played(drills[-1], recovery_s=recovery_s, quiet_s=quiet_s)
    records = {"red": drills[0].followed, "=blue": drills[1].followed}
    yield report_of(EVENT, ["red", "=blue", "absent"], records)
    for one in drills:
        one.record.close()


def test_each_team_has_its_figures_and_its_place(report: dict[str, Any]) -> None:
    rows = {one["team"]: one for one in report["teams"]}
    assert [(one["rank"], one["team"]) for one in report["teams"]] == [
        (1, "=blue"), (2, "red"), (3, "absent"),
    ]  # fmt: skip
    assert (rows["red"]["verified"], rows["red"]["outcome"]) == (True, "verified")
    assert rows["red"]["times_s"]["ttr"] == 600.0
    assert "points" not in rows["absent"]


def test_moments_count_from_each_teams_own_page(report: dict[str, Any]) -> None:
    """One was paged a minute later than the other, which is nothing that it did."""
    for team in report["teams"][:2]:
        (belief,) = team["beliefs"]
        assert (belief["since_page_s"], belief["percent"]) == (2.0, 60)
        marks = [(one["kind"], one["since_page_s"]) for one in team["timeline"]]
        assert ("page", 0.0) in marks
        assert ("acknowledgement", 1.0) in marks


def test_times_are_told_with_their_spread_over_the_teams_that_have_one(
    report: dict[str, Any],
) -> None:
    assert report["times"]["ttr"] == {
        "teams": 2, "min_s": 300.0, "median_s": 450.0, "max_s": 600.0,
    }  # fmt: skip
    assert set(report["times"]) == set(WORDS)
    assert report["times"]["ttd"]["teams"] == 0  # as long as the answer is sealed


def test_what_the_answer_depends_on_is_left_out_until_it_was_told(report: dict[str, Any]) -> None:
    told = json.dumps(report["teams"])
    assert "drill.triggered" not in told
    assert "1.1.0" not in told


def test_the_files_are_a_page_two_tables_and_the_data(
    report: dict[str, Any], tmp_path: Path
) -> None:
    names = [one.name for one in write_report(report, tmp_path / "out")]
    assert names == ["report.html", "teams.csv", "timeline.csv", "report.json"]
    assert json.loads((tmp_path / "out/report.json").read_text()) == report
    with (tmp_path / "out/teams.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [one["ttr_s"] for one in rows] == ["300.0", "600.0", ""]
    assert rows[0]["team"] == "'=blue"  # no spreadsheet calculates what a team is called
    with (tmp_path / "out/timeline.csv").open(newline="") as file:
        entries = list(csv.DictReader(file))
    assert {one["team"] for one in entries} == {"'=blue", "red"}


def test_what_people_wrote_is_text_on_the_page(report: dict[str, Any]) -> None:
    page = page_of(report)
    assert "&lt;b&gt;locks&lt;/b&gt;" in page
    assert "<b>locks" not in page
    assert "Game &lt;day&gt;" in page
    assert page.count("<circle") >= 6
    assert "<script" not in page


def test_an_event_in_which_nobody_was_paged_has_a_report_too(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    drill.says(created(), deploy("rollback"))
    found = report_of(EVENT, ["red"], {"red": drill.followed})
    assert "Nobody was paged" in page_of(found)
    assert page_of(report_of(EVENT, [], {}))
    drill.record.close()


def test_what_people_did_is_an_act_and_a_colleagues_release_is_none(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    drill.says(created(), deploy("release"), paged(), deploy("rollback"))
    (team,) = report_of(EVENT, ["red"], {"red": drill.followed})["teams"]
    acts = [one["what"] for one in team["timeline"] if one["kind"] == "act"]
    assert len(acts) == 1
    assert acts[0].startswith("rollback")
    assert any(one["what"].startswith("release") for one in team["timeline"])
    drill.record.close()
