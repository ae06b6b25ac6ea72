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
from typing import Any

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
from harness.telemetry.log_records import from_otlp
from harness.telemetry.log_store import LogStore, parse_log_query
from harness.telemetry.recorder_metrics import exposition
from harness.telemetry.summary import summarise
from harness.telemetry.trace_store import TraceStore

OPEN_PATHS = frozenset({"/healthz", "/metrics", "/v1/traces", "/v1/logs"})
BODY_TIMEOUT_S = 10.0
PROTOBUF, JSON = "application/x-protobuf", "application/json"

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class Memory:
    """What the recorder holds."""

    traces: TraceStore = field(default_factory=TraceStore)
    logs: LogStore = field(default_factory=LogStore)


def create_app(memory: Memory, token: str, hosts: tuple[str, ...] = ()) -> Starlette:
    """The application. `hosts` are names it may be called by, besides this machine's own."""
    api = _Api(memory)
    return Starlette(
        routes=[
            Route("/healthz", api.health),
            Route("/metrics", api.metrics),
            Route("/v1/traces", _refusing(api.take_traces), methods=["POST"]),
            Route("/v1/logs", _refusing(api.take_logs), methods=["POST"]),
            Route("/api/services", api.services),
            Route("/api/services/{service}/operations", api.operations),
            Route("/api/operations", _refusing(api.operations_by_kind)),
            Route("/api/dependencies", _refusing(api.dependencies)),
            Route("/api/traces", _refusing(api.search)),
            Route("/api/traces/{trace_id}", api.trace),
            Route("/traces/{trace_id}/summary", api.summary),
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


class _Api:
    def __init__(self, memory: Memory) -> None:
        self._traces, self._logs = memory.traces, memory.logs

    async def health(self, _request: Request) -> Response:
        return _json({"status": "ok"})

    async def metrics(self, _request: Request) -> Response:
        content, content_type = exposition(self._traces, self._logs)
        return Response(content, headers={"Content-Type": content_type})

    async def take_traces(self, request: Request) -> Response:
        is_json = _is_json(request)
        spans, refused = otlp.split_spans(await _body(request), is_json=is_json)
        self._traces.add(spans)
        answer = ExportTraceServiceResponse()
        if refused:
            answer.partial_success.rejected_spans = refused
            answer.partial_success.error_message = "ids of the wrong length, or too large"
        return _taken(answer, is_json)

    async def take_logs(self, request: Request) -> Response:
        now_ms, is_json = int(time.time() * 1000), _is_json(request)
        for log in otlp.split_logs(await _body(request), is_json=is_json):
            self._logs.add(from_otlp(self._logs.next_seq(), log, now_ms))
        return _taken(ExportLogsServiceResponse(), is_json)

    async def services(self, _request: Request) -> Response:
        return _json(envelope(self._traces.services()))

    async def operations(self, request: Request) -> Response:
        return _json(envelope(self._traces.operations(request.path_params["service"])))

    async def operations_by_kind(self, request: Request) -> Response:
        service = request.query_params.get("service", "")
        if not service:
            raise BadQuery("service: is missing")
        kind = request.query_params.get("spanKind", "").lower()
        found = self._traces.operations_by_kind(service, kind)
        return _json(envelope([{"name": name, "spanKind": kind} for name, kind in found]))

    async def dependencies(self, request: Request) -> Response:
        begin_ns, end_ns = parse_period(request.query_params, now_ms=int(time.time() * 1000))
        calls = await self._traces.dependencies(begin_ns, end_ns)
        return _json(
            envelope(
                [
                    {"parent": caller, "child": called, "callCount": count}
                    for (caller, called), count in sorted(calls.items())
                ]
            )
        )

    async def search(self, request: Request) -> Response:
        params = request.query_params
        if wanted := parse_trace_ids(params.getlist("traceID")):
            kept = {one: trace for one in wanted if (trace := self._traces.get(one))}
            missing = [one for one in wanted if one not in kept]
            return _json(envelope([to_jaeger(trace) for trace in kept.values()], missing))
        found = await self._traces.search(parse_query(params, params.getlist("tag")))
        return _json(envelope([to_jaeger(trace) for trace in found]))

    async def trace(self, request: Request) -> Response:
        trace_id = parse_trace_id(request.path_params["trace_id"])
        trace = self._traces.get(trace_id) if trace_id else None
        # Not an empty list: Grafana's data source indexes the first element unchecked.
        return _no_trace() if trace is None else _json(envelope([to_jaeger(trace)]))

    async def summary(self, request: Request) -> Response:
        trace_id = parse_trace_id(request.path_params["trace_id"])
        trace = self._traces.get(trace_id) if trace_id else None
        return _no_trace() if trace is None else _json(summarise(trace))

    async def find_logs(self, request: Request) -> Response:
        query = parse_log_query(request.query_params, now_ms=int(time.time() * 1000))
        found = self._logs.find(query)
        return _json(
            {"data": [record.to_json() for record in found], "last_seq": self._logs.last_seq}
        )


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
