"""Reflection under pressure: known and unknown, source and symptom, evidence first, depth."""

from __future__ import annotations

from typing import get_args

from harness.exercise.views import alert_marks
from harness.model import Mechanism
from harness.record.events import (
    AlertFired,
    CauseAnalysed,
    CauseLevel,
    ReflectionWritten,
    TriageWritten,
)
from harness.scoring.case import (
    Case,
    Decision,
    for_instructor,
    given,
    not_asked,
    not_yet,
    unanswered,
    withheld,
)

EXHAUSTION_ALERT = "DatabasePoolExhausted"
"""It says that connections to a database are used up, which is seldom the cause."""

REFLECTIONS_MIN = 3
"""Of what went well, and of what could improve; fewer cannot be thorough."""


def known_and_unknown(case: Case) -> Decision:
    """A triage before recovery says what is known and what is not."""
    end = case.recovery.seq if case.recovery else case.story.seq + 1
    for triage in case.story.of(TriageWritten):
        if triage.seq < end and triage.event.known and triage.event.unknown:
            return given("known and unknown were told apart", triage)
    because = "known and unknown were not told apart before recovery"
    return withheld(because) if case.recovery else not_yet(case, because)


def exhaustion_is_a_symptom(case: Case) -> Decision:
    """The alert of exhaustion that fired was marked a symptom, unless the pool was the cause."""
    if case.truth and Mechanism.POOL_TOO_SMALL.value in case.truth.mechanisms:
        return not_asked(case, "here the pool was the cause")
    fired = [one for one in case.story.of(AlertFired) if one.event.name == EXHAUSTION_ALERT]
    if not fired:
        return not_asked(case, f"{EXHAUSTION_ALERT} did not fire")
    marked = alert_marks(case.story).get(EXHAUSTION_ALERT)
    if marked is None:
        because = f"nobody said whether {EXHAUSTION_ALERT} is source or symptom"
        return not_yet(case, because, fired[0])
    if marked.event.mark != "symptom":
        return withheld(f"{EXHAUSTION_ALERT} was marked {marked.event.mark}", marked)
    return given(f"{EXHAUSTION_ALERT} was marked a symptom", marked)


def evidence_before_acting(case: Case) -> Decision:
    """Some evidence was recorded before the first rollback, restart or fix."""
    if not case.responses:
        return unanswered(case)
    action = case.responses[0]
    before = [one.at for one in case.evidence if one.at.seq < action.seq]
    if not before:
        return withheld(f"{action.event.kind} of {action.event.service} before evidence", action)
    return given("evidence came before the first response", before[0], action)


def reflection_was_thorough(case: Case) -> Decision:
    """Enough was written after recovery; whether it is thorough, a person says."""
    begin = case.recovery.seq if case.recovery else case.story.seq
    written = [one for one in case.story.of(ReflectionWritten) if one.seq > begin]
    well = [one for one in written if one.event.kind == "went-well"]
    improve = [one for one in written if one.event.kind == "could-improve"]
    if min(len(well), len(improve)) < REFLECTIONS_MIN:
        counts = f"{len(well)} went well, {len(improve)} could improve"
        because = f"after recovery: {counts}; at least {REFLECTIONS_MIN} of each"
        return not_yet(case, because, *written)
    return for_instructor("enough was written: is it thorough?", *well, *improve)


def causes_beneath_the_surface(case: Case) -> Decision:
    """Surface, deeper and deepest cause were each stated."""
    stated = {one.event.level: one for one in case.story.of(CauseAnalysed)}
    missing = [level for level in get_args(CauseLevel) if level not in stated]
    if missing:
        return not_yet(case, f"not stated: {', '.join(missing)} cause", *stated.values())
    return given("surface, deeper and deepest cause are told apart", *stated.values())
