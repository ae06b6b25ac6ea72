"""Metrics now or over a time range, in columns that a chart can draw at once."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from harness.drill.session import Session
from harness.errors import UsageError
from harness.telemetry.prometheus import Exemplar, Series

POINTS_MAX = 600
POINTS_DEFAULT = 240
SERIES_MAX = 1000
SERIES_DEFAULT = 80
EXEMPLARS_MAX = 12
RANGE_MAX_S = 12 * 3600.0
STEP_MIN_S = 1.0
"""How often the shop is scraped: there is nothing in between."""


async def metrics(
    session: Session,
    query: str,
    *,
    minutes: float | None = None,
    begin_s: float | None = None,
    end_s: float | None = None,
    points: int = POINTS_DEFAULT,
    limit: int = SERIES_DEFAULT,
) -> dict[str, Any]:
    """`query` now, over the last `minutes`, or from `begin_s` to `end_s` (seconds since 1970).

    `times` are the moments of the columns, `step_s` apart and about `points` of them (for now
    one, and no step); `series` hold a value for each, None where there is none or it is no number.
    `cut` is how many series there were over `limit`. Raises UsageError for a range without end or
    sense.
    """
    if minutes is not None and (begin_s, end_s) == (None, None):
        now_s = session.now().timestamp()
        step_s, times = _until(now_s, minutes * 60, points)
    elif minutes is None and begin_s is not None and end_s is not None:
        step_s, times = _between(begin_s, end_s, points)
    elif (minutes, begin_s, end_s) == (None, None, None):
        return await _now(session, query, limit)
    else:
        raise UsageError(
            "a time range is either the last `minutes`, or a `begin` and an `end`",
            "give `minutes`, or `begin` and `end`, or neither for now",
        )
    found = await session.services.prometheus.query_range(
        query, _moment(times[0]), _moment(times[-1]), step_s
    )
    series = [_column(one, times[0], step_s, len(times)) for one in found[:limit]]
    return {
        "step_s": step_s,
        "times": times,
        "series": series,
        "cut": len(found) - len(series),
    }


async def _now(session: Session, query: str, limit: int) -> dict[str, Any]:
    samples = await session.services.prometheus.query(query)
    series = [{"labels": dict(s.labels), "values": [_finite(s.value)]} for s in samples[:limit]]
    return {
        "step_s": None,
        "times": [session.now().timestamp()],
        "series": series,
        "cut": len(samples) - len(series),
    }


def _until(end_s: float, span_s: float, points: int) -> tuple[float, list[float]]:
    """Step and columns, the last of which is `end_s` itself: whoever asks has the newest."""
    _span_s(end_s - span_s, end_s)
    step_s = max(STEP_MIN_S, span_s / points)
    columns = int(span_s // step_s) + 1
    return step_s, [end_s - step_s * before for before in reversed(range(columns))]


def _between(begin_s: float, end_s: float, points: int) -> tuple[float, list[float]]:
    """Step and columns, on a grid that does not move with the clock: a moment has the same value
    next time."""
    step_s = max(STEP_MIN_S, math.ceil(_span_s(begin_s, end_s) / points))
    first_s = math.ceil(begin_s / step_s) * step_s
    columns = int((end_s - first_s) // step_s) + 1
    return step_s, [first_s + step_s * index for index in range(max(1, columns))]


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
            f"a time range must end after it begins and span at most {RANGE_MAX_S / 3600:g} hours",
            "choose a shorter range",
        )
    return span_s


def _column(series: Series, first_s: float, step_s: float, columns: int) -> dict[str, Any]:
    values: list[float | None] = [None] * columns
    for sample in series.samples:
        index = round((sample.at.timestamp() - first_s) / step_s)
        if 0 <= index < columns:
            values[index] = _finite(sample.value)
    return {"labels": dict(series.labels), "values": values}


def _finite(value: float) -> float | None:
    """JSON has no word for what is not a number."""
    return value if math.isfinite(value) else None


def _moment(at_s: float) -> datetime:
    try:
        return datetime.fromtimestamp(at_s, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"{at_s:g} is not a time", "give seconds since 1970") from error
