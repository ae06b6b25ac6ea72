"""OTLP over HTTP: bounded bodies in, spans and log records out.

A span is kept as the bytes that it arrived in, with the few fields that searching needs. That is
a fifth of the memory of parsed objects, and parsing one again takes microseconds.
"""

from __future__ import annotations

import base64
import json
import math
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from harness.telemetry.otlp_json import BadJson, parse_json
from harness.telemetry.traces import AttributeValue, Span, SpanEvent

BODY_BYTES_MAX = 8 * 1024 * 1024
SPAN_BYTES_MAX = 64 * 1024
NAME_CHARS_MAX = 200
VALUE_CHARS_MAX = 8 * 1024

STATUS_ERROR = 2
KINDS = ("internal", "internal", "server", "client", "producer", "consumer")
SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
"""Four numbers each, from 1."""


class BadBody(ValueError):
    """A body that is not what it says it is."""


class BodyTooLarge(ValueError):
    """A body of more than BODY_BYTES_MAX, as sent or unpacked."""


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """A span as it arrived, with what searching needs."""

    trace_id: str
    service: str
    version: str
    operation: str
    start_ns: int
    duration_ns: int
    error: bool
    kind: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class OtlpLog:
    """A log record that came by OTLP."""

    service: str
    at_ns: int
    level: str
    event: str
    trace_id: str
    span_id: str
    attributes: dict[str, AttributeValue]


def gunzip(body: bytes) -> bytes:
    """Unpack gzip. Raises BodyTooLarge before the limit is passed in memory, and BadBody."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, BODY_BYTES_MAX + 1)
    except zlib.error as error:
        raise BadBody(f"not gzip: {error}") from error
    if len(plain) > BODY_BYTES_MAX:
        raise BodyTooLarge
    if not unpacker.eof:
        raise BadBody("the gzip data ends too early")
    return plain


def split_spans(body: bytes, *, is_json: bool = False) -> tuple[list[StoredSpan], int]:
    """The spans of an ExportTraceServiceRequest, and how many were refused. Raises BadBody."""
    request = _parse(ExportTraceServiceRequest, body, is_json)
    kept: list[StoredSpan] = []
    refused = 0
    for resource_spans in request.resource_spans:
        service, version = _resource(resource_spans.resource)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                raw = span.SerializeToString()
                if len(span.trace_id) != 16 or len(span.span_id) != 8 or len(raw) > SPAN_BYTES_MAX:
                    refused += 1
                    continue
                kept.append(_stored(span, raw, service, version))
    return kept, refused


def read_span(stored: StoredSpan) -> Span:
    """The whole span."""
    span = ProtoSpan.FromString(stored.raw)
    return Span(
        trace_id=stored.trace_id,
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        service=stored.service,
        version=stored.version,
        operation=stored.operation,
        kind=stored.kind,
        start_ns=stored.start_ns,
        duration_ns=stored.duration_ns,
        error=stored.error,
        attributes=_with_status(_attributes(span.attributes), span.status.message),
        events=tuple(
            SpanEvent(event.time_unix_nano, event.name, _attributes(event.attributes))
            for event in span.events
        ),
    )


def split_logs(body: bytes, *, is_json: bool = False) -> list[OtlpLog]:
    """The records of an ExportLogsServiceRequest. Raises BadBody."""
    request = _parse(ExportLogsServiceRequest, body, is_json)
    return [
        OtlpLog(
            service=_resource(resource_logs.resource)[0],
            at_ns=record.time_unix_nano or record.observed_time_unix_nano,
            level=_level(record.severity_number, record.severity_text),
            event=str(_value(record.body)),
            trace_id=record.trace_id.hex(),
            span_id=record.span_id.hex(),
            attributes=_attributes(record.attributes),
        )
        for resource_logs in request.resource_logs
        for scope_logs in resource_logs.scope_logs
        for record in scope_logs.log_records
    ]


def _parse(kind: Any, body: bytes, is_json: bool) -> Any:
    try:
        return parse_json(kind, body) if is_json else kind.FromString(body)
    except BadJson as error:
        raise BadBody(str(error)) from error
    except DecodeError as error:
        raise BadBody(f"not a {kind.DESCRIPTOR.name}") from error


def _stored(span: Any, raw: bytes, service: str, version: str) -> StoredSpan:
    return StoredSpan(
        trace_id=span.trace_id.hex(),
        service=service,
        version=version,
        # The same few names come again and again: keep each once.
        operation=sys.intern(span.name[:NAME_CHARS_MAX]),
        start_ns=span.start_time_unix_nano,
        duration_ns=max(0, span.end_time_unix_nano - span.start_time_unix_nano),
        error=span.status.code == STATUS_ERROR,
        kind=KINDS[span.kind] if 0 <= span.kind < len(KINDS) else KINDS[0],
        raw=raw,
    )


def _level(number: int, text: str) -> str:
    """The number says it in all languages; the text is whatever the library calls it."""
    if 1 <= number <= 4 * len(SEVERITIES):
        return SEVERITIES[(number - 1) // 4]
    return text


def _resource(resource: Any) -> tuple[str, str]:
    named = {item.key: item.value.string_value for item in resource.attributes}
    service = named.get("service.name") or "unknown"
    version = named.get("service.version", "")
    return sys.intern(service[:NAME_CHARS_MAX]), sys.intern(version[:NAME_CHARS_MAX])


def _with_status(attributes: dict[str, AttributeValue], message: str) -> dict[str, AttributeValue]:
    return {**attributes, "otel.status_description": message} if message else attributes


def _attributes(items: Iterable[Any]) -> dict[str, AttributeValue]:
    return {item.key: _value(item.value) for item in items}


def _value(value: Any) -> AttributeValue:
    """A scalar as it is; an array or a map as JSON text."""
    plain = _plain(value)
    if isinstance(plain, list | dict):
        plain = json.dumps(plain, ensure_ascii=False)
    return plain[:VALUE_CHARS_MAX] if isinstance(plain, str) else plain


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        return ""
    if kind == "array_value":
        return [_plain(one) for one in value.array_value.values]
    if kind == "kvlist_value":
        return {one.key: _plain(one.value) for one in value.kvlist_value.values}
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value).decode()
    plain = getattr(value, kind)
    # JSON has no word for NaN and infinity.
    return plain if isinstance(plain, str) or math.isfinite(plain) else str(plain)
