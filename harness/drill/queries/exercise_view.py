"""The exercise as its people see it: phase, time, roles, messages, what is open and due."""

from __future__ import annotations

from typing import Any

from harness.drill.lifecycle.exercise_clock import reading
from harness.drill.outputs.incident_files import folder_of
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.exercise.agenda import Agenda
from harness.exercise.clock import Reading
from harness.exercise.roles import team_roles
from harness.exercise.views import incident_start, open_actions, role_holders
from harness.record.events import (
    AnswerSealed,
    DrillAborted,
    DrillFinished,
    HintTaken,
    InjectDelivered,
    UpdatePosted,
)
from harness.record.story import Story
from harness.scoring.cadence import EVERY_MS, FIRST_WITHIN_MS


def exercise(session: Session) -> dict[str, Any]:
    """The exercise as plain data; times are seconds of the agenda."""
    shown = reading(session)
    story = session.story()
    promised = story.first(AnswerSealed)
    folder = folder_of(session.spec)
    return {
        "agenda": session.spec.agenda.id,
        "title": session.spec.agenda.title,
        "objectives": list(session.spec.agenda.objectives),
        "speed": session.spec.speed,
        "asks_for_plan": asks_for_plan(session.spec),
        "clock": clock(shown),
        "phases": [
            {"id": one.id, "title": one.title, "duration_s": _seconds(one.duration_ms)}
            for one in session.spec.agenda.phases
        ],
        "ai": shown.ai,
        "roles": {role: list(people) for role, people in role_holders(story).items()},
        "messages": messages(story),
        "hints": [one.event.text for one in story.of(HintTaken)],
        "files": sorted(str(path) for path in folder.glob("*")) if folder.exists() else [],
        "open_actions": [one.event for one in open_actions(story)],
        "update_due_s": _seconds(update_due_ms(story, story.clock.team_ms(session.drill_ms()))),
        "sealed": promised.event.commitment if promised else None,
    }


def plan_of(agenda: Agenda) -> dict[str, Any]:
    """An agenda before it is played: every phase from when to when, in seconds, and what for."""
    phases, begin_ms = [], 0
    for one in agenda.phases:
        end_ms = None if one.duration_ms is None else begin_ms + one.duration_ms
        phases.append(
            {
                "title": one.title,
                "kind": one.kind,
                "ai": one.ai,
                "begin_s": begin_ms / 1000,
                "end_s": _seconds(end_ms),
                "objectives": list(one.objectives),
                "questions": list(one.questions),
            }
        )
        begin_ms = end_ms or begin_ms
    return {"title": agenda.title, "objectives": list(agenda.objectives), "phases": phases}


def asks_for_plan(spec: DrillSpec) -> bool:
    """Whether a rollback or a deploy wants to know first what is expected of it."""
    return spec.agenda.id != "solo"


def clock(shown: Reading) -> dict[str, Any]:
    """What the clock shows, as plain data."""
    return {
        "is_running": shown.is_running,
        "is_paused": shown.is_paused,
        "is_over": shown.is_over,
        "agenda_s": shown.agenda_ms / 1000,
        "phase": shown.phase.id,
        "phase_title": shown.phase.title,
        "phase_kind": shown.phase.kind,
        "phase_s": shown.phase_ms / 1000,
        "remaining_s": _seconds(shown.remaining_ms),
        "objectives": list(shown.phase.objectives),
        "questions": list(shown.phase.questions),
    }


def messages(story: Story) -> list[dict[str, Any]]:
    """What the team was told, in order."""
    return [
        {
            "id": one.event.inject_id,
            "kind": one.event.kind,
            "sender": one.event.sender,
            "text": one.event.text,
            "seq": one.seq,
        }
        for one in story.of(InjectDelivered)
    ]


def checklists(story: Story) -> list[dict[str, Any]]:
    """Every role with its responsibilities, its checklist and who holds it."""
    holders = role_holders(story)
    return [
        {
            "id": role.id,
            "title": role.title,
            "people": list(holders.get(role.id, ())),
            "responsibilities": list(role.responsibilities),
            "checklist": list(role.checklist),
        }
        for role in team_roles().values()
    ]


def update_due_ms(story: Story, now_ms: int) -> int | None:
    """Team time until stakeholders should hear something; negative once it is late.

    None before the incident, after all is said to be resolved, and once the drill is over.
    """
    begin, last = incident_start(story), story.last(UpdatePosted)
    is_over = bool(story.of(DrillFinished) or story.of(DrillAborted))
    if begin is None or is_over or (last is not None and last.event.status == "resolved"):
        return None
    if last is None or last.seq < begin.seq:
        return begin.team_ms + FIRST_WITHIN_MS - now_ms
    return last.team_ms + EVERY_MS - now_ms


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
