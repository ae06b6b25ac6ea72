"""Panic and structure are told apart by what was done, and in which order."""

from __future__ import annotations

from dataclasses import replace

from harness.record.events import (
    ActionStated,
    DeployStarted,
    DeploySucceeded,
    FlagSwitched,
    NoteAdded,
    UpdatePosted,
)
from harness.scoring.panic import classify
from harness.scoring.rubric import RULES
from tests.unit.scoring.stories import PANIC, STRUCTURED, case_of, deploy, without


def test_the_panic_story_is_panic_with_its_evidence() -> None:
    seen = classify(case_of(PANIC))
    assert seen.pattern == "panic"
    assert {sign.name for sign in seen.signs} == {
        "restarts before evidence",
        "services restarted one after the other",
        "more actions than ideas",
        "no hypothesis for ten minutes",
    }
    assert seen.restarts_before_evidence == 9
    assert seen.actions == 10
    assert seen.actions_per_hypothesis is None
    assert all(sign.seqs for sign in seen.signs)


def test_the_structured_story_is_structured_and_shows_no_sign_of_panic() -> None:
    seen = classify(case_of(STRUCTURED))
    assert seen.pattern == "structured"
    assert {sign.says for sign in seen.signs} == {"structured"}
    assert seen.actions_per_hypothesis is not None
    assert seen.actions_per_hypothesis < 1


def test_one_hasty_restart_in_a_structured_response_is_mixed() -> None:
    hasty = [*STRUCTURED, (1.2, deploy("restart", "payments", DeployStarted))]
    seen = classify(case_of(sorted(hasty, key=lambda one: one[0])))
    assert seen.pattern == "mixed"
    assert "restarts before evidence" in {sign.name for sign in seen.signs}


def test_a_restart_after_evidence_is_no_sign() -> None:
    later = [*STRUCTURED, (4.5, deploy("restart", "payments", DeployStarted))]
    assert classify(case_of(sorted(later, key=lambda one: one[0]))).pattern == "structured"


def test_an_executive_who_got_no_answer_is_no_panic() -> None:
    """It is a line of the rubric that is missed; who investigates in order does not panic."""
    silent = [
        (minute, replace(event, readers="internal") if isinstance(event, UpdatePosted) else event)
        for minute, event in STRUCTURED
    ]
    assert classify(case_of(silent)).pattern == "structured"
    assert RULES["executive_told_confidence"](case_of(silent)).verdict == "not given"


def test_without_a_page_there_is_nothing_to_classify() -> None:
    assert classify(case_of([(0.0, NoteAdded("hm", "kim"))])).pattern == "no data"
    assert classify(case_of(STRUCTURED[:12])).pattern == "no data"


def test_a_switched_flag_is_a_response_with_its_stated_expectation() -> None:
    stated = ActionStated("act-9", "flag", "payments", "it is calm again", 80, 120.0, "", "kim")
    calm = [*without(STRUCTURED, DeployStarted, DeploySucceeded, ActionStated)]
    told = sorted(
        [*calm, (5.0, stated), (5.1, FlagSwitched("payments", "cards", False, "kim"))],
        key=lambda one: one[0],
    )
    case = case_of(told)
    [response] = case.responses
    assert response.event.kind == "flag"
    found = case.stated_for(response)
    assert found is not None
    assert found.event is stated
    assert classify(case).actions == 1
