"""`drill agents`: what a finished drill becomes for others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.agentbench.harbor_task import task_id
from harness.cli.agents_bench import app
from harness.cli.main import app as drill
from harness.errors import BadFile, EnvironmentMissing, UsageError
from harness.record.store import Record
from tests.unit.scoring.stories import STRUCTURED


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path))
    return tmp_path


def test_a_drill_whose_answer_is_sealed_is_not_written(home: Path) -> None:
    found = CliRunner().invoke(app, ["trajectory"])
    assert isinstance(found.exception, EnvironmentMissing)
    folder = home / "runs" / "d-7f3a91c2"
    folder.mkdir(parents=True)
    with Record(folder / "record.db", "d-7f3a91c2") as record:
        for _, event in STRUCTURED[:8]:
            record.append(event, actor="host")
    found = CliRunner().invoke(app, ["trajectory", "-o", str(home / "made.json")])
    assert isinstance(found.exception, UsageError)
    assert not (home / "made.json").exists()


def test_two_trajectories_become_a_page_and_other_files_are_refused(home: Path) -> None:
    step = {"step_id": 1, "source": "system", "message": "on call"}
    whole = {"agent": {"name": "alex", "version": "1"}, "steps": [step]}
    one, other, page = (home / name for name in ("one.json", "other.json", "page.html"))
    one.write_text(json.dumps(whole), encoding="utf-8")
    for text in ("{", "[]", json.dumps({"agent": {}, "steps": []})):
        other.write_text(text, encoding="utf-8")
        found = CliRunner().invoke(app, ["beside", str(one), str(other), "-o", str(page)])
        assert isinstance(found.exception, BadFile)
    other.write_text(one.read_text(encoding="utf-8"), encoding="utf-8")
    found = CliRunner().invoke(app, ["beside", str(one), str(other), "-o", str(page)])
    assert found.exit_code == 0
    assert "alex and alex" in page.read_text(encoding="utf-8")


def test_tasks_are_written_where_they_are_asked_for_and_other_places_refused(home: Path) -> None:
    argv = ["harbor", "bad-timeouts", "--seeds", "2", "-o", str(home / "tasks")]
    assert CliRunner().invoke(app, argv).exit_code == 0
    assert len(list((home / "tasks").iterdir())) == 2
    for listen in ("8700", ":8700", "127.0.0.1:port", "127.0.0.1:0"):
        digest = task_id("bad-timeouts", 1)
        found = CliRunner().invoke(app, ["serve", digest, "--seed", "1", "--listen", listen])
        assert isinstance(found.exception, UsageError), listen


def test_whoever_exports_tasks_by_the_other_command_is_told_which_one_it_is(home: Path) -> None:
    found = CliRunner().invoke(drill, ["export", "harbor"])
    assert isinstance(found.exception, UsageError)
    assert "drill agents harbor" in str(found.exception)
