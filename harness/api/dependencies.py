"""Which drill, and who is asking: what every route needs to know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request

from harness.drill.actions.team_entry import actor, speaker
from harness.drill.queries.told_messages import Reader
from harness.drill.session import Session
from harness.errors import UsageError
from harness.record.events import Audience
from harness.tokens import Caller

MOMENT = "at"
"""The parameter with the moment of a review, in seconds since 1970."""
PERSON = "x-person"
"""The header with the name of the person who writes, percent-encoded."""
PUBLIC_URL = "x-public-url"
"""The header in which a hub says by what address people know this drill."""
_WEB_ADDRESS = re.compile(r"https?://[\w.:\[\]/-]{1,300}", re.ASCII)


def current_session(request: Request) -> Session:
    """The drill that this process runs, or has open for its review: then as it could be seen at the
    moment `at` (seconds since 1970), for whoever looks."""
    session: Session = request.app.state.session
    at = request.query_params.get(MOMENT)
    if at is None or request.method not in ("GET", "HEAD"):
        return session
    return session.seen_at(_moment(at))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"{text[:40]} is not a moment", "give seconds since 1970, such as 1790000000.5"
        ) from error


InSession = Annotated[Session, Depends(current_session)]


def caller_name(request: Request, session: InSession) -> str:
    """The person who writes, as far as they said who they are; else their role."""
    return _named(request, session, speaker)


def actor_name(request: Request, session: InSession) -> str:
    """The person who acts: who has not joined yet may, under the name that they gave."""
    return _named(request, session, actor)


def _named(request: Request, session: Session, known: Callable[[Session, str], str]) -> str:
    name = unquote(request.headers.get(PERSON, ""))[:200]
    if session.spec.people_known and name:
        return name
    if request.state.caller == Caller.PARTICIPANT:
        return known(session, name)
    return str(request.state.caller)


def known_person(request: Request, session: InSession) -> str | None:
    """The one name under which this caller may take and give up roles; None: any."""
    if not session.spec.people_known or request.state.caller == Caller.INSTRUCTOR:
        return None
    return unquote(request.headers.get(PERSON, ""))[:200]


def public_url(request: Request, session: InSession) -> str:
    """What people call this drill: as the hub says that passes them on, else its own address."""
    told = request.headers.get(PUBLIC_URL, "")
    if session.spec.people_known and _WEB_ADDRESS.fullmatch(told):
        return told
    return session.spec.places.api_url


def audience_of(request: Request) -> Audience:
    """Instructors see everything."""
    return "instructor" if request.state.caller == Caller.INSTRUCTOR else "all"


def reader(request: Request) -> Reader:
    """Who reads: what is said to one person is shown to them, under the name that they gave, or
    that a hub knows them by."""
    person = unquote(request.headers.get(PERSON, ""))[:200]
    return Reader(audience_of(request), person)


By = Annotated[str, Depends(caller_name)]
Actor = Annotated[str, Depends(actor_name)]
KnownPerson = Annotated[str | None, Depends(known_person)]
PublicUrl = Annotated[str, Depends(public_url)]
Viewer = Annotated[Audience, Depends(audience_of)]
AsReader = Annotated[Reader, Depends(reader)]
