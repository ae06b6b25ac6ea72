"""The drill's HTTP API: one way in for the command line and for the browser."""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI

from harness.api.access import require_declared
from harness.api.event_feed import Feed
from harness.api.problems import handle_errors
from harness.api.protection import protect
from harness.api.routes_act import router as act
from harness.api.routes_agents import router as agents
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
from harness.record.counted_events import CountedEvents
from harness.record.events import ToolCalled
from harness.tokens import TokenBook

ROUTERS = (
    *(read, views, act, exercise, team, instruct, pager, public, public_api, stream, agents),
    pages,
)
CALLS_SINGLE_MAX = 500
"""Of one tool and outcome that are in the record one by one; of further ones only the number."""


async def show_instead(app: FastAPI, session: Session) -> None:
    """Go on with another session of the same drill: its review, at the same address and for the
    same tokens. Streams end, and their clients ask on."""
    app.state.refusals.flush()
    app.state.tool_calls.flush()
    before, app.state.feed = app.state.feed, Feed(session)
    app.state.session, app.state.agent_door = session, None
    await before.close()


def create_app(session: Session, tokens: TokenBook, port: int) -> FastAPI:
    """The API of one running drill. Raises TypeError where a route does not say whom it is for."""
    require_declared(ROUTERS)
    app = FastAPI(title="3AM", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.session = session
    app.state.feed = Feed(session)
    app.state.agent_door = None
    app.state.tool_calls = CountedEvents[ToolCalled](
        lambda event, count: app.state.session.note(replace(event, count=count), actor=event.by),
        single_max=CALLS_SINGLE_MAX,
    )
    for router in ROUTERS:
        app.include_router(router)
    handle_errors(app)
    protect(app, tokens, port, ROUTERS)
    return app
