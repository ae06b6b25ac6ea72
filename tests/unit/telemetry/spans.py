"""Spans for tests: as OTLP bodies, made without the SDK so that anything can be in them."""

from __future__ import annotations

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

MS = 1_000_000
START_NS = 1_790_000_000 * 10**9


def trace_id(number: int) -> str:
    return f"{number:032x}"


def span(
    number: int,
    span_number: int,
    *,
    parent: int | None = None,
    name: str = "GET /orders",
    start_ms: float = 0,
    duration_ms: float = 10,
    error: bool = False,
    kind: int = 2,
    tags: dict[str, str] | None = None,
) -> Span:
    """A span of trace `number`; `start_ms` after START_NS."""
    start_ns = START_NS + int(start_ms * MS)
    return Span(
        trace_id=bytes.fromhex(trace_id(number)),
        span_id=span_number.to_bytes(8, "big"),
        parent_span_id=b"" if parent is None else parent.to_bytes(8, "big"),
        name=name,
        kind=kind,
        start_time_unix_nano=start_ns,
        end_time_unix_nano=start_ns + int(duration_ms * MS),
        status=Status(code=2, message="it failed") if error else Status(),
        attributes=[attribute(key, value) for key, value in (tags or {}).items()],
    )


def attribute(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def request(*spans: Span, service: str = "orders", version: str = "5.2.3") -> bytes:
    """The body of an export by one service."""
    resource = Resource(
        attributes=[attribute("service.name", service), attribute("service.version", version)]
    )
    message = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=resource, scope_spans=[ScopeSpans(spans=spans)])]
    )
    body: bytes = message.SerializeToString()
    return body
