"""Which evidence lies on the causal path of a fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.catalog.clues import metrics_in
from harness.catalog.reader import Catalog
from harness.drill.session import Session
from harness.paths import REPO
from harness.players.grounding import (
    by_record,
    failed_or_slow,
    grounding,
    line_is_on,
    looked_up,
    path_of,
    query_is_on,
    services_in,
)
from harness.record import events as e
from tests.unit.scoring.stories import story_of

DEADLOCK = Catalog(REPO).fault("deadlock")
AT = " @2026-03-01T03:00:00Z..2026-03-01T03:03:00Z"


def test_the_path_is_what_the_clues_name() -> None:
    path = path_of(DEADLOCK)
    assert path.guilty == "c"
    assert path.services == {"a", "b", "c"}
    assert path.metrics == {"worker_slots_in_use", "worker_slots", "outbound_requests"}


@pytest.mark.parametrize("fault", Catalog(REPO).fault_ids())
def test_every_metric_clue_of_every_fault_lies_on_its_own_path(fault: str) -> None:
    known = Catalog(REPO).fault(fault)
    queries = [clue.find for clue in known.evidence if clue.kind == "metric"]
    assert all(query_is_on(path_of(known), query) for query in queries)


@pytest.mark.parametrize(
    ("query", "is_on"),
    [
        ('rate(outbound_requests_total{service="c",peer="a"}[30s])', True),
        ("max by (service) (worker_slots_in_use)", True),
        ('worker_slots_in_use{service=~"a|b"}', True),
        ('http_request_duration_seconds_bucket{service="c"}', True),
        ('worker_slots_in_use{service="feed"}', False),
        ('rate(http_requests_total{service="gateway"}[1m])', False),
        ("sum(rate(http_requests_total[1m]))", False),
        ('build_info{service="c"}', False),
        ('up{service="c"}', False),
    ],
)
def test_a_query_is_on_the_path_by_what_it_selects(query: str, is_on: bool) -> None:
    assert query_is_on(path_of(DEADLOCK), query) == is_on


def test_names_in_queries() -> None:
    query = 'histogram_quantile(0.95, sum by (le) (rate(x_seconds_bucket{service=~"a|b"}[5s])))'
    assert services_in(query) == {"a", "b"}
    assert "x_seconds" in metrics_in(query)


@pytest.mark.parametrize(
    ("line", "is_on"),
    [
        ({"service": "c", "event": "request failed", "level": "info"}, True),
        ({"service": "c", "event": "anything", "level": "error"}, True),
        ({"service": "c", "event": "anything", "level": "info"}, False),
        ({"service": "feed", "event": "request failed", "level": "error"}, False),
    ],
)
def test_a_log_line_is_one_of_a_clue_or_a_warning_of_the_service(
    line: dict[str, Any], is_on: bool
) -> None:
    assert line_is_on(line, DEADLOCK) == is_on


def span(duration: int, *, error: bool = False) -> dict[str, Any]:
    tags = [{"key": "error", "value": True}] if error else []
    processes = {"p": {"serviceName": "c"}}
    return {
        "processes": processes,
        "spans": [{"processID": "p", "duration": duration, "tags": tags}],
    }


def test_a_trace_is_on_it_where_the_service_failed_or_was_slow() -> None:
    assert failed_or_slow(span(10, error=True), "c")
    assert failed_or_slow(span(1_500_000), "c")
    assert not failed_or_slow(span(10), "c")
    assert not failed_or_slow(span(10, error=True), "a")


def test_a_record_tells_of_queries_and_of_the_commit_of_the_release() -> None:
    assert DEADLOCK.release is not None
    shipped = e.DeployStarted(
        "d", "c", "1.3.1", DEADLOCK.release.version_to, "abcdef0123456789", "release", "x", ""
    )
    on_path = by_record(story_of([(0.0, shipped)]), [DEADLOCK])
    cause = DEADLOCK.accepts
    assert on_path(cause, "commit:abcdef0123")
    assert not on_path(cause, "commit:1234567890")
    assert on_path(cause, "promql:worker_slots_in_use" + AT)
    assert not on_path(cause, "trace:" + "0" * 32)
    assert not on_path(cause, "alert:CheckoutStalled")
    assert not on_path(cause, "no link")
    assert not on_path(replace(cause, services=("feed",)), "commit:abcdef0123")


async def test_links_of_a_live_drill_are_looked_up_and_an_alert_grounds_nothing(
    trouble: Session,
) -> None:
    (fault,) = trouble.spec.faults
    query = f'promql:rate(outbound_requests_total{{service="{fault.service}"}}[5s]){AT}'
    trouble.note(
        e.DiagnosisDeclared(
            fault.service, "overload", 60, (query, "alert:HighErrorRate"), "", "alex"
        )
    )
    found = await grounding(trouble)
    assert looked_up(found, fault.accepts, query)
    assert not looked_up(found, fault.accepts, "alert:HighErrorRate")
