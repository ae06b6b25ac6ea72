"""What a team writes: triage, hypotheses, marks, expectations, updates, lessons."""

from __future__ import annotations

import dataclasses
from typing import Any

from fastapi import Request

from harness.api.access import TEAM, router_for
from harness.api.answers import team_answers
from harness.api.answers.shapes import answers
from harness.api.dependencies import Actor, By, InSession
from harness.drill.actions import expectation, guardrail_checks, team_entry
from harness.drill.actions.expectation import Plan
from harness.drill.queries import team_entries
from harness.exercise import entries
from harness.exercise.update_texts import Reader
from harness.record import events

router = router_for(TEAM, prefix="/v1")


@router.post("/incident", responses=answers(events.IncidentDeclared))
async def declare(body: entries.Incident, session: InSession, by: By) -> Any:
    return team_entry.declare(session, body, by=by)


@router.post("/triage", responses=answers(events.TriageWritten))
async def triage(body: entries.Triage, session: InSession, by: By) -> Any:
    return team_entry.triage(session, body, by=by)


@router.get("/hypotheses", responses=answers(list[team_answers.Revision]))
async def hypotheses(session: InSession) -> Any:
    return team_entries.revisions(session.story())


@router.post("/hypotheses", responses=answers(team_answers.Revised))
async def revise(body: entries.Hypotheses, session: InSession, by: By) -> Any:
    event, problems = await team_entry.revise_hypotheses(session, body, by=by)
    return {**dataclasses.asdict(event), "problems": problems}


@router.post("/marks", responses=answers(events.AlertMarked))
async def mark(body: entries.Mark, session: InSession, by: By) -> Any:
    return team_entry.mark(session, body, by=by)


@router.post("/expectations", responses=answers(team_answers.Stated))
async def expect(body: entries.Expectation, session: InSession, by: By) -> Any:
    plan = Plan(body.expect, body.probability, body.within_s, body.if_worse)
    stated = expectation.state(session, plan, action=body.action, target=body.target, by=by)
    expectation.follow_up(session, stated)
    return {**dataclasses.asdict(stated), "held": expectation.how_it_is_held(stated)}


@router.post("/outcomes", responses=answers(events.OutcomeMeasured))
async def outcome(body: entries.Outcome, session: InSession, by: By) -> Any:
    return expectation.tell_outcome(session, **body.model_dump(), by=by)


@router.get("/updates", responses=answers(list[team_answers.UpdateAsRead]))
async def updates(session: InSession, reader: Reader = "internal") -> Any:
    return team_entries.updates(session.story(), reader)


@router.post("/updates", responses=answers(team_answers.UpdateTexts))
async def update(body: entries.Update, session: InSession, by: By) -> Any:
    posted = team_entry.post_update(session, body, by=by)
    return team_entries.rendered(session.story(), posted)


@router.post("/reflections", responses=answers(events.ReflectionWritten))
async def reflect(body: entries.Reflection, session: InSession, by: By) -> Any:
    return team_entry.reflect(session, body, by=by)


@router.post("/causes", responses=answers(events.CauseAnalysed))
async def analyse(body: entries.Analysis, session: InSession, by: By) -> Any:
    return team_entry.analyse(session, body, by=by)


@router.post("/learnings", responses=answers(events.LearningStored))
async def learn(body: entries.Learning, session: InSession, by: By) -> Any:
    return team_entry.learn(session, body, by=by)


@router.get("/guardrails", responses=answers(list[team_answers.Guardrail]))
async def guardrails(session: InSession) -> Any:
    return guardrail_checks.listed(session)


@router.post("/action-items", responses=answers(events.ActionItemAdded))
async def add_action_item(body: entries.ActionItem, session: InSession, by: By) -> Any:
    return team_entry.add_action_item(session, body, by=by)


@router.post("/tool-calls", responses=answers(team_answers.Noted))
async def tool_called(body: entries.ToolCall, request: Request, by: Actor) -> dict[str, str]:
    """What an agent's tools were asked, beside what came of it."""
    event = events.ToolCalled(**body.model_dump(), by=by)
    request.app.state.tool_calls.add((event.tool, event.outcome), event)
    return {"status": "noted"}
