"""What every reading command says fits a terminal of eighty columns, whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.cli import look, query
from harness.drill.session import Session
from harness.terminal import screen
from tests.quiet_logs import no_service_logs_here
from tests.unit.api.sealed_drill import BAD_RELEASE, STATES, SealedDrill, cli_outputs

__all__ = ["no_service_logs_here"]

COLUMNS = 80
AS_IT_IS = ("--json", "--csv", " diff ")
"""Of commands whose lines are a program's or a patch's, and break where they do."""
TRACE_ID = "ab" * 16
STATEMENT = "select state, count(*) from charges where customer_id = 7 group by state order by 2"
RECORD = {
    "seq": 7, "timestamp": "2026-11-20T03:00:00.125Z", "service": "payments", "level": "ERROR",
    "event": "no available database connections", "statement": STATEMENT, "trace_id": TRACE_ID,
}  # fmt: skip


def broken(text: str) -> list[str]:
    """Lines that a terminal would break, but for those whose one long word cannot be."""
    return [line for line in text.splitlines() if len(line) > COLUMNS and len(line.split()) > 1]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "paged_columns", COLUMNS)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.parametrize("state", ["healthy", "looked back"])
def test_nothing_is_broken_and_the_status_ends_with_the_next_step(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, narrow: None, state: str
) -> None:
    drill = SealedDrill(session, tmp_path, BAD_RELEASE, state)
    try:
        said = dict(cli_outputs(drill, monkeypatch))
    finally:
        drill.close()
    found = {
        name: broken(text)
        for name, text in said.items()
        if not any(mark in f"{name} " for mark in AS_IT_IS)
    }
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert "\nnext: " in said["drill status, running"]


def test_without_a_terminal_there_are_such_lines(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = SealedDrill(session, tmp_path, BAD_RELEASE, STATES[-1])
    try:
        assert any(broken(text) for _, text in cli_outputs(drill, monkeypatch))
    finally:
        drill.close()


class Telling:
    """A client whose telemetry says long things."""

    answers: Mapping[str, Any] = {
        "/v1/logs": {"records": [RECORD]},
        "/v1/traces": {
            "traces": [
                {
                    "trace_id": TRACE_ID, "start_ms": 1.7e12, "duration_ms": 1500.0, "spans": 104,
                    "failed": 3, "service": "gateway", "operation": "POST /api/orders",
                }
            ]
        },
        "/v1/metrics": {
            "series": [{"labels": {"job": "a", "route": "/charges"}, "values": [7e5] * 20}]
        },
        "/v1/sql": {
            "columns": ["id", "note"], "rows": [[1, STATEMENT], [2, None]], "cut": False,
        },
    }  # fmt: skip

    def get(self, path: str, **_: object) -> Any:
        return self.answers[path]

    def post(self, path: str, body: object) -> Any:
        return self.answers[path]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: look.logs(), ["03:00:00.125", "payments"]),
        (lambda: look.logs(wide=True), [*STATEMENT.split()[1:], f"trace_id={TRACE_ID}"]),
        (lambda: look.trace(), [TRACE_ID, "/api/orders", "14"]),
        (lambda: query.metrics("x"), ["700,000", "{job=a,"]),
        (lambda: query.sql("payments", "x"), [*STATEMENT.split(), "record", "note"]),
    ],
)
def test_long_telemetry_stands_within_the_terminal_with_all_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    narrow: None,
    call: Any,
    words: list[str],
) -> None:
    for module in (look, query):
        monkeypatch.setattr(module, "participant", Telling)
    call()
    said = capsys.readouterr().out
    assert broken(said) == []
    assert set(words) <= set(said.split())
