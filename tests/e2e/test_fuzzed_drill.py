"""A live drill's API, asked thousands of times with what its schema allows and what it does not:
every answer is one of ours, and the drill goes on. `make torture` runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.drill.lifecycle.home import TRACEBACK
from harness.tokens import Caller, TokenBook
from tests.api_fuzz import Findings, Target, attack_all
from tests.e2e.live import LiveDrill, live_drill

PORT_OFFSET = 17_000
CASES = int(os.environ.get("FUZZ_CASES", "14"))
"""Of each route and role."""

pytestmark = [pytest.mark.live, pytest.mark.torture, pytest.mark.timeout(1_800)]


def attacked(drill: LiveDrill, url: str) -> Findings:
    """What came of all routes as each role."""
    book = TokenBook(drill.run_dir / "secrets", {})
    target = Target(url, book)
    try:
        for caller in (Caller.PARTICIPANT, Caller.INSTRUCTOR):
            attack_all(target, caller, CASES)
    finally:
        target.close()
    return target.findings


def test_no_request_makes_a_live_drill_fail(tmp_path: Path) -> None:
    with live_drill(tmp_path / "var", "deadlock", PORT_OFFSET, ("--agenda", "solo")) as drill:
        drill.wait_healthy()
        findings = attacked(drill, f"http://127.0.0.1:{8900 + PORT_OFFSET}")
        print(findings.table())  # noqa: T201  the figures of the run
        assert findings.complaints == []
        mistakes = drill.run_dir / TRACEBACK
        assert not mistakes.exists(), mistakes.read_text()
        assert drill.process.poll() is None
        assert drill.answer("status")
    assert drill.ports_taken() == []
