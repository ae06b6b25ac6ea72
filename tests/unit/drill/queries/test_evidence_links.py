"""A link to evidence is accepted only where it leads somewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from harness.drill.actions.deploy import release
from harness.drill.queries.evidence_links import LOG_LINES_LOOKED_AT, resolved, resolved_or_said
from harness.drill.session import Session
from harness.errors import UsageError
from harness.record.events import DrillStarting
from harness.workspace.git import GitFailed
from tests.unit.drill.conftest import page_sent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
QUERY = "promql:sum(up) @2026-03-01T03:00:00Z..2026-03-01T03:01:00Z"


class FakeRecorder:
    def __init__(self) -> None:
        self.lines = [{"seq": 7}, {"seq": 8}]

    async def trace(self, trace_id: str) -> object:
        return {"traceID": trace_id} if trace_id == TRACE else None

    async def logs(self, after: str, limit: int) -> list[dict[str, int]]:
        return [one for one in self.lines if one["seq"] > int(after)][-limit:]


class FakePrometheus:
    async def query_range(self, expr: str, start: datetime, end: datetime, step_s: float) -> Any:
        assert start.tzinfo == UTC
        if expr == "sum(":
            raise UsageError("Prometheus refuses the query", "check it")
        return [] if expr == "nothing" else ["a series"]


class FakeGit:
    def text(self, *arguments: str) -> str:
        if not arguments[-1].startswith("abcdef1"):
            raise GitFailed("rev-parse", "bad revision")
        return arguments[-1]


@pytest.fixture
def seeing(session: Session) -> Session:
    recorder: Any = FakeRecorder()
    prometheus: Any = FakePrometheus()
    workspace: Any = session.services.workspace
    workspace.git = FakeGit()
    session.services.recorder, session.services.prometheus = recorder, prometheus
    session.note(DrillStarting())
    page_sent(session)
    return session


@pytest.mark.parametrize(
    "link",
    [QUERY, f"trace:{TRACE}", "log:7", "log:8", "commit:abcdef1", "alert:PaymentsFailing"],
)
async def test_what_exists_is_accepted(seeing: Session, link: str) -> None:
    assert await resolved(seeing, [f"  {link} ", link]) == (link,)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (QUERY.replace("sum(up)", "nothing"), "no data"),
        (QUERY.replace("sum(up)", "sum("), "refuses the query"),
        (QUERY.replace("2026-03-01", "2020-03-01"), "before the drill"),
        (f"trace:{'0' * 32}", "no such trace"),
        ("log:6", "no log line"),
        ("log:9", "no log line"),
        ("commit:1234567", "no such commit"),
        ("alert:HighLatency", "no such alert"),
        ("because", "not a link"),
    ],
)
async def test_what_leads_nowhere_is_refused_and_says_why(
    seeing: Session, link: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        await resolved(seeing, [link])


async def test_a_log_line_too_far_back_to_be_looked_up_is_believed(seeing: Session) -> None:
    recorder: Any = seeing.services.recorder
    recorder.lines = [{"seq": seq} for seq in range(100, 100 + LOG_LINES_LOOKED_AT + 10)]
    assert await resolved(seeing, ["log:101"]) == ("log:101",)


async def test_a_commit_that_was_deployed_is_known_by_its_beginning(seeing: Session) -> None:
    built = seeing.services.workspace.release("payments", "2.4.2")
    object.__setattr__(built, "commit", "1234567890ab")
    await release(seeing, built, by="ada", summary="x", progress=lambda _: None)
    assert await resolved(seeing, ["commit:12345678"])
    assert await resolved(seeing, ["commit:1234567890abcdef"])


async def test_one_person_alone_may_use_words_but_no_dead_links(seeing: Session) -> None:
    said = await resolved_or_said(seeing, ["c calls a", "alert:PaymentsFailing"])
    assert said == ("c calls a", "alert:PaymentsFailing")
    with pytest.raises(UsageError, match="no such alert"):
        await resolved_or_said(seeing, ["c calls a", "alert:HighLatency"])
