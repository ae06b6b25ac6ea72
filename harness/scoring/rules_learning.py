"""Learning: what was stored, how it is worded, and whether anybody will do it."""

from __future__ import annotations

from harness.record.events import ActionItemAdded, LearningStored
from harness.record.story import Noted
from harness.scoring.blameless import blaming_entries, written_texts
from harness.scoring.case import Case, Decision, given, not_yet, withheld


def pattern_stored(case: Case) -> Decision:
    """An incident pattern with symptoms, cause, detection and resolution was stored."""
    return _stored(case, "incident pattern", "incident_pattern")


def diagnostic_lesson_stored(case: Case) -> Decision:
    """A lesson on how to diagnose was stored."""
    return _stored(case, "diagnostic lesson", "diagnostic_lesson")


def process_improvement_stored(case: Case) -> Decision:
    """A lesson about, or an improvement of, the process was stored."""
    return _stored(case, "process lesson or improvement", "process_lesson", "process_improvement")


def blameless_and_accountable(case: Case) -> Decision:
    """No text after the incident blames a person, and the process has somebody to answer for it."""
    texts = written_texts(case.story)
    if not texts:
        return not_yet(case, "nothing was written about the incident")
    if blaming := blaming_entries(case.story):
        return withheld("some wording blames a person", *blaming)
    accountable: list[Noted[ActionItemAdded]] = [one for one in _items(case) if one.event.owner]
    if not accountable:
        return not_yet(case, "nobody answers for any improvement")
    return given("blames nobody, and every improvement has somebody", *accountable)


def improvements_are_actionable(case: Case) -> Decision:
    """There are action items, and each has an owner."""
    items = _items(case)
    if not items:
        return not_yet(case, "there is no action item")
    ownerless = [one for one in items if not one.event.owner]
    if ownerless:
        return withheld("an action item has no owner", *ownerless)
    return given(f"{len(items)} action items, each with an owner", *items)


def _items(case: Case) -> tuple[Noted[ActionItemAdded], ...]:
    return case.story.of(ActionItemAdded)


def _stored(case: Case, title: str, *kinds: str) -> Decision:
    found = [
        one
        for one in case.story.of(LearningStored)
        if one.event.kind in kinds and one.event.fields and all(one.event.fields.values())
    ]
    if not found:
        return not_yet(case, f"no {title} was stored")
    return given(f"stored: {title}", *found)
