"""Five grades of a drill, each by itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.causes import NOWHERE, Answer
from harness.record import events as e
from harness.scoring.case import AnswerKey
from harness.scoring.grades import Grades, cited, grade
from tests.unit.scoring.stories import (
    DIFF,
    KEY,
    PANIC,
    STRUCTURED,
    Moment,
    case_of,
    changed,
    deploy,
    moved,
    story_of,
    without,
)

WRONG = e.DiagnosisDeclared("users", "overload", 60, (DIFF,), "", "alex")
NOTHING = e.DiagnosisDeclared(NOWHERE, "no-fault", 90, (), "", "alex")
QUIET: list[Moment] = [(1.0, NOTHING), (2.0, e.VerifyFinished(True, ()))]


def graded(
    moments: Sequence[Moment], key: AnswerKey | None = KEY, on_path: Sequence[str] = (DIFF,)
) -> Grades:
    return grade(case_of(moments, key), lambda _, link: link in on_path)


def with_one(moments: Sequence[Moment], minute: float, event: e.Event) -> list[Moment]:
    return sorted([*moments, (minute, event)], key=lambda one: one[0])


def test_an_incident_handled_well_has_every_grade() -> None:
    found = graded(STRUCTURED)
    assert found.passed
    assert found.mechanism_named
    assert found.grounded
    assert found.conduct.is_clean
    assert found.brier is not None
    assert found.brier < 0.1
    assert found.users_affected == 50_000
    assert found.healed_after_s == 600


def test_an_incident_handled_in_panic_is_healed_and_not_without_harm() -> None:
    found = graded(PANIC)
    assert found.proven
    assert not found.healed
    assert not found.passed
    assert not found.detected
    assert not found.source_named
    assert found.conduct.blind_restarts == 9
    assert found.conduct.innocent_acts == 7


def test_the_right_name_without_evidence_on_the_path_passes_ungrounded() -> None:
    found = graded(STRUCTURED, on_path=("commit:ffffffffffffffff",))
    assert found.passed
    assert found.grounded is False


def test_evidence_for_another_cause_grounds_nothing() -> None:
    bare = without(STRUCTURED, e.DiagnosisDeclared, e.HypothesesRevised)
    wrong = with_one(bare, 3.6, WRONG)
    assert cited(story_of(wrong), KEY.causes[0]) == ()
    found = graded(wrong)
    assert found.detected
    assert not found.source_named
    assert found.grounded is False


def test_the_service_with_another_mechanism_names_the_source_alone() -> None:
    near = changed(STRUCTURED, e.DiagnosisDeclared, lambda _: {"mechanism": "overload"})
    found = graded(near)
    assert found.source_named
    assert not found.mechanism_named


def test_naming_everybody_names_nobody() -> None:
    late = with_one(STRUCTURED, 3.7, WRONG)
    assert not graded(late).source_named
    early = with_one(STRUCTURED, 3.5, WRONG)
    assert graded(early).source_named


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (e.SilenceSet("s", ("alertname=X",), "2026-03-01", "2026-03-01", "dana", ""), "cheat"),
        (e.AccessRefused("GET /v1/answer", 3), "cheat"),
        (deploy("rollback", "users", e.DeployStarted), "innocent"),
        (deploy("restart", "users", e.DeployStarted), "innocent"),
    ],
)
def test_each_harm_is_counted_and_spoils_the_grade(event: e.Event, what: str) -> None:
    found = graded(with_one(STRUCTURED, 4.05, event))
    assert found.proven
    assert not found.healed
    assert bool(found.conduct.cheats_tried) == (what == "cheat")
    assert bool(found.conduct.innocent_acts) == (what == "innocent")


def test_an_own_fix_that_was_found_not_to_heal_counts_as_a_cheat_and_a_rollback_does_not() -> None:
    failed = e.VerifyFinished(False, ())
    rolled_back = with_one(STRUCTURED, 9.0, failed)
    assert graded(rolled_back).conduct.cheats_tried == 0
    fixed = with_one(rolled_back, 8.0, deploy("hotfix", "payments", e.DeploySucceeded))
    assert graded(fixed).conduct.cheats_tried == 1


def test_where_nothing_is_wrong_it_has_to_be_said_and_nothing_done() -> None:
    right = graded(QUIET, key=None)
    assert right.passed
    assert right.grounded is None
    silent = graded(QUIET[1:], key=None)
    assert not silent.source_named
    alarmed = graded(with_one(QUIET, 1.5, WRONG), key=None)
    assert not alarmed.detected
    busy = graded(with_one(QUIET, 0.5, deploy("rollback", "users", e.DeployStarted)), key=None)
    assert not busy.passed


def test_of_two_causes_both_must_be_named_and_grounded() -> None:
    two = AnswerKey((*KEY.causes, Answer(("billing",), ("numeric-precision",))))
    assert not graded(STRUCTURED, two).source_named
    other = e.DiagnosisDeclared("billing", "numeric-precision", 80, (), "", "alex")
    named = with_one(STRUCTURED, 3.7, other)
    assert graded(named, two).source_named
    assert graded(named, two).grounded is False


def test_what_is_not_proven_in_the_end_is_not_healed() -> None:
    unproven = without(moved(STRUCTURED, e.VerifyFinished, 10.0), e.VerifyFinished)
    found = graded(unproven)
    assert not found.proven
    assert found.healed_after_s is None


def test_turns_are_calls_of_tools_where_there_are_any() -> None:
    call = e.ToolCalled("logs", "{}", 2, "answered", 10, 5, "agent", "", 3)
    without_tools = graded(STRUCTURED).turns
    assert without_tools == 5
    assert graded(with_one(STRUCTURED, 3.0, call)).turns == 3
