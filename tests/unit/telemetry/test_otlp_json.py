"""OTLP as JSON, as curl, browsers and collectors send it; values that are more than a scalar."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from harness.telemetry.log_records import LogRecord
from harness.telemetry.log_store import LogQuery
from harness.telemetry.recorder_app import Memory, create_app

TRACE, SPAN, PARENT = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "eee19b7ec3c1b173"
AS_JSON = {"Content-Type": "application/json; charset=utf-8"}
START = "1790000000000000000"
RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "batch"}}]}


def text(value: str) -> dict[str, str]:
    return {"stringValue": value}


def array(*values: Any) -> dict[str, Any]:
    return {"arrayValue": {"values": list(values)}}


def mapping(**values: Any) -> dict[str, Any]:
    pairs = [{"key": key, "value": value} for key, value in values.items()]
    return {"kvlistValue": {"values": pairs}}


def spans(**changes: Any) -> dict[str, Any]:
    span = {
        "traceId": TRACE.upper(),
        "spanId": SPAN,
        "parentSpanId": PARENT,
        "name": "nightly",
        "kind": 2,
        "startTimeUnixNano": START,
        "endTimeUnixNano": 1_790_000_000_250_000_000,
        "status": {"code": 2, "message": "it failed"},
        "attributes": [{"key": "rows", "value": {"intValue": "12"}}],
        "links": [{"traceId": TRACE, "spanId": PARENT}],
        "fieldOfALaterVersion": {"x": 1},
    } | changes
    return {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"spans": [span]}]}]}


def logs(**changes: Any) -> dict[str, Any]:
    record = {"timeUnixNano": START, "traceId": TRACE, "spanId": SPAN, "body": text("told")}
    return {
        "resourceLogs": [{"resource": RESOURCE, "scopeLogs": [{"logRecords": [record | changes]}]}]
    }


def newest(memory: Memory) -> LogRecord:
    (record,) = memory.logs.find(LogQuery(limit=1))
    return record


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def http(memory: Memory) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(memory, "token"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def send(http: httpx.AsyncClient, path: str, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await http.post(path, content=content, headers=AS_JSON | headers)


async def test_a_span_comes_as_json_with_hexadecimal_ids(
    http: httpx.AsyncClient, memory: Memory
) -> None:
    answer = await send(http, "/v1/traces", spans())
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["content-type"] == "application/json"
    trace = memory.traces.get(TRACE)
    assert trace is not None
    (span,) = trace.spans
    assert (span.span_id, span.parent_id) == (SPAN, PARENT)
    assert (span.service, span.operation, span.kind) == ("batch", "nightly", "server")
    assert (span.start_ns, span.duration_ns, span.error) == (int(START), 250_000_000, True)
    assert span.attributes == {"rows": 12, "otel.status_description": "it failed"}


async def test_it_may_be_packed(http: httpx.AsyncClient, memory: Memory) -> None:
    packed = gzip.compress(json.dumps(spans()).encode())
    answer = await send(http, "/v1/traces", packed, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 200
    assert memory.traces.spans == 1


@pytest.mark.parametrize("spoilt", [{"traceId": "short"}, {"spanId": "zz" * 8}, {"traceId": ""}])
async def test_an_id_that_is_none_is_refused_and_counted_in_json(
    http: httpx.AsyncClient, memory: Memory, spoilt: dict[str, str]
) -> None:
    answer = await send(http, "/v1/traces", spans(**spoilt))
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"
    assert memory.traces.spans == 0


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs"])
@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"7", b"null", b"{", b"\xff\xfe", b"[" * 100_000,
        b'{"resourceSpans": 5, "resourceLogs": 5}',
        b'{"resourceSpans": [7], "resourceLogs": [7]}',
        b'{"resourceSpans": {"scopeSpans": 1}, "resourceLogs": {"scopeLogs": 1}}',
        b'{"resourceSpans": [{"scopeSpans": [{"spans": ["x"]}]}]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": ["x"]}]}]}',
        json.dumps(spans(startTimeUnixNano="soon") | logs(timeUnixNano="soon")).encode(),
        json.dumps(spans(startTimeUnixNano=2**64) | logs(timeUnixNano=2**64)).encode(),
        json.dumps(spans(traceId=5, links=[5]) | logs(traceId=5)).encode(),
        json.dumps(spans(attributes={"a": 1}) | logs(attributes={"a": 1})).encode(),
    ],
)  # fmt: skip
async def test_what_is_not_otlp_is_400_and_changes_nothing(
    http: httpx.AsyncClient, memory: Memory, path: str, body: bytes
) -> None:
    answer = await send(http, path, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"]
    assert memory.traces.spans == memory.logs.last_seq == 0


@pytest.mark.parametrize(
    ("number", "said", "level"),
    [
        (1, "", "DEBUG"), (8, "", "DEBUG"), (9, "", "INFO"), (12, "", "INFO"),
        (13, "", "WARNING"), (17, "", "ERROR"), (20, "", "ERROR"), (21, "", "CRITICAL"),
        (24, "", "CRITICAL"), (17, "Fehler", "ERROR"), (13, "notice", "WARNING"),
        (0, "ERROR", "ERROR"), (99, "warn", "WARNING"), (0, "", "INFO"),
    ],
)  # fmt: skip
async def test_severity_is_read_by_its_number_and_by_its_text_without_one(
    http: httpx.AsyncClient, memory: Memory, number: int, said: str, level: str
) -> None:
    await send(http, "/v1/logs", logs(severityNumber=number, severityText=said))
    assert newest(memory).level == level


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (array(text("a"), {"intValue": "2"}, {"boolValue": True}), '["a", 2, true]'),
        (mapping(a=text("ä"), b=mapping(c={"doubleValue": 1.5})), '{"a": "ä", "b": {"c": 1.5}}'),
        (array(), "[]"),
        (array({"doubleValue": "NaN"}), '["nan"]'),
        ({"bytesValue": "AAEC"}, "AAEC"),
        ({}, ""),
        ({"doubleValue": "Infinity"}, "inf"),
        ({"boolValue": False}, False),
    ],
)  # fmt: skip
async def test_arrays_and_maps_are_kept_as_json_in_attributes_and_bodies(
    http: httpx.AsyncClient, memory: Memory, value: dict[str, Any], kept: Any
) -> None:
    attributes = [{"key": "what", "value": value}]
    await send(http, "/v1/traces", spans(attributes=attributes, status={}))
    trace = memory.traces.get(TRACE)
    assert trace is not None
    assert trace.spans[0].attributes == {"what": kept}
    await send(http, "/v1/logs", logs(attributes=attributes, body=value))
    record = newest(memory).to_json()
    assert (record["what"], record["event"]) == (kept, str(kept))
