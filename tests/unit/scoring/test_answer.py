"""A diagnosis is judged by what it means, not by how it is spelt."""

from __future__ import annotations

import pytest

from harness.model import Answer, Mechanism
from harness.scoring import answer
from harness.scoring.answer import judge_answer, recognise_mechanism

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
