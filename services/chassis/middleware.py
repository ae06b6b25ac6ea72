"""What happens around every request: its id, span, metrics, log line, and unforeseen errors."""

from __future__ import annotations

import time
from uuid import uuid4

import structlog
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, use_span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import tracing
from services.chassis.context import RequestContext, serving
from services.chassis.errors import Problem, problem_response
from services.chassis.metrics import (
    DB_STATEMENTS,
    HTTP_DURATION,
    HTTP_GOOD,
    HTTP_IN_FLIGHT,
    HTTP_REQUESTS,
)

log = structlog.stdlib.get_logger(__name__)

UNOBSERVED_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SLOW_S = 1.0
REQUEST_ID_LENGTH_MAX = 128


class ObservationMiddleware:
    """Observes every request but those for health and metrics."""

    def __init__(self, app: ASGIApp, *, has_database: bool) -> None:
        self._app = app
        self._has_database = has_database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNOBSERVED_PATHS:
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        request = RequestContext(_request_id(headers))
        span = tracing.tracer().start_span(
            scope["method"], context=tracing.extract(headers), kind=SpanKind.SERVER
        )
        HTTP_IN_FLIGHT.inc()
        started = time.perf_counter()
        try:
            with serving(request), use_span(span, end_on_exit=True, record_exception=False):
                status = await self._answer(scope, receive, send, request)
                self._observe(scope, request, span, status, time.perf_counter() - started)
        finally:
            HTTP_IN_FLIGHT.dec()

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, request: RequestContext
    ) -> int:
        """Run the application; return the status that it answered with."""
        status: int | None = None

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request.request_id.encode("latin-1")))
            await send(message)

        try:
            await self._app(scope, receive, send_noting_status)
        except Exception as error:
            log.exception("unexpected error", error=repr(error))
            request.reason = repr(error)
            if status is None:
                unexpected = Problem(500, "Unexpected error", "See the log for this trace.")
                response = problem_response(unexpected)
                request.reason = repr(error)
                await response(scope, receive, send_noting_status)
        return status or 500

    def _observe(
        self, scope: Scope, request: RequestContext, span: Span, status: int, took_s: float
    ) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        route = getattr(scope.get("route"), "path", "unmatched")
        HTTP_REQUESTS.labels(method, route, status).inc()
        HTTP_DURATION.labels(method, route).observe(took_s, tracing.exemplar())
        good = HTTP_GOOD.labels(method, route)  # begins at zero where the first one is not
        if status < 500 and took_s <= SLOW_S:
            good.inc()
        if self._has_database:
            DB_STATEMENTS.labels(method, route).observe(request.statements)
        if span.is_recording():
            span.update_name(f"{method} {route}")
            span.set_attributes(
                {
                    "http.request.method": method,
                    "http.route": route,
                    "url.path": scope["path"],
                    "http.response.status_code": status,
                }
            )
            if status >= 500:
                span.set_status(Status(StatusCode.ERROR, request.reason))
        _log_outcome(scope, request, status, took_s)


def _log_outcome(scope: Scope, request: RequestContext, status: int, took_s: float) -> None:
    """One line for a request that failed, was refused or was slow; none for the others."""
    about = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "duration_ms": round(took_s * 1000, 1),
    }
    if status >= 500:
        log.error("request failed", reason=request.reason, **about)
    elif took_s > SLOW_S:
        log.warning("request slow", **about)
    elif status >= 400:
        log.info("request refused", reason=request.reason, **about)


def _headers(scope: Scope) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in (b"traceparent", b"tracestate", b"x-request-id")
    }


def _request_id(headers: dict[str, str]) -> str:
    """The caller's request id where it is a sane one, else a new one."""
    given = headers.get("x-request-id", "")
    if given and len(given) <= REQUEST_ID_LENGTH_MAX and given.isprintable() and given.isascii():
        return given
    return uuid4().hex
