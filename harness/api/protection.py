"""What stands before the routes of each application that the host serves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fastapi import APIRouter, FastAPI

from harness.api.access import policy_of
from harness.api.auth import Gatekeeper
from harness.api.headers import SafeHeaders
from harness.api.problems import LastResort
from harness.drill.own_mistakes import note_mistake
from harness.drill.session import Session
from harness.record.counted_refusals import Refusals
from harness.record.events import AccessRefused
from harness.tokens import TokenBook


def protect(
    app: FastAPI,
    session: Session,
    tokens: TokenBook,
    port: int,
    routers: Iterable[APIRouter],
    place: str = "",
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

    policy = policy_of(routers)
    app.add_middleware(Gatekeeper, tokens=tokens, policy=policy, port=port, on_refused=refused)
    app.add_middleware(LastResort, keep=lambda error, where: note_mistake(session, error, where))
    app.add_middleware(SafeHeaders)
