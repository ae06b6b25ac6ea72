"""What stands before the routes of each application that the host serves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.api.access import policy_of
from harness.api.auth import Gatekeeper, Scheme
from harness.api.headers import SafeHeaders
from harness.api.problems import LastResort, Problem, problem_of
from harness.drill.own_mistakes import note_mistake
from harness.drill.session import Session
from harness.errors import DrillError, NotAllowed
from harness.record.counted_events import CountedEvents
from harness.record.events import AccessRefused
from harness.tokens import Caller, TokenBook

ASK_FOR_THE_END = frozenset({"/v1/finish", "/v1/halt"})
LOOKING_BACK = frozenset(
    {
        "/v1/reflections",
        "/v1/causes",
        "/v1/learnings",
        "/v1/action-items",
        "/v1/postmortem",
        "/v1/postmortem/text",
        "/v1/instructor/confirm",
        "/v1/instructor/judge",
    }
)
"""What can be written in a review."""


def protect(
    app: FastAPI,
    tokens: TokenBook,
    port: int,
    routers: Iterable[APIRouter],
    place: str = "",
    scheme: Scheme = "Bearer",
) -> None:
    """Let nothing reach `app` that its routers do not allow, and nothing out of it that is no
    answer. What is refused is in the record, with `place`; `app.state.refusals` is to be flushed
    in the end."""
    refusals = CountedEvents[AccessRefused](
        lambda event, count: _session(app).note(replace(event, count=count), actor="unknown")
    )
    app.state.refusals = refusals

    def refused(method: str, path: str, why: str) -> None:
        what = f"refused {method[:20]} {path[:200]}{place}: {why}"
        refusals.add(why, AccessRefused(what=what))

    app.add_middleware(NothingAfterTheEnd)
    policy = policy_of(routers)
    app.add_middleware(
        Gatekeeper, tokens=tokens, policy=policy, port=port, on_refused=refused, scheme=scheme
    )
    app.add_middleware(
        LastResort, keep=lambda error, where: note_mistake(_session(app), error, where)
    )
    app.add_middleware(SafeHeaders)


def _session(app: FastAPI) -> Session:
    """The drill that is served just now: once it is over, its review may take its place."""
    session: Session = app.state.session
    return session


class NothingAfterTheEnd:
    """ASGI middleware: once the end was asked for, people can look, and change nothing more but, in
    a review, what looking back is about."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = _session(scope["app"])
        if (
            session.run.over.is_set()
            and scope["method"] not in ("GET", "HEAD")
            and scope.get("state", {}).get("caller") in (Caller.PARTICIPANT, Caller.INSTRUCTOR)
            and scope["path"] not in ASK_FOR_THE_END
            and not (session.review is not None and scope["path"] in LOOKING_BACK)
        ):
            over = DrillError("the drill is over", "see what came of it: drill history")
            if session.review is not None:
                over = NotAllowed(
                    "the drill is over: its shop is gone, and this is its review",
                    "postmortem, reflections, causes, learnings, action items and judgements can "
                    "still be written",
                )
            await Problem(**problem_of(over))(scope, receive, send)
            return
        await self.app(scope, receive, send)
