"""The drill's HTTP API: one way in for the command line and for the browser."""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI

from harness.api.access import policy_of, require_declared
from harness.api.auth import Gatekeeper
from harness.api.event_feed import Feed
from harness.api.headers import SafeHeaders
from harness.api.problems import LastResort, handle_errors
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
from harness.drill.own_mistakes import note_mistake
from harness.drill.session import Session
from harness.record import events
from harness.record.counted_refusals import Refusals
from harness.tokens import TokenBook

ROUTERS = (read, views, act, exercise, team, instruct, pager, public, public_api, stream, pages)


def create_app(session: Session, tokens: TokenBook, port: int) -> FastAPI:
    """The API of one running drill. Raises TypeError where a route does not say whom it is for."""
    require_declared(ROUTERS)
    app = FastAPI(title="3AM", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.session = session
    app.state.feed = Feed(session)
    for router in ROUTERS:
        app.include_router(router)
    handle_errors(app)
    refusals = Refusals[events.AccessRefused](
        lambda event, count: session.note(replace(event, count=count), actor="unknown")
    )
    app.state.refusals = refusals

    def refused(method: str, path: str, why: str) -> None:
        what = f"refused {method[:20]} {path[:200]}: {why}"
        refusals.add(why, events.AccessRefused(what=what))

    policy = policy_of(ROUTERS)
    app.add_middleware(Gatekeeper, tokens=tokens, policy=policy, port=port, on_refused=refused)
    app.add_middleware(LastResort, keep=lambda error, where: note_mistake(session, error, where))
    app.add_middleware(SafeHeaders)
    return app
