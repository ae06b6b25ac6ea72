"""The drill's HTTP API: one way in for the command line and for the browser."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from harness.api.access import policy_of, require_declared
from harness.api.auth import Gatekeeper
from harness.api.event_feed import Feed
from harness.api.headers import SafeHeaders
from harness.api.routes_act import router as act
from harness.api.routes_exercise import router as exercise
from harness.api.routes_instruct import router as instruct
from harness.api.routes_pager import router as pager
from harness.api.routes_public import api_router as public_api
from harness.api.routes_public import router as public
from harness.api.routes_read import router as read
from harness.api.routes_stream import router as stream
from harness.api.routes_team import router as team
from harness.api.routes_views import router as views
from harness.api.static_files import router as pages
from harness.drill.session import Session
from harness.errors import DrillError, NotAllowed, UnknownName, UsageError
from harness.record import events
from harness.tokens import TokenBook

PROBLEM = "application/problem+json"
ROUTERS = (read, views, act, exercise, team, instruct, pager, public, public_api, stream, pages)


def create_app(session: Session, tokens: TokenBook, port: int) -> FastAPI:
    """The API of one running drill. Raises TypeError where a route does not say whom it is for."""
    require_declared(ROUTERS)
    app = FastAPI(title="3AM", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.session = session
    app.state.feed = Feed(session)
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(DrillError, _known_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http_error)

    def refused(method: str, path: str, why: str) -> None:
        what = f"refused {method} {path[:200]}: {why}"
        session.note(events.AccessRefused(what=what), actor="unknown")

    policy = policy_of(ROUTERS)
    app.add_middleware(Gatekeeper, tokens=tokens, policy=policy, port=port, on_refused=refused)
    app.add_middleware(SafeHeaders)
    return app


def problem_of(error: DrillError) -> dict[str, object]:
    """An error of ours as RFC 9457 fields, with the hint and exit code for the command line."""
    return {
        "title": type(error).__name__,
        "status": _status_of(error),
        "detail": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }


def _status_of(error: DrillError) -> int:
    if isinstance(error, UnknownName):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 422 if isinstance(error, UsageError) else 409


async def _known_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DrillError)  # noqa: S101  registered for this class alone
    return JSONResponse(problem_of(error), status_code=_status_of(error), media_type=PROBLEM)


async def _bad_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class alone
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    body = {"title": "BadRequest", "status": 422, "detail": f"{where}: {first['msg']}"}
    return JSONResponse({**body, "exit_code": 2}, status_code=422, media_type=PROBLEM)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class alone
    body = {"title": "Refused", "status": error.status_code, "detail": error.detail}
    return JSONResponse({**body, "exit_code": 1}, status_code=error.status_code, media_type=PROBLEM)
