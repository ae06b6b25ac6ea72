"""A diagnosis is judged by what it means, not by how it is spelt."""

from __future__ import annotations

import pytest

from harness.model import Answer, Mechanism
from harness.record.events import DiagnosisDeclared, DrillTriggered, PageSent
from harness.scoring import answer
from harness.scoring.answer import judge_answer, names_any, recognise_mechanism
from harness.scoring.case import AnswerKey, Case
from harness.scoring.cause_time import cause_time
from harness.scoring.kpi import kpis_of
from tests.unit.exercise.tales import story_of
from tests.unit.scoring.stories import both

ACCEPTS = Answer(services=("orders",), mechanisms=(Mechanism.N_PLUS_ONE,))


@pytest.mark.parametrize("mechanism", list(Mechanism))
def test_every_mechanism_answers_to_its_own_name(mechanism: Mechanism) -> None:
    assert recognise_mechanism(mechanism.value) is mechanism
    assert recognise_mechanism(mechanism.name) is mechanism


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("N+1", Mechanism.N_PLUS_ONE),
        ("n+1 Queries", Mechanism.N_PLUS_ONE),
        ("Float", Mechanism.NUMERIC_PRECISION),
        (" floating point  rounding ", Mechanism.NUMERIC_PRECISION),
        ("deadlock", Mechanism.CIRCULAR_CALL),
        ("Circular_Dependency", Mechanism.CIRCULAR_CALL),
        ("timeouts", Mechanism.TIMEOUT_MISCONFIGURED),
        ("gremlins", None),
        ("", None),
    ],
)
def test_usual_synonyms_are_understood(said: str, meant: Mechanism | None) -> None:
    assert recognise_mechanism(said) is meant


def test_no_spelling_means_two_things() -> None:
    spellings = [name for mechanism in Mechanism for name in mechanism.synonyms]
    assert spellings == [answer._normal(name) for name in spellings]
    assert len(spellings) == len(set(spellings))
    own = {mechanism.value for mechanism in Mechanism}
    assert not own & set(spellings)


def test_the_right_answer_is_right() -> None:
    verdict = judge_answer(" Orders ", "n+1 query", ACCEPTS)
    assert verdict.right
    assert verdict.mechanism is Mechanism.N_PLUS_ONE


def test_service_and_mechanism_are_judged_apart() -> None:
    assert not judge_answer("payments", "n+1", ACCEPTS).service_right
    assert judge_answer("payments", "n+1", ACCEPTS).mechanism_right
    assert not judge_answer("orders", "overload", ACCEPTS).mechanism_right
    assert not judge_answer("orders", "gremlins", ACCEPTS).right


def test_an_answer_that_accepts_nothing_is_never_right() -> None:
    assert not judge_answer("", "gremlins", Answer(services=(), mechanisms=())).right


def test_a_synonym_is_right_wherever_an_answer_is_judged() -> None:
    said = DiagnosisDeclared("Orders", "N+1 queries", 90, (), "", "Ada")
    story = story_of(
        (0, DrillTriggered("orders", "2")), (1, PageSent("p1", "Slow", "critical", "")), (2, said)
    )
    key = AnswerKey((ACCEPTS,))
    assert key.is_right(said.service, said.mechanism)
    assert kpis_of(story, causes=key.causes).times.tti == both(1_000)
    assert cause_time(Case(story, key)).took == both(1_000)


def test_a_mechanism_of_another_version_names_itself_and_nothing_else() -> None:
    other = Answer(("orders",), ("clock-skew",))
    assert judge_answer("orders", "Clock skew", other).right
    assert not judge_answer("orders", "overload", other).right
    assert not names_any("orders", "clock-skew", [ACCEPTS])
