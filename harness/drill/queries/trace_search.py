"""Traces: found as rows of a list, or one of them with its log lines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from harness.drill.session import Session
from harness.errors import UsageError
from harness.telemetry.jaeger import JaegerTrace, from_jaeger
from harness.telemetry.summary import message
from harness.telemetry.traces import Trace

REASON_CHARS_MAX = 300


async def search_traces(
    session: Session,
    *,
    service: str | None,
    operation: str | None,
    min_duration_ms: float | None,
    errors: bool,
    begin_s: float | None,
    end_s: float | None,
    limit: int,
    with_spans: bool = False,
) -> list[dict[str, Any]]:
    """The newest traces in which a span of `service` is all that was asked for, newest first: what
    each was, how long it took, and whom it passed.

    `begin_s` and `end_s` (seconds since 1970) bound the start of the trace. `with_spans` adds to
    each row the `trace` itself, in Jaeger's form. Raises UnknownName for the service.
    """
    if service is not None:
        session.spec.require_service(service)
    found = await session.services.recorder.traces(
        service=service,
        operation=operation,
        min_duration_ms=min_duration_ms,
        tags={"error": "true"} if errors else None,
        begin=_moment(begin_s),
        end=_moment(end_s),
        limit=limit,
    )
    return [_row(trace) | ({"trace": trace} if with_spans else {}) for trace in found]


async def trace(session: Session, trace_id: str) -> dict[str, Any]:
    """One trace in Jaeger's form, with its log lines. Raises UsageError where it is not kept."""
    found = await session.services.recorder.trace(trace_id)
    if found is None:
        raise UsageError(
            f"no trace {trace_id[:64]}",
            "old traces are dropped; list recent ones: drill trace",
        )
    records = await session.services.recorder.logs(trace_id=trace_id, limit=100)
    records.sort(key=lambda record: str(record.get("timestamp", "")))
    return {"trace": found, "logs": records}


async def operations(session: Session, service: str) -> list[str]:
    """What a service was asked to do, such as `GET /orders`. Raises UnknownName."""
    session.spec.require_service(service)
    return sorted(await session.services.recorder.operations(service))


def _row(data: JaegerTrace) -> dict[str, Any]:
    trace = from_jaeger(data)
    root = trace.roots()[0] if trace.spans else None
    return {
        "trace_id": trace.trace_id,
        "start_ms": trace.start_ns / 1e6,
        "duration_ms": trace.duration_ns / 1e6,
        "spans": len(trace.spans),
        "failed": sum(1 for span in trace.spans if span.error),
        "service": root.service if root else "",
        "operation": root.operation if root else "",
        "reason": _reason(trace),
        "services": list(dict.fromkeys(span.service for span in trace.spans)),
    }


def _reason(trace: Trace) -> str:
    """Why it failed: what the failed call that began last says, which is the closest to where it
    comes from."""
    said = (message(span) for span in reversed(trace.spans) if span.error)
    return next((text for text in said if text), "")[:REASON_CHARS_MAX]


def _moment(at_s: float | None) -> datetime | None:
    if at_s is None:
        return None
    try:
        return datetime.fromtimestamp(at_s, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"{at_s:g} is not a time", "give seconds since 1970") from error
