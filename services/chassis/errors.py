"""Errors on the wire: RFC 9457 problem+json, each with its trace id."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from services.chassis.context import current_request
from services.chassis.peers import PeerError, PeerFailure, PeerRejected, PeerTimeout
from services.chassis.tracing import trace_id

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is an error, as the caller shall see it."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        type_: str = "about:blank",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{title}: {detail}" if detail else title)
        self.status, self.title, self.detail = status, title, detail
        self.type, self.headers = type_, headers


def problem_of(failure: PeerFailure) -> Problem:
    """What a peer's failure means to our own caller: 502, 503 or 504."""
    if isinstance(failure, PeerTimeout):
        return Problem(504, "A service we depend on did not answer in time", str(failure))
    if isinstance(failure, PeerRejected):
        wait = {"Retry-After": str(max(1, round(failure.retry_after_s)))}
        return Problem(503, "A service we depend on is not available", str(failure), headers=wait)
    if isinstance(failure, PeerError) and failure.status in (503, 504):
        title = "A service we depend on is not available"
        wait = {"Retry-After": "1"} if failure.status == 503 else {}
        return Problem(failure.status, title, str(failure), headers=wait)
    return Problem(502, "A service we depend on failed", str(failure))


def problem_response(problem: Problem, **members: Any) -> JSONResponse:
    """`problem` as a response; `members` are added to its body."""
    request = current_request()
    if request is not None:
        request.reason = str(problem)
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "trace_id": trace_id(),
        "request_id": request.request_id if request else None,
        **members,
    }
    return JSONResponse(
        body, problem.status, headers=dict(problem.headers or {}), media_type=MEDIA_TYPE
    )


async def _on_problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101  # registered for this type only
    return problem_response(error)


async def _on_peer_failure(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PeerFailure)  # noqa: S101  # registered for this type only
    return problem_response(problem_of(error))


async def _on_invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as above
    errors = [
        {"where": ".".join(str(part) for part in item["loc"]), "what": item["msg"]}
        for item in error.errors()
    ]
    detail = "; ".join(f"{item['where']}: {item['what']}" for item in errors[:3])
    return problem_response(Problem(422, "The request is not valid", detail), errors=errors)


async def _on_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this type only
    title = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != title else ""
    return problem_response(Problem(error.status_code, title, detail, headers=error.headers))


def install_error_handlers(app: FastAPI) -> None:
    """Answer every foreseen error with problem+json; the middleware sees to the others."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(PeerFailure, _on_peer_failure)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_exception)
