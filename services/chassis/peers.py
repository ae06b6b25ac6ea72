"""How calls to other services fail, and what both clients do around a call."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry.trace import SpanKind, Status, StatusCode, use_span

from services.chassis.context import current_request
from services.chassis.metrics import OUTBOUND_DURATION, OUTBOUND_REQUESTS, OUTBOUND_RETRIES
from services.chassis.tracing import exemplar, propagate, tracer

Params = Mapping[str, Any] | Sequence[tuple[str, Any]]
OUTCOMES = ("ok", "error", "timeout", "rejected")


class PeerFailure(Exception):
    """A call to another service gave no usable answer."""

    outcome = "error"

    def __init__(self, peer: str, message: str) -> None:
        super().__init__(message)
        self.peer = peer


class PeerTimeout(PeerFailure):
    """No connection, or no answer, within the time allowed.

    `phase` is `connect` or `read`: which of the two took too long.
    """

    outcome = "timeout"

    def __init__(self, peer: str, message: str, phase: str) -> None:
        super().__init__(peer, message)
        self.phase = phase


class PeerUnreachable(PeerFailure):
    """The connection was refused or broke."""


class PeerRejected(PeerFailure):
    """Not called at all: the circuit breaker is open."""

    outcome = "rejected"

    def __init__(self, peer: str, message: str, retry_after_s: float) -> None:
        super().__init__(peer, message)
        self.retry_after_s = retry_after_s


class PeerError(PeerFailure):
    """The peer answered with an error status; `problem` is its body, {} where it has none."""

    def __init__(self, peer: str, status: int, problem: Mapping[str, Any]) -> None:
        reason = problem.get("detail") or problem.get("title") or "no detail"
        super().__init__(peer, f"{peer} answered {status}: {reason}")
        self.status, self.problem = status, problem


class OutgoingCall:
    """One call: its headers, and what came of it."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers
        self.status = 0
        """Status of the answer; 0 until there is one."""


def prepare_metrics(peer: str) -> None:
    """Let the series of `peer` start at zero, so that the first failure shows as a rise."""
    for outcome in OUTCOMES:
        OUTBOUND_REQUESTS.labels(peer, outcome)
    OUTBOUND_DURATION.labels(peer)
    OUTBOUND_RETRIES.labels(peer)


@contextmanager
def outgoing_call(
    peer: str, method: str, url: str, headers: Mapping[str, str] | None
) -> Iterator[OutgoingCall]:
    """Measure and trace the call made inside the block; set `status` once there is an answer.

    Failures pass through as they are, counted by their outcome.
    """
    span = tracer().start_span(
        f"{method} {peer}",
        kind=SpanKind.CLIENT,
        attributes={"http.request.method": method, "url.full": url, "peer.service": peer},
    )
    call = OutgoingCall(dict(headers or {}))
    propagate(call.headers, span)
    request = current_request()
    if request is not None:
        call.headers.setdefault("X-Request-ID", request.request_id)
    started = time.perf_counter()
    outcome = "error"
    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield call
            outcome = "ok"
        except PeerFailure as failure:
            outcome = failure.outcome
            span.set_status(Status(StatusCode.ERROR, str(failure)))
            span.set_attribute("error.type", type(failure).__name__)
            raise
        finally:
            if call.status:
                span.set_attribute("http.response.status_code", call.status)
            took_s = time.perf_counter() - started
            OUTBOUND_DURATION.labels(peer).observe(took_s, exemplar())
            OUTBOUND_REQUESTS.labels(peer, outcome).inc()


def parse_answer(peer: str, status: int, body: bytes) -> Any:
    """The answer's JSON; None for an empty body.

    Raises PeerError for status 400 and above, and for a body that is not JSON.
    """
    try:
        answer = json.loads(body) if body else None
    except ValueError:
        answer = None
        if status < 400:
            raise PeerError(peer, status, {"title": "the answer is not JSON"}) from None
    if status >= 400:
        raise PeerError(peer, status, answer if isinstance(answer, dict) else {})
    return answer
