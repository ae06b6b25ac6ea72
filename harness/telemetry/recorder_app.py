"""The recorder's HTTP interface.

Open to the shop and to Prometheus: `/v1/traces`, `/v1/logs` (OTLP), `/metrics`, `/healthz`. All
other paths want the bearer token: Jaeger's query API, `/logs` and `/traces/{id}/summary`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from google.protobuf.json_format import MessageToJson  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.telemetry import otlp
from harness.telemetry.jaeger import (
    BadQuery,
    envelope,
    parse_period,
    parse_query,
    parse_trace_id,
    parse_trace_ids,
    to_jaeger,
)
from harness.telemetry.journal import Journal
from harness.telemetry.journal_window import JournalWindow
from harness.telemetry.log_records import LogRecord, from_otlp
from harness.telemetry.log_store import LogStore, parse_log_query, parse_until_ms
from harness.telemetry.recorder_metrics import exposition
from harness.telemetry.summary import summarise
from harness.telemetry.trace_store import TraceStore
from harness.telemetry.traces import Trace

OPEN_PATHS = frozenset({"/healthz", "/metrics", "/v1/traces", "/v1/logs"})
BODY_TIMEOUT_S = 10.0
PROTOBUF, JSON = "application/x-protobuf", "application/json"

Endpoint = Callable[[Request], Awaitable[Response]]


class Held(Protocol):
    """Traces and log lines that can be asked for."""

    traces: TraceStore
    logs: LogStore


@dataclass
class Memory:
    """What the recorder holds."""

    traces: TraceStore = field(default_factory=TraceStore)
    logs: LogStore = field(default_factory=LogStore)
    journal: Journal | None = None
    """Where it is written down for later, if anywhere."""

    def add_log(self, record: LogRecord) -> None:
        """Keep a record that has its number."""
        self.logs.add(record)
        if self.journal is not None:
            self.journal.log(record)


def create_app(memory: Memory, token: str, hosts: tuple[str, ...] = ()) -> Starlette:
    """The application. `hosts` are names it may be called by, besides this machine's own."""
    api = _Intake(memory)
    intake = [
        Route("/metrics", api.metrics),
        Route("/v1/traces", _refusing(api.take_traces), methods=["POST"]),
        Route("/v1/logs", _refusing(api.take_logs), methods=["POST"]),
    ]

    async def all_of_it(_until_ms: int | None) -> Held:
        return memory

    return _app(_Api(all_of_it), intake, token, hosts)


def create_review_app(window: JournalWindow, token: str) -> Starlette:
    """The same over what was kept of a drill: it takes nothing. `until`, in milliseconds since the
    epoch, is the moment that is asked about; what is later is read, and not shown."""
    return _app(_Api(window.around), [], token, ())


def _app(api: _Api, intake: list[Route], token: str, hosts: tuple[str, ...]) -> Starlette:
    return Starlette(
        routes=[
            Route("/healthz", api.health),
            *intake,
            Route("/api/services", _refusing(api.services)),
            Route("/api/services/{service}/operations", _refusing(api.operations)),
            Route("/api/operations", _refusing(api.operations_by_kind)),
            Route("/api/dependencies", _refusing(api.dependencies)),
            Route("/api/traces", _refusing(api.search)),
            Route("/api/traces/{trace_id}", _refusing(api.trace)),
            Route("/traces/{trace_id}/summary", _refusing(api.summary)),
            Route("/logs", _refusing(api.find_logs)),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", *hosts]),
            Middleware(RequireToken, token=token),
        ],
    )


class RequireToken:
    """Answers 401 unless the path is open or the bearer token is right."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                refusal = _problem(HTTPStatus.UNAUTHORIZED, "a bearer token is needed")
                refusal.headers["WWW-Authenticate"] = "Bearer"
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Intake:
    """What the shop sends, and what Prometheus asks."""

    def __init__(self, memory: Memory) -> None:
        self._memory, self._traces, self._logs = memory, memory.traces, memory.logs

    async def metrics(self, _request: Request) -> Response:
        content, content_type = exposition(self._traces, self._logs)
        return Response(content, headers={"Content-Type": content_type})

    async def take_traces(self, request: Request) -> Response:
        is_json = _is_json(request)
        body = await _body(request)
        spans, refused = otlp.split_spans(body, is_json=is_json)
        self._traces.add(spans)
        if self._memory.journal is not None:
            self._memory.journal.spans(body, is_json=is_json)
        answer = ExportTraceServiceResponse()
        if refused:
            answer.partial_success.rejected_spans = refused
            answer.partial_success.error_message = "ids of the wrong length, or too large"
        return _taken(answer, is_json)

    async def take_logs(self, request: Request) -> Response:
        now_ms, is_json = int(time.time() * 1000), _is_json(request)
        for log in otlp.split_logs(await _body(request), is_json=is_json):
            self._memory.add_log(from_otlp(self._logs.next_seq(), log, now_ms))
        return _taken(ExportLogsServiceResponse(), is_json)


class _Api:
    """What is asked of it."""

    def __init__(self, held: Callable[[int | None], Awaitable[Held]]) -> None:
        self._held = held

    async def _at(self, request: Request) -> Held:
        return await self._held(parse_until_ms(request.query_params))

    async def health(self, _request: Request) -> Response:
        return _json({"status": "ok"})

    async def services(self, request: Request) -> Response:
        return _json(envelope((await self._at(request)).traces.services()))

    async def operations(self, request: Request) -> Response:
        traces = (await self._at(request)).traces
        return _json(envelope(traces.operations(request.path_params["service"])))

    async def operations_by_kind(self, request: Request) -> Response:
        service = request.query_params.get("service", "")
        if not service:
            raise BadQuery("service: is missing")
        kind = request.query_params.get("spanKind", "").lower()
        found = (await self._at(request)).traces.operations_by_kind(service, kind)
        return _json(envelope([{"name": name, "spanKind": kind} for name, kind in found]))

    async def dependencies(self, request: Request) -> Response:
        begin_ns, end_ns = parse_period(request.query_params, now_ms=int(time.time() * 1000))
        calls = await (await self._at(request)).traces.dependencies(begin_ns, end_ns)
        return _json(
            envelope(
                [
                    {"parent": caller, "child": called, "callCount": count}
                    for (caller, called), count in sorted(calls.items())
                ]
            )
        )

    async def search(self, request: Request) -> Response:
        params, traces = request.query_params, (await self._at(request)).traces
        if wanted := parse_trace_ids(params.getlist("traceID")):
            kept = {one: trace for one in wanted if (trace := traces.get(one))}
            missing = [one for one in wanted if one not in kept]
            return _json(envelope([to_jaeger(trace) for trace in kept.values()], missing))
        found = await traces.search(parse_query(params, params.getlist("tag")))
        return _json(envelope([to_jaeger(trace) for trace in found]))

    async def trace(self, request: Request) -> Response:
        trace = await self._trace(request)
        # Not an empty list: Grafana's data source indexes the first element unchecked.
        return _no_trace() if trace is None else _json(envelope([to_jaeger(trace)]))

    async def summary(self, request: Request) -> Response:
        trace = await self._trace(request)
        return _no_trace() if trace is None else _json(summarise(trace))

    async def find_logs(self, request: Request) -> Response:
        query = parse_log_query(request.query_params, now_ms=int(time.time() * 1000))
        logs = (await self._at(request)).logs
        found = logs.find(query)
        return _json({"data": [record.to_json() for record in found], "last_seq": logs.last_seq})

    async def _trace(self, request: Request) -> Trace | None:
        trace_id = parse_trace_id(request.path_params["trace_id"])
        return (await self._at(request)).traces.get(trace_id) if trace_id else None


def _refusing(endpoint: Endpoint) -> Endpoint:
    """Answer what the request got wrong with the status that says so."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (BadQuery, otlp.BadBody) as error:
            return _problem(HTTPStatus.BAD_REQUEST, str(error))
        except _WrongType as error:
            return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error))
        except otlp.BodyTooLarge:
            bound = f"more than {otlp.BODY_BYTES_MAX} bytes"
            return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, bound)
        except TimeoutError:
            return _problem(HTTPStatus.REQUEST_TIMEOUT, "the body did not arrive in time")
        except ClientDisconnect:
            return _problem(HTTPStatus.BAD_REQUEST, "the body was broken off")

    return answer


class _WrongType(ValueError):
    """A content type or encoding that we do not read."""


def _is_json(request: Request) -> bool:
    """In which of OTLP's two forms the body comes. Raises _WrongType."""
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type not in (PROTOBUF, JSON):
        raise _WrongType(f"send {PROTOBUF} or {JSON}")
    return content_type == JSON


def _taken(answer: Any, is_json: bool) -> Response:
    """The answer in the form that the request came in, as OTLP demands."""
    if is_json:
        return Response(MessageToJson(answer), media_type=JSON)
    return Response(answer.SerializeToString(), media_type=PROTOBUF)


async def _body(request: Request) -> bytes:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("gzip", "identity"):
        raise _WrongType("send it with gzip, or plain")
    body = bytearray()
    async with asyncio.timeout(BODY_TIMEOUT_S):
        async for piece in request.stream():
            body += piece
            if len(body) > otlp.BODY_BYTES_MAX:
                raise otlp.BodyTooLarge
    return otlp.gunzip(bytes(body)) if encoding == "gzip" else bytes(body)


def _no_trace() -> Response:
    return _problem(HTTPStatus.NOT_FOUND, "no such trace is kept; the oldest ones are dropped")


def _problem(status: HTTPStatus, detail: str) -> Response:
    content = {"title": status.phrase, "status": status.value, "detail": detail}
    return _json(content, status, "application/problem+json")


def _json(
    content: Mapping[str, Any],
    status: HTTPStatus = HTTPStatus.OK,
    media_type: str = JSON,
) -> Response:
    # Escaped to ASCII: half of a surrogate pair in a log line cannot be written as UTF-8.
    return Response(json.dumps(content), status_code=status, media_type=media_type)
