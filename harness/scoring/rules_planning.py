"""Planning under pressure: triage, priorities, verification, a way back, speed."""

from __future__ import annotations

from harness.exercise.views import has_ended, silent_from
from harness.record.events import HypothesesRevised, TriageWritten
from harness.scoring.case import (
    Case,
    Decision,
    given,
    no_data,
    not_asked,
    not_yet,
    unanswered,
    withheld,
)

TRIAGE_WITHIN_MS = 5 * 60_000
RESOLVED_WITHIN_MS = 10 * 60_000


def structured_triage(case: Case) -> Decision:
    """Known, unknown and priorities were written within five minutes, before anything was done."""
    triage = case.story.first(TriageWritten)
    if triage is None:
        newest = case.story.entries[-1:]
        is_late = any(case.since_zero_ms(one) > TRIAGE_WITHIN_MS for one in newest)
        if case.responses or is_late:
            return withheld("no triage was written", *case.responses[:1])
        return not_yet(case, "no triage was written")
    if not (triage.event.known and triage.event.unknown and triage.event.priorities):
        return withheld("the triage lacks a part", triage)
    if case.since_zero_ms(triage) > TRIAGE_WITHIN_MS:
        return withheld("the triage came after more than five minutes", triage)
    if case.responses and case.responses[0].seq < triage.seq:
        return withheld("something was done before the triage", case.responses[0], triage)
    return given("a full triage came before the first action", triage)


def containment_before_diagnosis_before_fix(case: Case) -> Decision:
    """The first triage puts preventing the cascade first, diagnosis second, the fix after both."""
    triage = case.story.first(TriageWritten)
    if triage is None:
        return not_yet(case, "no priorities were written")
    order = [one.kind for one in triage.event.priorities]
    if "prevent-cascade" not in order or "diagnose" not in order:
        return withheld("preventing the cascade or diagnosing is not among the priorities", triage)
    cascade, diagnose = order.index("prevent-cascade"), order.index("diagnose")
    fix = order.index("fix") if "fix" in order else len(order)
    if not cascade < diagnose < fix:
        return withheld(f"the order is {' > '.join(order)}", triage)
    return given(f"the order is {' > '.join(order)}", triage)


def verified_before_acting(case: Case) -> Decision:
    """After forming hypotheses, and before the first response, evidence was added to them."""
    if not case.responses:
        return unanswered(case)
    action = case.responses[0]
    formed = case.story.first(HypothesesRevised)
    if formed is None or formed.seq > action.seq:
        return withheld("the first response came before any hypothesis", action)
    added = [one.at for one in case.evidence if formed.seq < one.at.seq < action.seq]
    if not added:
        return withheld("no evidence was added between hypothesis and response", formed, action)
    return given("one more data point came before the first response", formed, *added, action)


def way_back_planned(case: Case) -> Decision:
    """Each rollback and hotfix was stated beforehand, with what to do if it makes things worse."""
    risky = [one for one in case.responses if one.event.kind not in ("restart", "flag")]
    if not case.responses:
        return unanswered(case)
    if not risky:
        return not_asked(case, "nothing was rolled back or fixed")
    plans = []
    for one in risky:
        stated = case.stated_for(one)
        if stated is None or not stated.event.if_worse:
            return withheld(f"no plan for the case that it gets worse ({one.event.service})", one)
        plans.append(stated)
    return given("every rollback and fix had its way back", *plans, *risky)


def resolved_in_time(case: Case) -> Decision:
    """The last alert fell silent less than ten minutes after the first page."""
    silent = silent_from(case.story.entries)
    if silent is None:
        if has_ended(case.story):
            return withheld("it ended with alerts that still fired, or none that were seen to end")
        return no_data("alerts have not fallen silent")
    if case.since_zero_ms(silent) >= RESOLVED_WITHIN_MS:
        return withheld("it took ten minutes or more", silent)
    return given("less than ten minutes from the first page to silence", silent)
