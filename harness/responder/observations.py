"""What the responder saw, parsed once from the API's answers. Times are seconds since 1970."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harness.responder.questions import COUNTED

WARM_UP_S = 8.0
"""The window of the rates, and some room."""


@dataclass(frozen=True)
class Series:
    """One series over time, oldest first; points are (time, value), all of them finite."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Span:
    """One piece of work. Durations in milliseconds."""

    id: str
    parent: str
    service: str
    operation: str
    kind: str
    duration_ms: float
    failed: bool


@dataclass(frozen=True)
class Trace:
    """One request through the shop."""

    id: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class LogLine:
    """One line of a service's log, at WARNING or above; `number` is what links call it."""

    number: int
    service: str
    text: str


@dataclass(frozen=True)
class Deployed:
    """One line of the deploy log that succeeded."""

    id: str
    at: float
    service: str
    version_from: str
    version_to: str
    commit: str
    kind: str
    diff: str = ""
    """What it changed; empty where it is too long ago to matter."""


@dataclass(frozen=True)
class Observations:
    """The shop at one moment, and the minutes before it."""

    at: float
    services: tuple[str, ...]
    alerts: tuple[str, ...]
    """Names of those that fire."""
    series: Mapping[str, tuple[Series, ...]]
    """By the name of the question that was asked."""
    traces: tuple[Trace, ...]
    logs: tuple[LogLine, ...]
    deploys: tuple[Deployed, ...]
    """Oldest first."""
    providers: Mapping[str, str]
    """What the status pages of third parties say, e.g. `operational`, by the name under which they
    are called as peers; empty where a page says nothing."""

    @property
    def begin(self) -> float:
        """The first moment of which anything is known."""
        return min(
            (one.points[0][0] for all_ in self.series.values() for one in all_ if one.points),
            default=self.at,
        )


def read(raw: Mapping[str, Any]) -> Observations:
    """The answers of `look`, understood. Raises KeyError or ValueError for any that are not."""
    diffs = raw["diffs"]
    return Observations(
        at=raw["at"],
        services=tuple(raw["services"]),
        alerts=tuple(dict.fromkeys(alert["name"] for alert in raw["alerts"])),
        series=_all_series(raw["series"]),
        traces=tuple(_trace(one) for one in raw["traces"]),
        logs=tuple(
            LogLine(one["seq"], one["service"], _line_text(one))
            for one in sorted(raw["logs"], key=lambda line: int(line["seq"]))
        ),
        deploys=tuple(
            _deployed(one, diffs.get(one["deploy_id"], ""))
            for one in raw["deploys"]
            if one["outcome"] == "succeeded"
        ),
        providers={peer: _provider(provider) for peer, provider in raw["providers"].items()},
    )


def _all_series(raw: Mapping[str, Any]) -> dict[str, tuple[Series, ...]]:
    found = {
        name: tuple(
            Series(
                one["labels"],
                tuple(
                    (at, value)
                    for at, value in zip(one["times"], one["values"], strict=True)
                    if value is not None and math.isfinite(value)
                ),
            )
            for one in answers
        )
        for name, answers in raw.items()
    }
    for name in COUNTED & set(found):
        # The answers to one question share their moments; those to another have others.
        grid = sorted({at for one in found[name] for at, _ in one.points})
        found[name] = tuple(_filled(one, grid) for one in found[name])
    return {name: tuple(_warm(one) for one in all_) for name, all_ in found.items()}


def _warm(series: Series) -> Series:
    """The series without its first seconds: a rate that begins rises, whatever it counts."""
    since = series.points[0][0] + WARM_UP_S if series.points else 0.0
    return Series(series.labels, tuple(point for point in series.points if point[0] >= since))


def _filled(series: Series, grid: list[float]) -> Series:
    """The series with zeros for the time before its first value, when others have some."""
    since = series.points[0][0] if series.points else math.inf
    return Series(series.labels, (*((at, 0.0) for at in grid if at < since), *series.points))


def _trace(raw: Mapping[str, Any]) -> Trace:
    return Trace(raw["traceID"], tuple(_span(one, raw["processes"]) for one in raw["spans"]))


def _span(raw: Mapping[str, Any], processes: Mapping[str, Any]) -> Span:
    tags = {tag["key"]: tag["value"] for tag in raw["tags"]}
    parents = [one["spanID"] for one in raw["references"] if one["refType"] == "CHILD_OF"]
    return Span(
        id=raw["spanID"],
        parent=parents[0] if parents else "",
        service=processes[raw["processID"]]["serviceName"],
        operation=raw["operationName"],
        kind=str(tags.get("span.kind", "internal")),
        duration_ms=raw["duration"] / 1000,
        failed=bool(tags.get("error", False)),
    )


def _line_text(raw: Mapping[str, Any]) -> str:
    fields = {name: raw[name] for name in ("event", "reason", "error", "peer") if raw.get(name)}
    return " ".join(str(value) for value in fields.values())


def _deployed(raw: Mapping[str, Any], diff: str) -> Deployed:
    return Deployed(
        id=raw["deploy_id"],
        at=datetime.fromisoformat(raw["at"]).timestamp(),
        service=raw["service"],
        version_from=raw["version_from"],
        version_to=raw["version_to"],
        commit=raw["commit"],
        kind=raw["kind"],
        diff=diff,
    )


def _provider(raw: Any) -> str:
    """The indicator, in the short form or in that of usual status pages."""
    status = raw.get("status") if isinstance(raw, dict) else None
    return str(status.get("indicator", "")) if isinstance(status, dict) else str(status or "")
