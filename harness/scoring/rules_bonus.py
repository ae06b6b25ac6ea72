"""Integration under pressure: structure, parts that work together, quality that holds."""

from __future__ import annotations

from harness.exercise.views import Response
from harness.record.events import (
    DiagnosisDeclared,
    Event,
    HypothesesRevised,
    LearningStored,
    OutcomeMeasured,
)
from harness.record.story import Noted
from harness.scoring.case import (
    Case,
    Decision,
    for_instructor,
    given,
    no_data,
    unanswered,
    withheld,
)
from harness.scoring.panic import classify


def structure_held(case: Case) -> Decision:
    """The response followed the structured pattern."""
    seen = classify(case)
    seqs = tuple(sorted({seq for sign in seen.signs for seq in sign.seqs}))
    signs = ", ".join(sign.name for sign in seen.signs) or "no sign of either"
    if seen.pattern == "structured":
        return Decision("given", signs, seqs)
    if seen.pattern == "no data":
        return no_data(signs)
    return Decision("not given", f"{seen.pattern}: {signs}", seqs)


def capabilities_complemented(case: Case) -> Decision:
    """One chain: a belief was acted on, the outcome measured, told, and learned from."""
    if not case.responses:
        return unanswered(case)
    chain = _chain(case)
    missing = next((name for name, one in chain if one is None), None)
    seen = [one for _, one in chain if one is not None]
    if missing is not None:
        return withheld(f"the chain breaks at: {missing}", *seen)
    return given("belief, expectation, outcome, word and lesson follow from each other", *seen)


def quality_held(case: Case) -> Decision:
    """Whether the work stayed good while time was short is for a person to say."""
    if case.start is None:
        return no_data("nobody was paged")
    if classify(case).pattern == "panic":
        return withheld("the response followed the pattern of panic", *case.responses)
    return for_instructor("did what was written and done stay good under pressure?", *case.updates)


def _chain(case: Case) -> list[tuple[str, Noted[Event] | None]]:
    """Each link that follows from a response: from the first that was believed in and stated."""
    action = next(
        (one for one in case.responses if _belief(case, one) and case.stated_for(one)),
        case.responses[0],
    )
    stated = case.stated_for(action)
    measured = next(
        (
            one
            for one in case.story.of(OutcomeMeasured)
            if stated is not None and one.event.action_id == stated.event.action_id
        ),
        None,
    )
    update = next((one for one in case.updates if one.seq > action.seq), None)
    learned = next((one for one in case.story.of(LearningStored) if one.seq > action.seq), None)
    return [
        ("a belief about what was acted on", _belief(case, action)),
        ("an expectation of the act", stated),
        ("a measured outcome", measured),
        ("a word to stakeholders after it", update),
        ("a stored lesson", learned),
    ]


def _belief(case: Case, action: Noted[Response]) -> Noted[Event] | None:
    """The newest belief, before an action, that its service is where the cause lies."""
    found: Noted[Event] | None = None
    for one in case.story.entries:
        if one.seq > action.seq:
            break
        event = one.event
        if isinstance(event, HypothesesRevised) and event.hypotheses:
            leading = max(event.hypotheses, key=lambda h: h.probability_percent)
            found = one if leading.service == action.event.service else None
        elif isinstance(event, DiagnosisDeclared):
            found = one if event.service == action.event.service else None
    return found
