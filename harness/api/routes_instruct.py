"""What only the instructor may do: clock, messages, hints, judgements, the answer."""

from __future__ import annotations

import asyncio
from typing import Any

from harness.api.access import INSTRUCTOR, router_for
from harness.api.answers import exercise_answers, instructor_answers
from harness.api.answers.shapes import answers
from harness.api.dependencies import By, InSession
from harness.catalog.reader import Catalog
from harness.drill.actions import diagnosis, instructor
from harness.drill.lifecycle.seal import seal_holds
from harness.drill.queries import exercise_view
from harness.drill.queries.scenario_picker import pickable_scenarios
from harness.exercise.entries import Entry, Name, Text
from harness.exercise.gate import EVIDENCE_MIN
from harness.paths import REPO
from harness.record import events

router = router_for(INSTRUCTOR, prefix="/v1")


class Pause(Entry):
    reason: Text = ""


class Extension(Entry):
    extra_s: float


class Skip(Entry):
    phase: Text = ""


class Thrown(Entry):
    id: Name


class Said(Entry):
    """`to` is one person who holds a role, or nobody for everybody."""

    text: Text
    to: Text = ""


class Confirmation(Entry):
    right: bool
    note: Text = ""
    diagnosis_seq: int | None = None


class Judgement(Entry):
    line: Name
    points: int
    note: Text = ""


@router.post("/instructor/start", responses=answers(exercise_answers.Exercise))
async def start(session: InSession, by: By) -> Any:
    instructor.start(session, by=by)
    return exercise_view.exercise(session)


@router.post("/instructor/pause", responses=answers(exercise_answers.Exercise))
async def pause(body: Pause, session: InSession, by: By) -> Any:
    instructor.pause(session, by=by, reason=body.reason)
    return exercise_view.exercise(session)


@router.post("/instructor/resume", responses=answers(exercise_answers.Exercise))
async def resume(session: InSession, by: By) -> Any:
    instructor.resume(session, by=by)
    return exercise_view.exercise(session)


@router.post("/instructor/extend", responses=answers(exercise_answers.Exercise))
async def extend(body: Extension, session: InSession, by: By) -> Any:
    instructor.extend(session, extra_s=body.extra_s, by=by)
    return exercise_view.exercise(session)


@router.post("/instructor/skip", responses=answers(exercise_answers.Exercise))
async def skip(session: InSession, by: By, body: Skip | None = None) -> Any:
    instructor.skip(session, by=by, meant=body.phase if body else "")
    return exercise_view.exercise(session)


@router.get("/instructor/messages", responses=answers(list[str]))
async def messages(session: InSession) -> Any:
    """What can still be thrown by hand."""
    return instructor.waiting_by_hand(session)


@router.get("/instructor/scenarios", responses=answers(instructor_answers.Pickable))
async def scenarios() -> Any:
    """What can be run next, each with what the matrix found of it on this machine."""
    return await asyncio.to_thread(pickable_scenarios, Catalog(REPO))


@router.get("/instructor/deck", responses=answers(exercise_answers.Deck))
async def deck(session: InSession) -> Any:
    """The agenda as the workshop's slides tell it."""
    return exercise_view.plan_of(session.spec.agenda)


@router.get("/instructor/plan", responses=answers(list[instructor_answers.PlannedMessage]))
async def plan(session: InSession) -> Any:
    """Every message of the agenda: what it says, what brings it, whether it came."""
    return instructor.planned(session)


@router.post("/instructor/messages", responses=answers(events.InjectDelivered))
async def throw(body: Thrown, session: InSession, by: By) -> Any:
    return instructor.throw(session, body.id, by=by)


@router.post("/instructor/say", responses=answers(events.InjectDelivered | events.PersonMessaged))
async def say(body: Said, session: InSession, by: By) -> Any:
    """Tell everybody something in one's own words, or one person alone."""
    return instructor.say(session, body.text, to=body.to, by=by)


@router.post("/instructor/hint", responses=answers(events.HintTaken))
async def hint(session: InSession, by: By) -> Any:
    return instructor.hint(session, by=by)


@router.post("/instructor/confirm", responses=answers(events.CauseConfirmed))
async def confirm(body: Confirmation, session: InSession, by: By) -> Any:
    return instructor.confirm(session, **body.model_dump(), by=by)


@router.post("/instructor/judge", responses=answers(events.LineJudged))
async def judge(body: Judgement, session: InSession, by: By) -> Any:
    return instructor.judge(session, **body.model_dump(), by=by)


@router.post("/instructor/reveal", responses=answers(instructor_answers.Revealed))
async def reveal(session: InSession, by: By) -> Any:
    answer = instructor.reveal(session, by=by)
    return {"answer": answer, "seal_holds": seal_holds(session.story())}


@router.get("/answer", responses=answers(instructor_answers.DrillAnswer))
async def answer(session: InSession) -> Any:
    """What the drill is about, and how what was declared stands to it: for the instructor alone."""
    return {
        "scenario": session.spec.scenario.id,
        "seed": session.spec.seed,
        "faults": [
            {
                "id": fault.id,
                "title": fault.title,
                "service": fault.service,
                "mechanism": fault.mechanism.value,
                "locus": fault.locus,
                "hints": list(fault.hints),
                "action_items": list(fault.action_items),
            }
            for fault in session.spec.faults
        ],
        "declared": diagnosis.judged(session),
        "evidence_min": EVIDENCE_MIN,
    }
