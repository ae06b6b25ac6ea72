"""How long customers wait, as the bench reads it from traces."""

from __future__ import annotations

import pytest

from harness.bench.journeys import REQUESTS_MIN, durations_ms, latency_rows


def test_a_trace_counts_by_what_it_began_with_and_not_by_what_it_led_to() -> None:
    customer = [{"spanID": "of a customer, whose spans nobody keeps"}]
    door = {
        "spanID": "1",
        "operationName": "GET /feed",
        "duration": 12_500,
        "references": customer,
    }
    behind = {
        "spanID": "2",
        "operationName": "GET /feed",
        "duration": 9_000,
        "references": [{"spanID": "1"}],
    }
    assert durations_ms([{"spans": [door, behind]}]) == {"GET /feed": [12.5]}


def test_half_of_the_requests_and_the_slowest_hundredth_are_told_with_their_ratio() -> None:
    rows = latency_rows("GET /feed", [10.0] * 98 + [40.0, 90.0])
    figures = {row["figure"]: row["measured"] for row in rows}
    assert figures == {
        "GET /feed P50, ms": 10.0,
        "GET /feed P99, ms": 40.0,
        "GET /feed P99 / P50": 4.0,
    }


@pytest.mark.parametrize(("count", "lines"), [(REQUESTS_MIN - 1, 0), (REQUESTS_MIN, 3)])
def test_of_few_requests_nothing_is_said(count: int, lines: int) -> None:
    assert len(latency_rows("GET /feed", [1.0] * count)) == lines
