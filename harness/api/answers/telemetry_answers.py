"""Logs, traces and metrics, as the recorder and Prometheus know them."""

from __future__ import annotations

from typing import Literal

from harness.api.answers.shapes import Answer, OpenAnswer


class LogLine(OpenAnswer):
    """A line of a service, with its own fields besides; `trace_id` is empty without a trace, and
    `traceback` is there after an error."""

    seq: int
    timestamp: str
    service: str
    level: str
    event: str
    trace_id: str
    span_id: str | None = None
    traceback: str | None = None


class Logs(Answer):
    """Lines that match, oldest first."""

    records: list[LogLine]


class JaegerTag(Answer):
    """One attribute."""

    key: str
    type: Literal["bool", "int64", "float64", "string"]
    value: bool | int | float | str


class JaegerReference(Answer):
    """The span that this one is a child of."""

    refType: Literal["CHILD_OF"]  # noqa: N815  Jaeger's name
    traceID: str  # noqa: N815
    spanID: str  # noqa: N815


class JaegerLog(Answer):
    """An event within a span; the time is in microseconds."""

    timestamp: int
    fields: list[JaegerTag]


class JaegerSpan(Answer):
    """A span; times are in microseconds."""

    traceID: str  # noqa: N815
    spanID: str  # noqa: N815
    operationName: str  # noqa: N815
    references: list[JaegerReference]
    startTime: int  # noqa: N815
    duration: int
    tags: list[JaegerTag]
    logs: list[JaegerLog]
    processID: str  # noqa: N815
    warnings: None


class JaegerProcess(Answer):
    """The service that a span is of."""

    serviceName: str  # noqa: N815
    tags: list[JaegerTag]


class JaegerTrace(Answer):
    """A trace as Jaeger's query API answers it."""

    traceID: str  # noqa: N815
    spans: list[JaegerSpan]
    processes: dict[str, JaegerProcess]
    warnings: list[str] | None


class TraceRow(Answer):
    """What a trace was, how long it took, and whom it passed; `reason` is what a failed call in it
    says, and empty where none failed."""

    trace_id: str
    start_ms: float
    duration_ms: float
    spans: int
    failed: int
    service: str
    operation: str
    reason: str
    services: list[str]


class TraceRowWithSpans(TraceRow):
    """The same with the trace itself, where `spans` was asked for."""

    trace: JaegerTrace


class Traces(Answer):
    """The newest traces that match, newest first."""

    traces: list[TraceRow | TraceRowWithSpans]


class TraceWithLogs(Answer):
    """A trace, and what was logged in it."""

    trace: JaegerTrace
    logs: list[LogLine]


class SeriesColumns(Answer):
    """The values of a series at each of the times; null where there is none."""

    labels: dict[str, str]
    values: list[float | None]


class Metrics(Answer):
    """A query's series over time; `cut` is how many were over the limit. For now there is one time,
    and no step."""

    step_s: float | None
    times: list[float]
    series: list[SeriesColumns]
    cut: int


class Exemplar(Answer):
    """An observation that has a trace."""

    at_s: float
    value: float
    trace_id: str
