"""Evidence is taken as it is; a link in it counts only where it leads somewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.drill.actions.deploy import release
from harness.drill.queries.evidence_links import LOG_LINES_LOOKED_AT, follow_links
from harness.drill.session import Session
from harness.errors import StackFailed, UsageError
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
async def test_what_exists_counts_once(seeing: Session, link: str) -> None:
    found = await follow_links(seeing, [f"  {link} ", f"seen in {link}", link])
    assert found.links == (link,)
    assert found.texts == (link, f"seen in {link}")
    assert not found.problems


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
        ("trace:nonsense", "not what a trace link points to"),
        ("promql:up", "needs its time range"),
        ("promql:up @noon..night", "is not a time"),
    ],
)
async def test_what_leads_nowhere_is_recorded_does_not_count_and_says_why(
    seeing: Session, link: str, says: str
) -> None:
    found = await follow_links(seeing, [link, "alert:PaymentsFailing"])
    assert found.texts == (link, "alert:PaymentsFailing")
    assert found.links == ("alert:PaymentsFailing",)
    (problem,) = found.problems
    assert says in problem


async def test_words_are_no_link_and_no_problem(seeing: Session) -> None:
    found = await follow_links(seeing, ["p95 doubled at 03:02", "c calls a"])
    assert (len(found.texts), found.links, found.problems) == (2, (), ())


async def test_times_of_day_are_looked_up_in_the_drill(
    seeing: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[datetime, datetime]] = []

    async def query_range(expr: str, start: datetime, end: datetime, step_s: float) -> Any:
        asked.append((start, end))
        return ["a series"]

    monkeypatch.setattr(seeing.services.prometheus, "query_range", query_range)
    began = seeing.story().entries[0].wall_time
    end = began + timedelta(minutes=5)
    typed = f"promql:up @{began:%H:%M:%S}..{end:%H:%M:%S}"
    found = await follow_links(seeing, [typed])
    assert asked == [(began.replace(microsecond=0), end.replace(microsecond=0))]
    assert found.links == found.texts
    assert str(began.year) in found.texts[0], "it can be followed on another day, too"


async def test_telemetry_that_does_not_answer_refutes_nothing(
    seeing: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trace(trace_id: str) -> Any:
        raise StackFailed("the recorder does not answer")

    monkeypatch.setattr(seeing.services.recorder, "trace", trace)
    found = await follow_links(seeing, [f"trace:{TRACE}"])
    assert (found.links, found.problems) == ((f"trace:{TRACE}",), ())


async def test_a_log_line_too_far_back_to_be_looked_up_is_believed(seeing: Session) -> None:
    recorder: Any = seeing.services.recorder
    recorder.lines = [{"seq": seq} for seq in range(100, 100 + LOG_LINES_LOOKED_AT + 10)]
    assert (await follow_links(seeing, ["log:101"])).links == ("log:101",)


async def test_a_commit_that_was_deployed_is_known_by_its_beginning(seeing: Session) -> None:
    built = seeing.services.workspace.release("payments", "2.4.2")
    object.__setattr__(built, "commit", "1234567890ab")
    await release(seeing, built, by="ada", summary="x", progress=lambda _: None)
    assert (await follow_links(seeing, ["commit:12345678"])).links
    assert (await follow_links(seeing, ["commit:1234567890abcdef"])).links
