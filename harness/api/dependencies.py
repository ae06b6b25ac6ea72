"""Which drill, and who is asking: what every route needs to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request

from harness.drill.actions.team_entry import actor, speaker
from harness.drill.session import Session
from harness.record.events import Audience
from harness.tokens import Caller

PERSON = "x-person"
"""The header with the name of the person who writes, percent-encoded."""


def current_session(request: Request) -> Session:
    """The drill that this process runs."""
    session: Session = request.app.state.session
    return session


InSession = Annotated[Session, Depends(current_session)]


def caller_name(request: Request, session: InSession) -> str:
    """The person who writes, as far as they said who they are; else their role."""
    return _named(request, session, speaker)


def actor_name(request: Request, session: InSession) -> str:
    """The person who acts: who has not joined yet may, under the name that they gave."""
    return _named(request, session, actor)


def _named(request: Request, session: Session, known: Callable[[Session, str], str]) -> str:
    if request.state.caller == Caller.PARTICIPANT:
        return known(session, unquote(request.headers.get(PERSON, ""))[:200])
    return str(request.state.caller)


def audience_of(request: Request) -> Audience:
    """Instructors see everything."""
    return "instructor" if request.state.caller == Caller.INSTRUCTOR else "all"


By = Annotated[str, Depends(caller_name)]
Actor = Annotated[str, Depends(actor_name)]
Viewer = Annotated[Audience, Depends(audience_of)]
