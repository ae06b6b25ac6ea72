"""Guardrails that bite: what an action item is bound to is run at the deploys of later drills."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.drill.actions import deploy, guardrail_checks, team_entry
from harness.drill.session import Session
from harness.errors import UnknownName, UsageError
from harness.exercise.entries import ActionItem
from harness.record.events import GuardChecked
from harness.record.store import Record

TIMEOUTS = "timeout-change-needs-load-test"
DIFFERENCE = (
    "diff --git a/services/payments/timeouts.toml b/services/payments/timeouts.toml\n"
    "--- a/services/payments/timeouts.toml\n+++ b/services/payments/timeouts.toml\n@@ -1 +1 @@\n"
    "-provider_connect_timeout_ms = 5000\n+provider_connect_timeout_ms = 500\n"
)


class Figures:
    """A Prometheus that answers what it is told to, and its last answer from then on."""

    def __init__(self, *values: float | None) -> None:
        self.values, self.asked = list(values), list[str]()

    async def value(self, query: str) -> float | None:
        self.asked.append(query)
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]


def an_earlier_drill(session: Session, check: str) -> Path:
    """A drill of this home in which an action item was bound to a check."""
    item = ActionItem(text="never again", owner="Bo", check=check)
    team_entry.add_action_item(session, item, by="Eve")
    runs = session.spec.run_dir / "runs"
    (runs / "d-1").mkdir(parents=True)
    session.services.record.export_jsonl(runs / "d-1" / "all.jsonl")
    Record.import_jsonl(runs / "d-1" / "all.jsonl", runs / "d-1" / "record.db").close()
    return runs


async def ship(session: Session, version: str = "2.4.2") -> list[GuardChecked]:
    workspace: Any = session.services.workspace
    workspace.DIFF = DIFFERENCE
    built = workspace.release("payments", version)
    await deploy.release(session, built, by="ada", summary="minor", progress=lambda _: None)
    await asyncio.gather(*session.run.tasks)
    return [one.event for one in session.story().of(GuardChecked)]


async def test_a_later_drill_runs_the_check_and_says_what_it_objects_to(session: Session) -> None:
    session.spec = replace(
        session.spec, guards=guardrail_checks.bound_guards(an_earlier_drill(session, TIMEOUTS))
    )
    [said] = await ship(session)
    assert (said.check, said.verdict, said.service) == (TIMEOUTS, "objected", "payments")
    assert (said.item_id, said.from_drill) == ("ai-1", "d-1")
    assert "provider_connect_timeout_ms = 500" in said.why
    assert session.running("payments").version == "2.4.2", "it warns; it does not stop a release"
    [row] = [one for one in guardrail_checks.listed(session) if one["check"] == TIMEOUTS]
    assert (row["bound_by"], row["owner"], len(row["said"])) == ("d-1", "Bo", 1)


async def test_a_check_that_nobody_bound_says_nothing(session: Session) -> None:
    assert await ship(session) == []


async def test_a_rollback_is_not_checked(session: Session) -> None:
    session.spec = replace(
        session.spec, guards=guardrail_checks.bound_guards(an_earlier_drill(session, TIMEOUTS))
    )
    await ship(session)
    await deploy.rollback(session, "payments", to_version=None, by="ada", progress=lambda _: None)
    assert len(session.story().of(GuardChecked)) == 1


def test_a_record_that_cannot_be_read_binds_nothing(session: Session) -> None:
    runs = an_earlier_drill(session, TIMEOUTS)
    (runs / "d-0").mkdir()
    (runs / "d-0" / "record.db").write_bytes(b"nothing of the kind" * 400)
    assert [one.drill_id for one in guardrail_checks.bound_guards(runs)] == ["d-1"]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((0.0, 0.0, 0.3), "objected"),
        ((0.0,), "passed"),
        ((None,), "unknown"),
        ((0.3,), "unknown"),
    ],
    ids=["rises", "stays low", "no data", "was high before"],
)
async def test_an_alert_is_watched_from_the_deploy_on(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    values: tuple[float | None, ...],
    verdict: str,
) -> None:
    monkeypatch.setattr(guardrail_checks, "WATCH_S", 0.05)
    monkeypatch.setattr(guardrail_checks, "LOOK_EVERY_S", 0.001)
    runs = an_earlier_drill(session, "alert-outbound-timeouts")
    session.spec = replace(session.spec, guards=guardrail_checks.bound_guards(runs))
    figures: Any = Figures(*values)
    session.services.prometheus = figures
    [said] = await ship(session)
    assert said.verdict == verdict
    assert all('service="payments"' in one for one in figures.asked)


def test_an_action_item_is_bound_to_a_check_that_exists(session: Session) -> None:
    item = ActionItem(text="x", owner="Bo", check="timeout-changes")
    with pytest.raises((UnknownName, UsageError), match="timeout-change"):
        team_entry.add_action_item(session, item, by="Eve")
