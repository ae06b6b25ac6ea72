"""What a team writes: triage, hypotheses, marks, expectations, updates, lessons."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from harness.api.access import TEAM, router_for
from harness.api.dependencies import Body, By, InSession, Name, Text, Texts
from harness.drill.actions import expectation, guardrail_checks, team_entry
from harness.drill.actions.expectation import WITHIN_DEFAULT_S, Plan
from harness.drill.queries import team_entries
from harness.exercise.update_texts import Reader
from harness.record.events import Hypothesis

router = router_for(TEAM, prefix="/v1")

HYPOTHESES_MAX = 100


class Incident(Body):
    severity: Text
    summary: Text
    systems: Texts
    blast_radius: Text
    users_affected: int | None = None
    escalate: Texts = Field(default_factory=list)


class PriorityIn(Body):
    kind: Text
    text: Text


class Triage(Body):
    known: Texts = Field(default_factory=list)
    unknown: Texts = Field(default_factory=list)
    priorities: list[PriorityIn] = Field(default_factory=list)
    not_doing_yet: Texts = Field(default_factory=list)


class HypothesisIn(Body):
    id: Text
    text: Text
    probability: int
    service: Text = ""
    mechanism: Text = ""
    evidence_for: Texts = Field(default_factory=list, alias="for")
    evidence_against: Texts = Field(default_factory=list, alias="against")


class Hypotheses(Body):
    hypotheses: Annotated[list[HypothesisIn], Field(max_length=HYPOTHESES_MAX)]
    reason: Text = ""


class Mark(Body):
    alert: Name
    mark: Text
    reason: Text = ""


class Expectation(Body):
    action: Text
    target: Text = ""
    expect: Text
    probability: int | None = None
    within_s: float = WITHIN_DEFAULT_S
    if_worse: Text = ""


class Outcome(Body):
    action_id: Name
    met: bool
    measured: Text


class Update(Body):
    status: Text
    what_happened: Text
    what_we_did: Text
    current_state: Text
    confidence: int | None = None
    unknowns: Texts = Field(default_factory=list)
    next_steps: Texts = Field(default_factory=list)
    readers: Text = "all"
    eta_minutes: float | None = None
    eta_latest_minutes: float | None = None
    components: dict[str, str] | None = None


class Reflection(Body):
    kind: Text
    text: Text
    question: Text = ""


class Analysis(Body):
    level: Text
    text: Text
    confidence: int | None = None


class Learning(Body):
    kind: Text
    fields: dict[str, Text | Texts]


class ActionItem(Body):
    text: Text
    owner: Text
    check: Text = ""


@router.post("/incident")
async def declare(body: Incident, session: InSession, by: By) -> Any:
    return team_entry.declare(session, **body.model_dump(), by=by)


@router.post("/triage")
async def triage(body: Triage, session: InSession, by: By) -> Any:
    return team_entry.triage(
        session,
        known=body.known,
        unknown=body.unknown,
        priorities=[(one.kind, one.text) for one in body.priorities],
        not_doing_yet=body.not_doing_yet,
        by=by,
    )


@router.get("/hypotheses")
async def hypotheses(session: InSession) -> Any:
    return team_entries.revisions(session.story())


@router.post("/hypotheses")
async def revise(body: Hypotheses, session: InSession, by: By) -> Any:
    revised = [
        Hypothesis(
            one.id,
            one.text,
            one.probability,
            one.service,
            one.mechanism,
            tuple(one.evidence_for),
            tuple(one.evidence_against),
        )
        for one in body.hypotheses
    ]
    return await team_entry.revise_hypotheses(session, revised, reason=body.reason, by=by)


@router.post("/marks")
async def mark(body: Mark, session: InSession, by: By) -> Any:
    return team_entry.mark(session, **body.model_dump(), by=by)


@router.post("/expectations")
async def expect(body: Expectation, session: InSession, by: By) -> Any:
    plan = Plan(body.expect, body.probability, body.within_s, body.if_worse)
    stated = expectation.note_plan(session, plan, action=body.action, target=body.target, by=by)
    expectation.follow_up(session, stated)
    return stated


@router.post("/outcomes")
async def outcome(body: Outcome, session: InSession, by: By) -> Any:
    return expectation.tell_outcome(session, **body.model_dump(), by=by)


@router.get("/updates")
async def updates(session: InSession, reader: Reader = "internal") -> Any:
    return team_entries.updates(session.story(), reader)


@router.post("/updates")
async def update(body: Update, session: InSession, by: By) -> Any:
    given = body.model_dump(exclude={"confidence"})
    posted = team_entry.post_update(session, **given, confidence_percent=body.confidence, by=by)
    return team_entries.rendered(session.story(), posted)


@router.post("/reflections")
async def reflect(body: Reflection, session: InSession, by: By) -> Any:
    return team_entry.reflect(session, **body.model_dump(), by=by)


@router.post("/causes")
async def analyse(body: Analysis, session: InSession, by: By) -> Any:
    return team_entry.analyse(
        session, level=body.level, text=body.text, confidence_percent=body.confidence, by=by
    )


@router.post("/learnings")
async def learn(body: Learning, session: InSession, by: By) -> Any:
    return team_entry.learn(session, kind=body.kind, fields=body.fields, by=by)


@router.get("/guardrails")
async def guardrails(session: InSession) -> Any:
    return guardrail_checks.listed(session)


@router.post("/action-items")
async def add_action_item(body: ActionItem, session: InSession, by: By) -> Any:
    return team_entry.add_action_item(session, **body.model_dump(), by=by)
