"""Which drill, and who is asking: what every route needs to know."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request

from harness.drill.actions.team_entry import speaker
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
    if request.state.caller == Caller.PARTICIPANT:
        return speaker(session, unquote(request.headers.get(PERSON, ""))[:200])
    return str(request.state.caller)


def audience_of(request: Request) -> Audience:
    """Instructors see everything."""
    return "instructor" if request.state.caller == Caller.INSTRUCTOR else "all"


By = Annotated[str, Depends(caller_name)]
Viewer = Annotated[Audience, Depends(audience_of)]
