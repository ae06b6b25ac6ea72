"""A postmortem drafted from the record: what can be known is filled in, the rest is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from harness import causes
from harness.record import events
from harness.record.envelope import to_iso
from harness.record.story import Story
from harness.scoring.answer import judge_answer
from harness.scoring.blameless import blaming_words, people_of, written_texts
from harness.scoring.calibration import calibration_table
from harness.scoring.case import AnswerKey, Case
from harness.scoring.guardrails import Guardrails, guardrails
from harness.scoring.kpi import Kpis
from harness.scoring.learning import learning_entries
from harness.scoring.panic import classify
from harness.scoring.postmortem_model import (
    ActionItem,
    Answer,
    Cause,
    Impact,
    Postmortem,
    Remark,
    RootCause,
)
from harness.scoring.timeline import timeline
from harness.scoring.times import REVEALS, Duration, duration_text

LEVELS = ("surface", "deeper", "deepest")
MEASURING = frozenset({"load", "recorder"})
"""Targets of the telemetry that are no part of the shop."""


def draft(story: Story, kpis: Kpis, key: AnswerKey | None = None) -> Postmortem:
    """The draft. `key` tells the answer: leave it out where it has not been revealed."""
    case = Case(story, key)
    reflections = [one.event for one in story.of(events.ReflectionWritten)]
    return Postmortem(
        version=1,
        drill_id=story.drill_id,
        title=_title(story),
        began_at=to_iso(case.start.wall_time) if case.start else None,
        summary=_summary(case, kpis),
        impact=_impact(story, kpis),
        timeline=timeline(story),
        root_cause=_root_cause(case),
        causes=tuple(
            Cause(one.event.level, one.event.text, one.event.confidence_percent)
            for level in LEVELS
            for one in story.of(events.CauseAnalysed)
            if one.event.level == level
        ),
        went_well=tuple(one.text for one in reflections if one.kind == "went-well"),
        could_improve=tuple(one.text for one in reflections if one.kind == "could-improve"),
        answers=tuple(
            Answer(one.question, one.text) for one in reflections if one.kind == "answer"
        ),
        action_items=tuple(
            ActionItem(one.event.item_id, one.event.text, one.event.owner, one.event.check)
            for one in story.of(events.ActionItemAdded)
        ),
        learning=learning_entries(story),
        calibration=calibration_table(case),
        pattern=classify(case).pattern,
        guardrails=_guardrails(case),
        remarks=_remarks(story),
        missing=_missing(case),
    )


def _title(story: Story) -> str:
    """As the team declared the incident; else as the first page told of it."""
    declared, page = story.last(events.IncidentDeclared), story.first(events.PageSent)
    if declared is not None:
        return declared.event.summary
    return page.event.summary or page.event.alert if page else "Incident"


def _summary(case: Case, kpis: Kpis) -> str:
    """When and how it was noticed, what was done, how it ended."""
    if case.start is None:
        return "There was no page, and no incident was declared."
    page = case.story.first(events.PageSent)
    how = f"a page came in: {page.event.summary}" if page else "an incident was declared manually"
    done = dict.fromkeys(f"{one.event.kind} of {one.event.service}" for one in case.responses)
    parts = [
        f"At {to_iso(case.start.wall_time)} {how}.",
        f"The team responded by {', '.join(done)}."
        if done
        else "There was no rollback, restart, flag change or fix.",
    ]
    parts.append(_when("Alerts cleared", kpis.times.ttm, "Alerts have not cleared."))
    parts.append(_when("Recovery was verified", kpis.times.ttr, "Recovery has not been proven."))
    return " ".join(parts)


def _when(what: str, took: Duration | None, otherwise: str) -> str:
    return otherwise if took is None else f"{what} {duration_text(took)} after the first page."


def _impact(story: Story, kpis: Kpis) -> Impact:
    last = story.last(events.IncidentDeclared)
    declared = last.event if last else None
    return Impact(
        severity=declared.severity if declared else None,
        users_affected=kpis.users_affected,
        users_declared=declared.users_affected if declared else None,
        revenue_lost=kpis.revenue_lost,
        systems=declared.systems if declared else (),
        systems_alerting=tuple(sorted(_alerting(story))),
        blast_radius=declared.blast_radius if declared else None,
        escalated_for=declared.escalate if declared else (),
        times=kpis.times,
        is_sealed=not any(isinstance(one.event, REVEALS) for one in story.entries),
    )


def _alerting(story: Story) -> set[str]:
    """The systems of the shop that alerts were about. What measures them, such as the load, is the
    customers' side, and no system of the shop."""
    return {one.event.service for one in story.of(events.AlertFired)} - MEASURING - {""}


def _root_cause(case: Case) -> RootCause:
    last = case.story.last(events.DiagnosisDeclared)
    declared = last.event if last else None
    return RootCause(
        declared=f"{declared.service}: {declared.mechanism}" if declared else None,
        declared_confidence_percent=declared.confidence_percent if declared else None,
        actual=case.key.title or None if case.key else None,
        locus=case.key.locus or None if case.key else None,
    )


def _guardrails(case: Case) -> tuple[Guardrails, ...]:
    """Against every true cause where they are known, else against the declared one."""
    diagnoses = [one.event for one in case.story.of(events.DiagnosisDeclared)]
    if case.truth is None:
        names = [(one.service, one.mechanism) for one in diagnoses[-1:]]
    else:
        names = [_names(cause, diagnoses) for cause in case.truth.causes]
    found = (guardrails(kind, "" if name == causes.NOWHERE else name) for name, kind in names)
    return tuple(one for one in found if one is not None)


def _names(cause: causes.Answer, diagnoses: Sequence[events.DiagnosisDeclared]) -> tuple[str, str]:
    """The service and mechanism that one cause goes by: as the team named it last, if rightly."""
    for one in reversed(diagnoses):
        if judge_answer(one.service, one.mechanism, cause).right:
            return one.service, one.mechanism
    service = cause.service or min(cause.services, default="")
    return service, cause.mechanism or min(cause.mechanisms, default="")


def _remarks(story: Story) -> tuple[Remark, ...]:
    """What blames somebody, once: a saved postmortem repeats much that was written before."""
    people, found = people_of(story), list[Remark]()
    for one, text in written_texts(story):
        noted = {remark.words for remark in found}
        found += [
            Remark(one.seq, blame.words, blame.advice)
            for blame in blaming_words(text, people)
            if not (isinstance(one.event, events.PostmortemSaved) and blame.words in noted)
        ]
    return tuple(found)


def _missing(case: Case) -> tuple[str, ...]:
    story = case.story
    stated = {one.event.level for one in story.of(events.CauseAnalysed)}
    reflected = {one.event.kind for one in story.of(events.ReflectionWritten)}
    parts = [
        *((f"the {level} cause, with its confidence", level in stated) for level in LEVELS),
        ("what went well", "went-well" in reflected),
        ("what could improve", "could-improve" in reflected),
        ("action items with owners", bool(story.of(events.ActionItemAdded))),
        ("what was learned", bool(story.of(events.LearningStored))),
        (
            "severity, systems and blast radius of the incident",
            bool(story.of(events.IncidentDeclared)),
        ),
        ("a diagnosis", bool(story.of(events.DiagnosisDeclared))),
    ]
    return tuple(what for what, is_there in parts if not is_there)
