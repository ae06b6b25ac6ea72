"""Metrics over a time range, in columns that a chart can draw at once."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from harness.drill.session import Session
from harness.errors import UsageError
from harness.telemetry.prometheus import Exemplar, Series

POINTS_MAX = 600
SERIES_MAX = 80
EXEMPLARS_MAX = 12
RANGE_MAX_S = 12 * 3600.0
STEP_MIN_S = 1.0
"""How often the shop is scraped: there is nothing in between."""


async def metrics_range(
    session: Session, query: str, begin_s: float, end_s: float, points: int
) -> dict[str, Any]:
    """`query` from `begin_s` to `end_s` (seconds since 1970), in at most `points` columns.

    `times` are the moments of the columns, `series` hold a value or None for each of them;
    `cut` is how many series were left out. Raises UsageError for a range without end or sense.
    """
    span_s = _span_s(begin_s, end_s)
    step_s = max(STEP_MIN_S, math.ceil(span_s / max(1, min(points, POINTS_MAX))))
    # On a grid that does not move with the clock: the same moment has the same value next time.
    first_s = math.ceil(begin_s / step_s) * step_s
    columns = int((end_s - first_s) // step_s) + 1
    times = [first_s + step_s * index for index in range(max(1, columns))]
    found = await session.services.prometheus.query_range(
        query, _moment(times[0]), _moment(times[-1]), step_s
    )
    return {
        "step_s": step_s,
        "times": times,
        "series": [_column(one, times[0], step_s, len(times)) for one in found[:SERIES_MAX]],
        "cut": max(0, len(found) - SERIES_MAX),
    }


async def exemplars(
    session: Session, query: str, begin_s: float, end_s: float
) -> list[dict[str, Any]]:
    """Observations behind `query` that have a trace, oldest first, as `{at_s, value, trace_id}`.

    Of each of EXEMPLARS_MAX parts of the range the largest one, since one looks for what was slow.
    Raises UsageError for a range without end or sense.
    """
    span_s = _span_s(begin_s, end_s)
    found = await session.services.prometheus.query_exemplars(
        query, _moment(begin_s), _moment(end_s)
    )
    largest: dict[int, Exemplar] = {}
    for one in found:
        part = int(EXEMPLARS_MAX * (one.at.timestamp() - begin_s) / span_s)
        if one.trace_id and math.isfinite(one.value):
            largest[part] = max(one, largest.get(part, one), key=lambda each: each.value)
    return [
        {"at_s": one.at.timestamp(), "value": one.value, "trace_id": one.trace_id}
        for _, one in sorted(largest.items())
    ]


def _span_s(begin_s: float, end_s: float) -> float:
    span_s = end_s - begin_s
    if not 0 < span_s <= RANGE_MAX_S:
        raise UsageError(
            f"the time range ends after it begins, and holds at most {RANGE_MAX_S / 3600:g} hours",
            "choose a shorter range",
        )
    return span_s


def _column(series: Series, first_s: float, step_s: float, columns: int) -> dict[str, Any]:
    values: list[float | None] = [None] * columns
    for sample in series.samples:
        index = round((sample.at.timestamp() - first_s) / step_s)
        if 0 <= index < columns and math.isfinite(sample.value):
            values[index] = sample.value
    return {"labels": dict(series.labels), "values": values}


def _moment(at_s: float) -> datetime:
    try:
        return datetime.fromtimestamp(at_s, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"{at_s:g} is not a time", "give seconds since 1970") from error
