"""The exercise itself: its clock and people, and the score as far as it may be told."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from harness.console.who import Body, By, InSession, Name, Viewer
from harness.drill import agenda_view, instructor, judging, team
from harness.drill.choices import choices as words

router = APIRouter(prefix="/v1")


class Membership(Body):
    person: Name
    role: Name


@router.get("/exercise")
async def exercise(session: InSession) -> Any:
    return agenda_view.exercise(session)


@router.get("/choices")
async def choices(session: InSession) -> Any:
    """What the fields of the forms may hold."""
    return words(session)


@router.get("/roles")
async def roles(session: InSession) -> Any:
    return agenda_view.checklists(session.story())


@router.post("/roles/join")
async def join(body: Membership, session: InSession) -> Any:
    return team.join(session, body.person, body.role)


@router.post("/roles/leave")
async def leave(body: Membership, session: InSession) -> Any:
    return team.leave(session, body.person, body.role)


@router.post("/clock/advance")
async def advance(session: InSession, by: By) -> Any:
    """Ends a phase that has no end of its own."""
    instructor.advance(session, by=by)
    return agenda_view.exercise(session)


@router.get("/score")
async def score(session: InSession, viewer: Viewer) -> Any:
    """The rubric so far; what depends on the answer stays open until it is revealed."""
    return judging.score_so_far(session, viewer)


@router.post("/postmortem")
async def postmortem(session: InSession) -> Any:
    """Drafts the postmortem of the drill so far, in its folder."""
    return {"files": [str(path) for path in judging.write_papers(session)]}
