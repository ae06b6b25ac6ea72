"""A model plays a live drill from its page to its proof, by nothing but an agent's tools."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from harness.drill.spec import JOURNAL_DIR, KEPT_DIR
from harness.telemetry.journal import Kind, read_segment
from harness.telemetry.journal_files import segments
from harness.telemetry.otlp import split_spans
from tests.e2e.live import DRILL
from tests.e2e.scripted_play import solving
from tests.lanes import in_lane, turns
from tests.scripted_model import OPENAI, scripted

pytestmark = pytest.mark.timeout(300)


def test_a_model_that_rolls_back_what_is_bad_verifies_and_the_record_says_how(
    tmp_path: Path,
) -> None:
    with scripted(solving("payments", "timeout-misconfigured")) as model:
        done = subprocess.run(
            [
                *(DRILL, "demo", "bad-timeouts", "--seed", "5"),
                *("--port-offset", str(in_lane(12_500))),
                *("--player", "model", "--model", "scripted"),
            ],
            env={**os.environ, **turns(), **model.environment(OPENAI), "DRILL_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = (tmp_path / "runs").glob("*/record.db")
    with sqlite3.connect(path) as record:
        found = [one for (one,) in record.execute("select type from events order by seq")]
    assert found.count("agent.turned") == len(model.asked)
    assert found.count("agent.ended") == 1
    assert "tool.called" in found
    assert traced(path.parent) == {"chat scripted", "execute_tool rollback", "invoke_agent agent"}


def traced(run_dir: Path) -> set[str]:
    """Of what its review has of the agent's own traces, three kinds of spans that there must be."""
    stored = [
        one
        for segment in segments(run_dir / KEPT_DIR / JOURNAL_DIR)
        for frame in read_segment(segment)
        if frame.kind is Kind.SPANS_AS_JSON
        for one in split_spans(frame.content, is_json=True)[0]
    ]
    assert {one.service for one in stored} == {"agent"}
    wanted = {"chat scripted", "execute_tool rollback", "invoke_agent agent"}
    return wanted & {one.operation for one in stored}
