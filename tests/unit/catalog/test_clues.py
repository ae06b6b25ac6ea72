"""A clue's `find` is read in one way, by the catalog and by those who look for it."""

from __future__ import annotations

import pytest

from harness.catalog.clues import (
    PathClue,
    RepeatClue,
    expression,
    log_clue,
    matches_added_line,
    trace_clue,
    unknown_metric,
)


def test_a_log_has_a_service_and_an_expression() -> None:
    clue = log_clue("users: request failed: (a|b)")
    assert (clue.service, clue.pattern.pattern) == ("users", "request failed: (a|b)")


def test_a_trace_passes_services_or_repeats_a_call() -> None:
    assert trace_clue("path a > b > a") == PathClue(("a", "b", "a"))
    repeated = trace_clue("repeat 50 ^POST c$")
    assert isinstance(repeated, RepeatClue)
    assert (repeated.count, repeated.pattern.pattern) == (50, "^POST c$")


def test_of_a_line_a_field_and_of_a_path_its_last_span_can_be_asked_for() -> None:
    line = log_clue("c: request failed where peer=a")
    assert (line.service, line.pattern.pattern, line.fields) == (
        "c",
        "request failed",
        {"peer": "a"},
    )
    assert trace_clue("path a > b failed over 1.5 ms") == PathClue(("a", "b"), True, 1.5)
    assert trace_clue("path a failed") == PathClue(("a",), has_failed=True)
    assert trace_clue("path a > b over 20 ms") == PathClue(("a", "b"), over_ms=20)


@pytest.mark.parametrize("find", ["path a > b slow", "path a over 3 s", "path a over ms"])
def test_a_span_that_is_asked_for_otherwise_is_refused(find: str) -> None:
    with pytest.raises(ValueError, match="nor one that 'failed'"):
        trace_clue(find)


@pytest.mark.parametrize("find", ["c: x where peer", "c: x where =a", "c: x where a b=c"])
def test_a_field_without_name_or_value_is_refused(find: str) -> None:
    with pytest.raises(ValueError, match="'field=value'"):
        log_clue(find)


@pytest.mark.parametrize("find", ["", "users", "users:", ": x", "repeat 3", "repeat 0 x", "(:("])
def test_what_says_nothing_is_refused(find: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        trace_clue(find)
    if find != ": x":
        with pytest.raises(ValueError, match=r"\w"):
            log_clue(find)


def test_only_lines_that_a_diff_adds_count() -> None:
    diff = ["-slots = 1", " slots = 2", "+slots = 3"]
    assert matches_added_line(expression("slots = 3"), diff)
    assert not matches_added_line(expression("slots = [12]"), diff)


KNOWN = ("http_requests_total", "http_request_duration_seconds", "route:slow:p95", "worker_slots")


@pytest.mark.parametrize(
    "expression",
    [
        'sum by (service) (rate(http_requests_total{status="x_y"}[10s])) > 0.5',
        "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[15s])))",
        'route:slow:p95{service="a|b"} > 2.5 and on (service) worker_slots >= bool 1e3',
        "max(worker_slots) / ignoring(le) group_left(x) worker_slots offset 5m == +Inf",
        "http_request_duration_seconds_sum / http_request_duration_seconds_count",
    ],
)
def test_metrics_of_an_expression_are_told_from_everything_else_in_it(expression: str) -> None:
    assert unknown_metric(expression, KNOWN) is None


@pytest.mark.parametrize(
    ("expression", "metric"),
    [
        ("rate(http_request_total[10s])", "http_request_total"),
        ("worker_slots / worker_slot", "worker_slot"),
        ("abs(route:slow:p59) > 1", "route:slow:p59"),
    ],
)
def test_a_metric_that_nothing_exports_is_named(expression: str, metric: str) -> None:
    assert unknown_metric(expression, KNOWN) == metric
