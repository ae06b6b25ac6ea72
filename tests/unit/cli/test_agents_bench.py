"""`drill agents`: what a finished drill becomes for others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.cli.agents_bench import app
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
