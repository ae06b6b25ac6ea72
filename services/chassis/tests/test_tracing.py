"""Spans: one for a request, one for a statement, one for a call; all in one trace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from aiohttp import web
from fastapi import APIRouter
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import text

from services.chassis.app import create_service
from services.chassis.db import Database
from services.chassis.http import PeerClient
from services.chassis.settings import ServiceSettings
from services.chassis.span_export import encoded
from services.chassis.testing import FakePeer, fake_peer, running, until
from services.chassis.tracing import start_tracing, stop_tracing

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SAMPLED = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}
UNSAMPLED = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-00"}


async def answer_empty(_request: web.Request) -> web.Response:
    return web.json_response({})


@pytest.fixture
async def peer() -> AsyncIterator[FakePeer]:
    async with fake_peer({("GET", "/ok"): answer_empty}) as peer:
        yield peer


@pytest.fixture
def exporter(settings: ServiceSettings) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    start_tracing(settings, SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
async def client(
    exporter: InMemorySpanExporter,
    settings: ServiceSettings,
    fresh_database: Callable[[str], str],
    peer: FakePeer,
) -> AsyncIterator[httpx.AsyncClient]:
    db = Database(fresh_database("users"), pool_size=2)
    calls = PeerClient("peer", peer.url, connect_timeout_ms=500, read_timeout_ms=500)
    router = APIRouter()

    @router.get("/users/{user_id}")
    async def get_user(user_id: int) -> None:
        async with db.session() as session:
            await session.execute(
                text("SELECT name FROM users WHERE email = :email"), {"email": "ann@secret"}
            )
        await calls.get("/ok")

    @router.get("/broken")
    async def fail() -> None:
        async with db.session() as session:
            await session.execute(text("SELECT nothing FROM nowhere"))

    app = create_service(settings, routers=[router], resources=[db.resource, calls.resource])
    async with running(app) as client:
        yield client


def by_kind(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


async def test_a_request_its_statement_and_its_call_make_three_spans_of_one_trace(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter, peer: FakePeer
) -> None:
    await client.get("/users/7", headers=SAMPLED)
    spans = by_kind(exporter)
    assert set(spans) == {"GET /users/{user_id}", "SELECT users", "GET peer"}
    assert len(exporter.get_finished_spans()) == 3, "and none is doubled"
    assert {f"{span.context.trace_id:032x}" for span in spans.values()} == {TRACE_ID}
    server = spans["GET /users/{user_id}"]
    assert server.kind is SpanKind.SERVER
    assert server.attributes is not None
    assert server.attributes["http.route"] == "/users/{user_id}"
    assert server.attributes["http.response.status_code"] == 200
    for name in ("SELECT users", "GET peer"):
        parent = spans[name].parent
        assert parent is not None
        assert parent.span_id == server.context.span_id
    outgoing = spans["GET peer"].context
    assert peer.seen[0].headers["traceparent"] == f"00-{TRACE_ID}-{outgoing.span_id:016x}-01"


async def test_a_statement_is_told_without_its_values(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter
) -> None:
    await client.get("/users/7", headers=SAMPLED)
    attributes = by_kind(exporter)["SELECT users"].attributes
    assert attributes is not None
    assert attributes["db.system"] == "postgresql"
    assert str(attributes["db.query.text"]).startswith("SELECT name FROM users")
    assert "secret" not in str(dict(attributes))


async def test_errors_are_marked(client: httpx.AsyncClient, exporter: InMemorySpanExporter) -> None:
    await client.get("/broken", headers=SAMPLED)
    spans = by_kind(exporter)
    assert spans["GET /broken"].status.status_code is StatusCode.ERROR
    assert spans["SELECT nowhere"].status.status_code is StatusCode.ERROR


async def test_a_trace_that_the_caller_does_not_keep_is_passed_on_and_not_kept(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter, peer: FakePeer
) -> None:
    await client.get("/users/7", headers=UNSAMPLED)
    assert exporter.get_finished_spans() == ()
    traceparent = peer.seen[0].headers["traceparent"]
    assert traceparent.split("-")[1] == TRACE_ID
    assert traceparent.endswith("-00")


async def test_health_makes_no_spans(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter
) -> None:
    await client.get("/healthz", headers=SAMPLED)
    await client.get("/metrics", headers=SAMPLED)
    assert exporter.get_finished_spans() == ()


async def test_a_span_is_encoded_as_the_sdk_itself_would(
    client: httpx.AsyncClient, exporter: InMemorySpanExporter
) -> None:
    await client.get("/users/7", headers=SAMPLED)
    await client.get("/broken")
    spans = exporter.get_finished_spans()
    assert len(spans) == 5
    assert ExportTraceServiceRequest.FromString(encoded(spans)) == encode_spans(spans)


async def test_spans_are_exported_as_protobuf(sample_router: APIRouter) -> None:
    received: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        assert request.content_type == "application/x-protobuf"
        received.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response(content_type="application/x-protobuf")

    collector = web.Application()
    collector.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(collector, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    settings = ServiceSettings(
        service_name="sample",
        service_version="1.2.3",
        otel_exporter_otlp_endpoint=f"http://127.0.0.1:{runner.addresses[0][1]}",
    )

    async def has_arrived() -> bool:
        return bool(received)

    try:
        async with running(create_service(settings, routers=[sample_router])) as client:
            await client.get("/items/1")
            await until(has_arrived)
    finally:
        await runner.cleanup()
    resource = received[0].resource_spans[0]
    attributes = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
    assert (attributes["service.name"], attributes["service.version"]) == ("sample", "1.2.3")
    assert resource.scope_spans[0].spans[0].name == "GET /items/{item_id}"


async def test_a_collector_that_is_away_disturbs_nothing(
    sample_router: APIRouter, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ServiceSettings(
        service_name="sample", otel_exporter_otlp_endpoint="http://127.0.0.1:9"
    )
    async with running(create_service(settings, routers=[sample_router])) as client:
        assert (await client.get("/items/1")).status_code == 200
    assert "ERROR" not in capsys.readouterr().out


def test_stopping_twice_is_harmless() -> None:
    stop_tracing()
    stop_tracing()
