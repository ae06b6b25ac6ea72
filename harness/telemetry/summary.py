"""What a trace amounts to, in one small answer."""

from __future__ import annotations

from typing import Any

from harness.telemetry.traces import Span, Trace

REPEATED_MIN = 5
LISTED_MAX = 10


def summarise(trace: Trace) -> dict[str, Any]:
    """Figures of a trace as JSON: durations in ms, times in ms since the epoch.

    `repeated` lists siblings that are the same operation, at least REPEATED_MIN of them, most
    first; `statements` counts spans that carry a SQL statement; `service_path` is the order in
    which services were first reached.
    """
    groups = [group for _, group in trace.folded()]
    repeated = sorted(
        (group for group in groups if len(group) >= REPEATED_MIN), key=len, reverse=True
    )
    errors = [span for span in trace.spans if span.error]
    by_duration = sorted(trace.spans, key=lambda span: span.duration_ns, reverse=True)
    return {
        "trace_id": trace.trace_id,
        "start_ms": trace.start_ns // 1_000_000,
        "duration_ms": _ms(trace.duration_ns),
        "root": _brief(trace.roots()[0]) if trace.spans else None,
        "service_path": list(dict.fromkeys(span.service for span in trace.spans)),
        "span_count": len(trace.spans),
        "dropped_spans": trace.dropped_spans,
        "error_count": len(errors),
        "errors": [_brief(span) | {"message": message(span)} for span in errors[:LISTED_MAX]],
        "statements": sum(1 for span in trace.spans if "db.query.text" in span.attributes),
        "slowest": [_brief(span) for span in by_duration[:LISTED_MAX]],
        "repeated": [
            {
                "service": group[0].service,
                "operation": group[0].operation,
                "count": len(group),
                "total_ms": _ms(sum(span.duration_ns for span in group)),
            }
            for group in repeated[:LISTED_MAX]
        ],
    }


def message(span: Span) -> str:
    """Why a span failed, as far as it says so."""
    for event in span.events:
        if "exception.message" in event.attributes:
            kind = event.attributes.get("exception.type", "error")
            return f"{kind}: {event.attributes['exception.message']}"
    for name in ("otel.status_description", "error.type", "http.response.status_code"):
        if name in span.attributes:
            return str(span.attributes[name])
    return ""


def _brief(span: Span) -> dict[str, Any]:
    return {
        "service": span.service,
        "version": span.version,
        "operation": span.operation,
        "duration_ms": _ms(span.duration_ns),
    }


def _ms(duration_ns: int) -> float:
    return round(duration_ns / 1_000_000, 3)
