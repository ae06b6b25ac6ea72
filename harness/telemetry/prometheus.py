"""Asking Prometheus: one HTTP client, typed answers.

Expressions and label names are in docs/architecture.md and compose/prometheus/rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from harness.errors import DrillError, StackFailed, UsageError
from harness.model import Alert
from harness.plain_http import LocalClient
from harness.telemetry.alerts import fingerprint


@dataclass(frozen=True)
class Sample:
    """One value of one series. `value` may be NaN or infinite."""

    labels: Mapping[str, str]
    value: float
    at: datetime


@dataclass(frozen=True)
class Series:
    """One series over time, oldest sample first."""

    labels: Mapping[str, str]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Exemplar:
    """An observation with the trace that it came from."""

    labels: Mapping[str, str]
    """Labels of the series that it was observed in."""
    trace_id: str
    value: float
    at: datetime


@dataclass(frozen=True)
class Target:
    """Something that Prometheus scrapes."""

    service: str
    url: str
    up: bool
    error: str = field(default="")


class PrometheusClient(LocalClient):
    """Queries against one Prometheus. Close it, or use it as an async context manager.

    Every method raises UsageError for an expression that Prometheus refuses, StackFailed where
    it cannot be reached, and DrillError for any other failure, each with a hint.
    """

    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(base_url, transport=transport)

    async def query(self, expr: str, at: datetime | None = None) -> list[Sample]:
        """The value of each series of `expr` now, or at a moment; a scalar has no labels."""
        params = {"query": expr}
        if at is not None:
            params["time"] = _seconds(at)
        data = await self._get("/api/v1/query", params)
        if data["resultType"] == "scalar":
            return [_sample({}, data["result"])]
        if data["resultType"] != "vector":
            raise UsageError(
                f"the expression gives a {data['resultType']}, not a value for each series",
                "leave out the range, or ask for it with query_range",
            )
        return [_sample(row["metric"], row["value"]) for row in data["result"]]

    async def value(self, expr: str, at: datetime | None = None) -> float | None:
        """The only value of `expr`; None where there is no series, or the value is NaN."""
        samples = await self.query(expr, at)
        if len(samples) > 1:
            raise UsageError(f"{len(samples)} series answer `{expr}`", "aggregate it with sum()")
        return samples[0].value if samples and not math.isnan(samples[0].value) else None

    async def query_range(
        self, expr: str, start: datetime, end: datetime, step_s: float = 1.0
    ) -> list[Series]:
        """The values of each series of `expr` from `start` to `end`, one every `step_s`."""
        data = await self._get(
            "/api/v1/query_range",
            {
                "query": expr,
                "start": _seconds(start),
                "end": _seconds(end),
                "step": f"{step_s:g}",
            },
        )
        return [
            Series(row["metric"], tuple(_sample(row["metric"], pair) for pair in row["values"]))
            for row in data["result"]
        ]

    async def query_exemplars(self, expr: str, start: datetime, end: datetime) -> list[Exemplar]:
        """The exemplars of the series in `expr` from `start` to `end`."""
        data = await self._get(
            "/api/v1/query_exemplars",
            {"query": expr, "start": _seconds(start), "end": _seconds(end)},
        )
        return [
            Exemplar(
                row["seriesLabels"],
                exemplar["labels"].get("trace_id", ""),
                float(exemplar["value"]),
                datetime.fromtimestamp(float(exemplar["timestamp"]), UTC),
            )
            for row in data
            for exemplar in row["exemplars"]
        ]

    async def alerts(self) -> list[Alert]:
        """The alerts that fire now (not those that are pending)."""
        data = await self._get("/api/v1/alerts", {})
        return [_alert(row) for row in data["alerts"] if row["state"] == "firing"]

    async def targets(self) -> list[Target]:
        """What Prometheus scrapes, and whether it could the last time."""
        data = await self._get("/api/v1/targets", {"state": "active"})
        return [
            Target(
                row["labels"].get("service", row["labels"]["job"]),
                row["scrapeUrl"],
                row["health"] == "up",
                row["lastError"],
            )
            for row in data["activeTargets"]
        ]

    async def _get(self, path: str, params: Mapping[str, str]) -> Any:
        try:
            answer = await self._http.get(path, params=params)
        except httpx.HTTPError as error:
            raise StackFailed(
                f"Prometheus at {self._http.base_url} does not answer: {error or type(error)}",
                "is a drill running? its log is in the run's logs directory",
            ) from error
        try:
            body = answer.json()
        except ValueError as error:
            raise DrillError(
                f"Prometheus answered {answer.status_code} without JSON",
                "is something else listening on its port?",
            ) from error
        if answer.status_code in (400, 422) and body.get("errorType") in ("bad_data", "execution"):
            raise UsageError(
                f"Prometheus rejected the query: {body.get('error', '')}", "check the PromQL"
            )
        if body.get("status") != "success":
            raise DrillError(
                f"Prometheus failed: {body.get('error', answer.status_code)}",
                "ask for a shorter range or fewer series",
            )
        return body["data"]


def _seconds(moment: datetime) -> str:
    return f"{moment.timestamp():.3f}"


def _sample(labels: Mapping[str, str], pair: tuple[float, str]) -> Sample:
    return Sample(labels, float(pair[1]), datetime.fromtimestamp(pair[0], UTC))


def _alert(row: Mapping[str, Any]) -> Alert:
    labels: dict[str, str] = row["labels"]
    annotations: dict[str, str] = row["annotations"]
    return Alert(
        fingerprint=fingerprint(labels),
        name=labels["alertname"],
        severity=labels.get("severity", "none"),
        summary=annotations.get("summary", labels["alertname"]),
        starts_at=datetime.fromisoformat(row["activeAt"]),
        labels=labels,
        annotations=annotations,
    )
