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
from harness.errors import DrillError
from harness.record.counted_refusals import Refusals
from harness.record.events import AccessRefused
from harness.tokens import Caller, TokenBook

ASK_FOR_THE_END = frozenset({"/v1/finish", "/v1/halt"})


def protect(
    app: FastAPI,
    session: Session,
    tokens: TokenBook,
    port: int,
    routers: Iterable[APIRouter],
    place: str = "",
    scheme: Scheme = "Bearer",
) -> None:
    """Let nothing reach `app` that its routers do not allow, and nothing out of it that is no
    answer. What is refused is in the record, with `place`; `app.state.refusals` is to be flushed
    in the end."""
    refusals = Refusals[AccessRefused](
        lambda event, count: session.note(replace(event, count=count), actor="unknown")
    )
    app.state.refusals = refusals

    def refused(method: str, path: str, why: str) -> None:
        what = f"refused {method[:20]} {path[:200]}{place}: {why}"
        refusals.add(why, AccessRefused(what=what))

    app.add_middleware(NothingAfterTheEnd, session=session)
    policy = policy_of(routers)
    app.add_middleware(
        Gatekeeper, tokens=tokens, policy=policy, port=port, on_refused=refused, scheme=scheme
    )
    app.add_middleware(LastResort, keep=lambda error, where: note_mistake(session, error, where))
    app.add_middleware(SafeHeaders)


class NothingAfterTheEnd:
    """ASGI middleware: once the end was asked for, people can look, and change nothing more."""

    def __init__(self, app: ASGIApp, *, session: Session) -> None:
        self.app, self.session = app, session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            self.session.run.over.is_set()
            and scope["method"] not in ("GET", "HEAD")
            and scope.get("state", {}).get("caller") in (Caller.PARTICIPANT, Caller.INSTRUCTOR)
            and scope["path"] not in ASK_FOR_THE_END
        ):
            over = DrillError("the drill is over", "see what came of it: drill history")
            await Problem(**problem_of(over))(scope, receive, send)
            return
        await self.app(scope, receive, send)
