"""The recorder over HTTP: what it takes, what it refuses, what it answers and to whom."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.sdk.resources import Resource as SdkResource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from harness.errors import DrillError, StackFailed, UsageError
from harness.telemetry import otlp, recorder_app
from harness.telemetry.log_records import parse_line
from harness.telemetry.recorder import RecorderSettings, recorder_spec
from harness.telemetry.recorder_app import Memory, create_app
from harness.telemetry.recorder_client import RecorderClient
from harness.waiting import wait_until
from tests.unit.telemetry.conftest import free_port, serving
from tests.unit.telemetry.spans import START_NS, attribute, request, span, trace_id

TOKEN = "0123456789abcdef"
PROTOBUF = {"Content-Type": "application/x-protobuf"}
BOMB = gzip.compress(bytes(200 * 1024 * 1024), 1)
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def transport(memory: Memory) -> httpx.ASGITransport:
    return httpx.ASGITransport(create_app(memory, TOKEN))


@pytest.fixture
async def http(transport: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def client(transport: httpx.ASGITransport) -> AsyncIterator[RecorderClient]:
    async with RecorderClient("http://127.0.0.1", TOKEN, transport) as client:
        yield client


async def send(http: httpx.AsyncClient, body: bytes, **headers: str) -> httpx.Response:
    return await http.post("/v1/traces", content=body, headers=PROTOBUF | headers)


async def test_spans_come_plain_or_packed_and_are_found(
    http: httpx.AsyncClient, client: RecorderClient
) -> None:
    plain = await send(http, request(span(1, 1), service="gateway"))
    packed = gzip.compress(request(span(1, 2, parent=1, error=True), service="orders"))
    zipped = await send(http, packed, **{"Content-Encoding": "gzip"})
    assert plain.status_code == zipped.status_code == 200
    assert zipped.headers["content-type"] == "application/x-protobuf"
    ExportTraceServiceResponse.FromString(zipped.content)

    assert await client.services() == ["gateway", "orders"]
    assert await client.operations("orders") == ["GET /orders"]
    found = await client.trace(trace_id(1))
    assert found is not None
    assert [item["spanID"] for item in found["spans"]] == [f"{1:016x}", f"{2:016x}"]
    listed = await client.traces(service="orders", tags={"error": "true"}, min_duration_ms=5)
    assert [trace["traceID"] for trace in listed] == [trace_id(1)]
    assert await client.traces(service="gateway", tags={"error": "true"}) == []


async def test_jaegers_answers_have_the_shape_that_grafana_reads(http: httpx.AsyncClient) -> None:
    await send(http, request(span(1, 1), span(1, 2, parent=1, tags={"a": "b"})))
    services = (await http.get("/api/services", headers=AUTHORIZED)).json()
    assert services == {"data": ["orders"], "errors": None, "limit": 0, "offset": 0, "total": 1}
    answer = (await http.get(f"/api/traces/{trace_id(1)}", headers=AUTHORIZED)).json()
    child = answer["data"][0]["spans"][1]
    assert child["references"] == [
        {"refType": "CHILD_OF", "traceID": trace_id(1), "spanID": f"{1:016x}"}
    ]
    assert (child["duration"], child["startTime"]) == (10_000, 1_790_000_000 * 10**6)
    assert {"key": "a", "type": "string", "value": "b"} in child["tags"]
    process = answer["data"][0]["processes"][child["processID"]]
    assert process["serviceName"] == "orders"
    assert process["tags"] == [{"key": "service.version", "type": "string", "value": "5.2.3"}]


async def test_a_trace_that_is_not_kept_is_404_and_none(
    http: httpx.AsyncClient, client: RecorderClient
) -> None:
    missing = await http.get(f"/api/traces/{trace_id(7)}", headers=AUTHORIZED)
    assert missing.status_code == 404
    assert await client.trace(trace_id(7)) is None
    assert await client.summary("../../metrics") is None


@pytest.mark.parametrize(
    "path", ["/api/services", "/api/services/x/operations", "/api/traces", "/api/traces/1",
             "/traces/1/summary", "/logs", "/", "/healthz/", "//healthz", "/metrics/x"],
)  # fmt: skip
async def test_without_the_token_nothing_is_told(http: httpx.AsyncClient, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        refused = await http.get(path, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
    assert (await http.get(path, headers=AUTHORIZED)).status_code != 401


async def test_health_metrics_and_otlp_need_no_token(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    await send(http, request(span(1, 1)))
    metrics = (await http.get("/metrics")).text
    assert 'recorder_kept{kind="spans"} 1.0' in metrics
    assert 'recorder_received_total{kind="spans"} 1.0' in metrics


async def test_a_foreign_host_name_is_refused(http: httpx.AsyncClient) -> None:
    refused = await http.get("/healthz", headers={"Host": "rebound.example"})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"\xff\xff\xff", PROTOBUF, 400),
        (b"not gzip", PROTOBUF | {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(request(span(1, 1)))[:-9], PROTOBUF | {"Content-Encoding": "gzip"}, 400),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"x", PROTOBUF | {"Content-Encoding": "br"}, 415),
        (b"x" * (otlp.BODY_BYTES_MAX + 1), PROTOBUF, 413),
        (BOMB, PROTOBUF | {"Content-Encoding": "gzip"}, 413),
    ],
    ids=["garbage", "no gzip", "cut gzip", "text", "brotli", "too large", "bomb"],
)  # fmt: skip
async def test_a_bad_body_is_refused_and_changes_nothing(
    http: httpx.AsyncClient, memory: Memory, body: bytes, headers: dict[str, str], status: int
) -> None:
    refused = await http.post("/v1/traces", content=body, headers=headers)
    assert refused.status_code == status
    assert len(memory.traces) == 0


async def test_a_body_that_does_not_come_is_given_up(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_app, "BODY_TIMEOUT_S", 0.05)

    async def never() -> AsyncIterator[bytes]:
        yield b"\n"
        await asyncio.Event().wait()

    answer = await http.post("/v1/traces", content=never(), headers=PROTOBUF)
    assert answer.status_code == 408


async def test_spans_without_proper_ids_or_too_large_are_refused_and_counted(
    http: httpx.AsyncClient, memory: Memory
) -> None:
    nameless = span(1, 1)
    nameless.trace_id = b"short"
    huge = span(2, 1, tags={"q": "x" * otlp.SPAN_BYTES_MAX})
    answer = await send(http, request(nameless, huge, span(3, 1)))
    told = ExportTraceServiceResponse.FromString(answer.content)
    assert told.partial_success.rejected_spans == 2
    assert memory.traces.spans == 1


@pytest.mark.parametrize(
    "params",
    [
        {"tags": "{"},
        {"tags": "[]"},
        {"minDuration": "fast"},
        {"limit": "0"},
        {"start": "-1"},
        {"minDuration": "5"},
        {"maxDuration": "1h30"},
        {"tag": "error"},
        {"tag": ":x"},
        {"traceID": "xyz"},
        {"traceID": "0" * 33},
    ],
)
async def test_a_query_that_makes_no_sense_is_400_and_names_the_parameter(
    http: httpx.AsyncClient, params: dict[str, str]
) -> None:
    refused = await http.get("/api/traces", params=params, headers=AUTHORIZED)
    assert refused.status_code == 400
    assert next(iter(params)) in refused.json()["detail"]


async def test_logs_come_by_otlp_too(http: httpx.AsyncClient, client: RecorderClient) -> None:
    entry = LogRecord(
        time_unix_nano=1_790_000_000 * 10**9,
        severity_text="ERROR",
        body=AnyValue(string_value="no connection"),
        trace_id=bytes.fromhex(trace_id(1)),
        attributes=[attribute("pool_size", "10")],
    )
    resource = Resource(attributes=[attribute("service.name", "payments")])
    logs = ResourceLogs(resource=resource, scope_logs=[ScopeLogs(log_records=[entry])])
    body = ExportLogsServiceRequest(resource_logs=[logs]).SerializeToString()
    assert (await http.post("/v1/logs", content=body, headers=PROTOBUF)).status_code == 200
    (found,) = await client.logs(trace_id=trace_id(1))
    assert (found["service"], found["level"], found["event"], found["pool_size"]) == (
        "payments", "ERROR", "no connection", "10",
    )  # fmt: skip
    assert found["timestamp"] == "2026-09-21T14:13:20.000Z"


async def test_logs_are_followed_by_their_number(memory: Memory, client: RecorderClient) -> None:
    for text in (b"one", b"two", b'{"event": "half \\ud800 a pair", "level": "ERROR"}'):
        found = parse_line(memory.logs.next_seq(), "orders", text, 1_790_000_000_000)
        assert found is not None
        memory.logs.add(found)
    assert [record["event"] for record in await client.logs(after="1", limit=1)] == [
        "half \ud800 a pair"
    ]
    assert [record["seq"] for record in await client.logs(after="1")] == [2, 3]
    assert len(await client.logs(level="error", service="orders", since="2026-01-01")) == 1
    with pytest.raises(UsageError, match="level"):
        await client.logs(level="loud")


async def test_a_summary_tells_what_repeats_fails_and_takes_long(
    http: httpx.AsyncClient, client: RecorderClient
) -> None:
    statements = [
        span(1, 10 + n, parent=1, name="SELECT orders", kind=3, start_ms=n, duration_ms=2,
             tags={"db.query.text": "SELECT 1"})
        for n in range(100)
    ]  # fmt: skip
    await send(http, request(span(1, 1, duration_ms=300), *statements))
    await send(http, request(span(1, 2, parent=1, error=True, start_ms=200), service="c"))
    summary = await client.summary(trace_id(1))
    assert summary is not None
    assert summary["root"]["operation"] == "GET /orders"
    assert (summary["duration_ms"], summary["span_count"], summary["statements"]) == (300, 102, 100)
    assert summary["service_path"] == ["orders", "c"]
    assert summary["repeated"] == [
        {"service": "orders", "operation": "SELECT orders", "count": 100, "total_ms": 200.0}
    ]
    assert summary["errors"][0]["message"] == "it failed"


async def test_a_wrong_token_and_an_absent_recorder_have_errors_of_their_own(
    transport: httpx.ASGITransport,
) -> None:
    async with RecorderClient("http://127.0.0.1", "wrong", transport) as client:
        with pytest.raises(DrillError, match="401"):
            await client.services()
    async with RecorderClient(f"http://127.0.0.1:{free_port()}", TOKEN) as client:
        with pytest.raises(StackFailed, match="does not answer"):
            await client.services()


@pytest.mark.live
async def test_the_real_sdk_exports_to_it_with_gzip(memory: Memory) -> None:
    async with serving(create_app(memory, TOKEN)) as port:
        exporter = OTLPSpanExporter(
            endpoint=f"http://127.0.0.1:{port}/v1/traces", compression=Compression.Gzip
        )
        provider = TracerProvider(
            resource=SdkResource.create({"service.name": "payments", "service.version": "2.4.1"}),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(SimpleSpanProcessor(exporter))

        def call() -> str:
            tracer = provider.get_tracer("test")
            with tracer.start_as_current_span("POST /charges", kind=SpanKind.SERVER) as outer:
                with tracer.start_as_current_span("POST provider", kind=SpanKind.CLIENT) as peer:
                    peer.record_exception(ConnectionError("handshake timed out"))
                    peer.set_status(StatusCode.ERROR)
                return format(outer.get_span_context().trace_id, "032x")

        called = await asyncio.to_thread(call)
        await asyncio.to_thread(provider.shutdown)
    trace = memory.traces.get(called)
    assert trace is not None
    server, peer = trace.spans
    assert (server.service, server.version, server.kind) == ("payments", "2.4.1", "server")
    assert (peer.kind, peer.error, peer.parent_id) == ("client", True, server.span_id)
    assert peer.events[0].attributes["exception.message"] == "handshake timed out"


@pytest.mark.live
async def test_the_process_serves_follows_logs_and_ends_on_a_signal(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN)
    spec = recorder_spec(
        RecorderSettings(tmp_path, port=free_port(), token_file=token_file, services=("users",))
    )
    assert TOKEN not in " ".join((*spec.argv, *spec.env.values()))
    process = await asyncio.create_subprocess_exec(*spec.argv, env=dict(spec.env), cwd=spec.cwd)
    url = str(spec.ready_url).removesuffix("/healthz")
    try:
        async with RecorderClient(url, TOKEN) as client:

            async def first_line() -> list[dict[str, object]]:
                try:
                    return await client.logs(service="users")
                except StackFailed:
                    return []

            line = json.dumps({"event": "profile read", "trace_id": trace_id(1)}) + "\n"
            (tmp_path / "logs" / "users.jsonl").write_text(line)
            (tmp_path / "logs" / "guardian.jsonl").write_text("ours\n")
            (found,) = await wait_until(first_line, timeout_s=15, what="the first log line")
            assert found["event"] == "profile read"
            assert len(await client.logs()) == 1
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 5)


def test_an_empty_token_file_stops_it_from_starting(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\n")
    spec = recorder_spec(RecorderSettings(tmp_path, free_port(), tmp_path / "token", ()))
    done = subprocess.run(
        [sys.executable, *spec.argv[1:]],
        cwd=spec.cwd,
        env=dict(spec.env),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert "no token in it" in done.stderr


async def test_traces_are_found_by_when_they_began(
    http: httpx.AsyncClient, client: RecorderClient
) -> None:
    await send(http, request(span(1, 1), span(2, 1, start_ms=5_000), span(3, 1, start_ms=10_000)))
    first = datetime.fromtimestamp(START_NS / 1e9, UTC)
    found = await client.traces(
        begin=first + timedelta(seconds=4), end=first + timedelta(seconds=6)
    )
    assert [trace["traceID"] for trace in found] == [trace_id(2)]
    assert len(await client.traces()) == 3
