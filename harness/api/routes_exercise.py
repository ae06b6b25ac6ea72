"""The exercise itself: its clock, people and AI gate, and the score as far as it may be told.

Asking a model goes through the gate's own port.
"""

from __future__ import annotations

from typing import Any

from harness.api.access import TEAM, router_for
from harness.api.answers import ai_answers, exercise_answers, score_answers, team_answers
from harness.api.answers.shapes import answers
from harness.api.dependencies import By, InSession, KnownPerson, Viewer
from harness.drill.actions import ai_access, instructor, team_entry
from harness.drill.queries import exercise_view, live_score, reading_matter
from harness.drill.queries.form_options import choices as words
from harness.errors import NotAllowed
from harness.exercise.entries import Joining, Membership
from harness.record import events

router = router_for(TEAM, prefix="/v1")


@router.get("/exercise", responses=answers(exercise_answers.Exercise))
async def exercise(session: InSession) -> Any:
    return exercise_view.exercise(session)


@router.get("/choices", responses=answers(exercise_answers.Choices))
async def choices(session: InSession) -> Any:
    """What the fields of the forms may hold."""
    return words(session.spec)


@router.get("/roles", responses=answers(list[exercise_answers.Role]))
async def roles(session: InSession) -> Any:
    return exercise_view.checklists(session.story())


@router.get("/runbooks", responses=answers(list[exercise_answers.Runbook]))
async def runbooks() -> Any:
    return reading_matter.runbooks()


@router.get("/files/{name}", responses=answers(exercise_answers.UnlockedFile))
async def unlocked_file(name: str, session: InSession) -> Any:
    return reading_matter.unlocked_file(session.spec, name)


@router.post("/roles/join", responses=answers(events.RoleJoined))
async def join(body: Joining, session: InSession, known: KnownPerson) -> Any:
    _require_oneself(body, known)
    return team_entry.join(session, body.person, body.role, is_agent=body.is_agent)


@router.post("/roles/leave", responses=answers(events.RoleLeft))
async def leave(body: Membership, session: InSession, known: KnownPerson) -> Any:
    _require_oneself(body, known)
    return team_entry.leave(session, body.person, body.role)


def _require_oneself(body: Membership, known: str | None) -> None:
    """Raises NotAllowed for a role of somebody else, where it is known who asks."""
    if known is not None and body.person != known:
        raise NotAllowed(
            f"you are known here as '{known}'", "take and give up roles under that name"
        )


@router.post("/clock/advance", responses=answers(exercise_answers.Exercise))
async def advance(session: InSession, by: By) -> Any:
    """Ends a phase that has no end of its own."""
    instructor.advance(session, by=by)
    return exercise_view.exercise(session)


@router.get("/score", responses=answers(score_answers.Score))
async def score(session: InSession, viewer: Viewer) -> Any:
    """The rubric so far; what depends on the answer stays open until it is revealed."""
    return live_score.score_so_far(session, viewer)


@router.post("/postmortem", responses=answers(team_answers.PostmortemFiles))
async def postmortem(session: InSession) -> Any:
    """Drafts the postmortem of the drill so far, in its folder."""
    return {"files": [str(path) for path in live_score.write_papers(session)]}


@router.get("/ai", responses=answers(ai_answers.AiStatus))
async def ai_status(session: InSession) -> Any:
    return ai_access.status(session)


@router.get("/ai/brief", responses=answers(ai_answers.AiBrief))
async def ai_brief(session: InSession) -> Any:
    return ai_access.brief(session)
