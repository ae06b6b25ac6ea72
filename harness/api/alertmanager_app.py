"""The pager as Prometheus, amtool and other clients of Alertmanager know it: API v2 on
Alertmanager's own port, for when no Alertmanager answers there.

Users and passwords are those that the real one is given (`USERS` in harness/tokens.py), and each
silence is in the record.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from harness.api.access import TELEMETRY, Access, router_for
from harness.api.dependencies import InSession
from harness.api.protection import protect
from harness.api.routes_pager import deliver
from harness.api.strict_json import strict_json
from harness.drill.actions import silencing
from harness.drill.session import Session
from harness.errors import DrillError, UnknownName
from harness.telemetry import alertmanager_json as form
from harness.telemetry.silences import MalformedSilence, Matcher, parse_matcher
from harness.tokens import Caller, TokenBook

FILTERS_MAX = 20

router = router_for(Access(Caller.PARTICIPANT, Caller.INSTRUCTOR, Caller.TELEMETRY))
delivery = router_for(TELEMETRY)
delivery.post("/api/v2/alerts")(deliver)
ROUTERS = (router, delivery)


def create_alertmanager_app(session: Session, tokens: TokenBook, port: int) -> FastAPI:
    """The application; `port` is where it will be asked."""
    app = FastAPI(title="Alertmanager", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.session, app.state.started_at = session, datetime.now(UTC)
    for one in ROUTERS:
        app.include_router(one)
    app.add_exception_handler(MalformedSilence, _bad_request)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(UnknownName, _not_found)
    app.add_exception_handler(DrillError, _unavailable)
    protect(app, tokens, port, ROUTERS, " at Alertmanager's port", "Basic")
    return app


class Asked(BaseModel):
    """The parameters of silences, and of alerts and groups."""

    filter: Annotated[list[str], Field(max_length=FILTERS_MAX)] = []
    receiver: Annotated[str, Field(max_length=500)] = ""
    active: bool = True
    silenced: bool = True
    inhibited: bool = True

    def matchers(self) -> tuple[Matcher, ...]:
        """Raises MalformedSilence."""
        return tuple(parse_matcher(one) for one in self.filter)


Parameters = Annotated[Asked, Query()]


@router.get("/-/healthy")
@router.get("/-/ready")
async def ready() -> str:
    return "OK"


@router.get("/api/v2/status")
async def status(request: Request) -> Any:
    return form.status_json(request.app.state.started_at)


@router.get("/api/v2/receivers")
async def receivers() -> Any:
    return form.receivers_json()


@router.get("/api/v2/alerts")
async def alerts(session: InSession, asked: Parameters) -> Any:
    return _alerts(session, asked)


@router.get("/api/v2/alerts/groups")
async def groups(session: InSession, asked: Parameters) -> Any:
    return form.groups_json(_alerts(session, asked))


@router.get("/api/v2/silences")
async def silences(session: InSession, asked: Parameters) -> Any:
    matchers, now = asked.matchers(), datetime.now(UTC)
    known = silencing.silences(session.story())
    return [form.silence_json(one, now) for one in known if form.is_asked_for(one, matchers)]


@router.post("/api/v2/silences")
async def silence(request: Request, session: InSession) -> Any:
    try:
        body = strict_json(await request.body())
    except ValueError as error:
        raise MalformedSilence("not JSON") from error
    return {"silenceID": silencing.silence(session, body).id}


@router.get("/api/v2/silence/{silence_id}")
async def one_silence(silence_id: str, session: InSession) -> Any:
    return form.silence_json(silencing.find(session, silence_id), datetime.now(UTC))


@router.delete("/api/v2/silence/{silence_id}")
async def expire(silence_id: str, session: InSession) -> Any:
    silencing.expire(session, silence_id)
    return {}


def _alerts(session: Session, asked: Asked) -> list[dict[str, Any]]:
    matchers, now = asked.matchers(), datetime.now(UTC)
    if asked.receiver and not Matcher("receiver", asked.receiver, is_regex=True).matches(
        {"receiver": form.RECEIVER}
    ):
        return []
    return form.alerts_json(
        session.run.alerts.firing(),
        silencing.silences(session.story()),
        form.AlertFilter(matchers, asked.active, asked.silenced, asked.inhibited),
        now,
    )


async def _bad_request(_: Request, error: Exception) -> JSONResponse:
    """As Alertmanager words it: the message as a JSON string."""
    return JSONResponse(str(error), status_code=400)


async def _not_found(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse(str(error), status_code=404)


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse(str(error), status_code=503)
