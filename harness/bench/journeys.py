"""How long each kind of customer's request takes in a healthy shop, by the traces at its door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from harness.bench.table import Row, figure_row
from harness.drill.session import Session
from harness.verification.figures import percentile

DOOR = "gateway"
TRACES_MAX = 1500
REQUESTS_MIN = 50
"""Fewer of a kind say nothing of its slowest hundredth."""


async def latencies(session: Session, begin: datetime, end: datetime) -> list[Row]:
    """P50 and P99 of each operation at the shop's door between two moments, and their ratio."""
    recorder = session.services.recorder
    rows: list[Row] = []
    for operation in sorted(await recorder.operations(DOOR)):
        traces = await recorder.traces(DOOR, operation, begin=begin, end=end, limit=TRACES_MAX)
        rows += latency_rows(operation, durations_ms(traces)[operation])
    return rows


def durations_ms(traces: Iterable[dict[str, Any]]) -> dict[str, list[float]]:
    """Milliseconds of each trace by the operation that it began with; Jaeger's are microseconds.

    Customers send the id of a span that nobody keeps: a trace begins with whatever has no parent in
    it.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for trace in traces:
        known = {span["spanID"] for span in trace["spans"]}
        for span in trace["spans"]:
            if not any(parent["spanID"] in known for parent in span["references"]):
                found[span["operationName"]].append(span["duration"] / 1000)
    return found


def latency_rows(operation: str, taken_ms: list[float]) -> list[Row]:
    """The lines of one operation; none where too few requests were seen."""
    half, slowest = percentile(taken_ms, 0.5), percentile(taken_ms, 0.99)
    if half is None or slowest is None or len(taken_ms) < REQUESTS_MIN:
        return []
    return [
        figure_row(f"{operation} P50, ms", half),
        figure_row(f"{operation} P99, ms", slowest),
        figure_row(f"{operation} P99 / P50", slowest / half),
    ]
