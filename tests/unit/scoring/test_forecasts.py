"""What counts as a forecast, what each is worth, and what cannot be gained by many of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.causes import Answer
from harness.record import events as e
from harness.record.events import SealOpened
from harness.scoring.calibration import calibration_table, mean_brier
from harness.scoring.case import AnswerKey
from harness.scoring.forecasts import forecasts, stated
from harness.scoring.rubric import RULES
from tests.unit.scoring.stories import (
    KEY,
    STRUCTURED,
    Moment,
    case_of,
    changed,
    hypotheses,
    without,
)

BARE = without(
    STRUCTURED, e.DiagnosisDeclared, e.HypothesesRevised, e.ActionStated, e.OutcomeMeasured
)
"""The incident, and nobody said how sure they were of anything."""
NOTHING = AnswerKey((Answer(("none",), ("no-fault",)),), "A blip")
TWO = AnswerKey(
    (
        Answer(("billing",), ("numeric-precision",)),
        Answer(("orders",), ("n-plus-one",)),
    )
)
REVEALED = e.AnswerRevealed("Timeouts", "payments", "timeout-misconfigured", "timeouts.toml")
Named = tuple[int, str, str]
"""Percent, service and mechanism of a hypothesis."""
RIGHT: tuple[str, str] = ("payments", "timeout-misconfigured")
WRONG: tuple[str, str] = ("users", "overload")
WRONGS: list[tuple[str, str]] = [
    (service, mechanism)
    for service in ("gateway", "orders", "users", "billing")
    for mechanism in ("overload", "n-plus-one")
]


def declared(percent: int, service: str, mechanism: str) -> e.DiagnosisDeclared:
    return e.DiagnosisDeclared(service, mechanism, percent, (), "", "alex")


def revision(*named: Named) -> e.HypothesesRevised:
    return e.HypothesesRevised(
        tuple(
            e.Hypothesis(f"h{number}", f"idea {number}", *one)
            for number, one in enumerate(named, 1)
        ),
        "",
        "alex",
    )


def told(*events: e.Event, at: float = 3.0, story: list[Moment] = BARE) -> list[Moment]:
    """The story with more said at one minute."""
    return sorted([*story, *((at, event) for event in events)], key=lambda one: one[0])


def brier(moments: list[Moment], key: AnswerKey = KEY) -> float | None:
    return mean_brier(forecasts(case_of(moments, key)))


def test_each_revision_is_one_forecast_over_all_of_its_answers() -> None:
    found = [one for one in forecasts(case_of(STRUCTURED)) if one.kind == "hypothesis"]
    assert [(one.percent, one.came_true) for one in found] == [(70, True), (95, True)]
    assert found[0].brier == pytest.approx((0.3**2 + 0.25**2 + 0.05**2) / 2)
    assert found[1].brier == pytest.approx((0.05**2 + 0.05**2) / 2)


@pytest.mark.parametrize("percent", [0, 30, 50, 100])
def test_of_two_answers_a_revision_is_worth_what_one_probability_is(percent: int) -> None:
    both = brier(told(revision((percent, *RIGHT), (100 - percent, *WRONG))))
    assert both == pytest.approx((1 - percent / 100) ** 2)


@settings(max_examples=30)
@given(st.sampled_from([(100, 0), (0, 100), (70, 30)]), st.integers(0, 10), st.sampled_from(WRONGS))
def test_an_answer_at_no_probability_gains_nothing(
    split: tuple[int, int], more: int, wrong: tuple[str, str]
) -> None:
    named = [(split[0], *RIGHT), (split[1], *WRONG)]
    padded = [*named, *((0, *wrong) for _ in range(more))]
    assert brier(told(revision(*padded))) == brier(told(revision(*named)))


def test_the_surest_error_stays_one_beside_five_guesses_at_nothing() -> None:
    sure = told(revision((100, *WRONG)), declared(100, *WRONG))
    padded = told(
        revision((100, *WRONG), *((0, *one) for one in WRONGS[:5])), declared(100, *WRONG)
    )
    assert brier(sure) == brier(padded) == 1.0
    assert RULES["probabilities_came_true"](case_of(padded)).verdict == "not given"


def test_causes_that_nobody_believes_in_are_no_forecasts() -> None:
    guesses = [declared(0, *one) for one in (*WRONGS, RIGHT)]
    story = told(*guesses)
    assert forecasts(case_of(story)) == ()
    assert RULES["probabilities_came_true"](case_of(story)).verdict == "no data"
    believed = told(*(declared(60, *one) for one in (*WRONGS, RIGHT)))
    assert RULES["probabilities_came_true"](case_of(believed)).verdict == "not given"


def test_a_cause_declared_again_is_one_forecast_with_its_last_word() -> None:
    story = told(*(declared(percent, *RIGHT) for percent in (60, 80, 95)))
    assert [one.percent for one in forecasts(case_of(story))] == [95]


def test_a_wrong_cause_is_not_unsaid_by_declaring_it_at_nothing() -> None:
    story = told(declared(90, *WRONG), declared(0, *WRONG))
    assert [one.percent for one in forecasts(case_of(story))] == [90]


def test_the_same_beliefs_written_again_count_once() -> None:
    same = revision((90, *RIGHT), (10, *WRONG))
    assert len(forecasts(case_of(told(same, same, same)))) == 1
    moved = revision((95, *RIGHT), (5, *WRONG))
    assert len(forecasts(case_of(told(same, moved, same)))) == 3


def test_an_answer_in_several_pieces_is_one_answer() -> None:
    whole = told(revision((60, *WRONG), (40, *RIGHT)))
    pieces = told(revision((30, *WRONG), (30, *WRONG), (20, *RIGHT), (20, "payments", "")))
    assert brier(pieces) == brier(whole)


def test_what_names_nothing_cannot_come_true() -> None:
    hedged = told(revision((95, *RIGHT), (5, "", "")))
    assert brier(hedged) == pytest.approx((0.05**2 + 0.05**2) / 2)
    vague = forecasts(case_of(told(revision((40, *RIGHT), (60, "", "")))))
    assert [one.came_true for one in vague] == [None]
    wrong = forecasts(case_of(told(revision((99, *WRONG), (1, "", "")))))
    assert [one.came_true for one in wrong] == [False]


def test_without_the_answer_no_cause_has_an_outcome() -> None:
    found = forecasts(case_of(STRUCTURED, None))
    assert {one.came_true for one in found if one.kind != "action"} == {None}
    assert mean_brier([one for one in found if one.kind == "hypothesis"]) is None


@pytest.mark.parametrize("reveal", [REVEALED, SealOpened("salt", "{}")])
def test_nothing_is_forecast_once_the_answer_is_told(reveal: e.Event) -> None:
    late: list[e.Event] = [
        declared(100, *RIGHT),
        revision((100, *RIGHT)),
        e.ActionStated("act-9", "wait", "", "it stays well", 100, 60.0, "", "kim"),
        e.OutcomeMeasured("act-9", True, "it did", "kim"),
    ]
    assert forecasts(case_of(told(reveal, *late))) == ()
    assert stated(case_of(told(reveal, *late)))[-1].kind == "action", "a review still shows it"
    assert {one.kind for one in forecasts(case_of(told(*late, reveal)))} == {
        "diagnosis", "hypothesis", "action",
    }  # fmt: skip


def test_the_cause_is_known_once_the_team_has_healed_the_shop() -> None:
    late = told(declared(100, *RIGHT), revision((100, *RIGHT)), at=10.5)
    assert forecasts(case_of(late)) == ()
    idle = [(at, event) for at, event in late if not isinstance(event, e.DeployStarted)]
    assert len(forecasts(case_of(idle))) == 2, "what passed by itself still wants a cause"


def test_the_cause_is_known_once_it_is_confirmed() -> None:
    def confirmed_after(count: int, key: AnswerKey) -> int:
        """Forecasts, where the first so many of these declarations are confirmed in between."""
        pairs = [("billing", "numeric-precision"), ("orders", "n-plus-one")]
        first = len([one for one in BARE if one[0] <= 3.0]) + 1
        story: list[e.Event] = [
            *(declared(80, *one) for one in pairs),
            *(e.CauseConfirmed(first + index, True, "", "lee") for index in range(count)),
            declared(100, *WRONG),
        ]
        return len(forecasts(case_of(told(*story), key)))

    one_cause = AnswerKey(TWO.causes[:1])
    assert confirmed_after(0, one_cause) == 3
    assert confirmed_after(1, one_cause) == 2
    assert confirmed_after(1, TWO) == 3, "the other cause is still to be found"
    assert confirmed_after(2, TWO) == 2


def test_the_review_shows_no_belief_from_after_the_reveal() -> None:
    story = told(REVEALED, hypotheses(100, 0, 0), at=3.8, story=STRUCTURED)
    assert calibration_table(case_of(story))[0].confidence == "70% → 95%"


def test_of_two_causes_the_probabilities_are_taken_together() -> None:
    even = revision((50, "billing", "numeric-precision"), (50, "orders", "n-plus-one"))
    assert brier(told(even), TWO) == 0
    crossed = revision((50, "orders", "numeric-precision"), (50, "billing", "n-plus-one"))
    assert brier(told(crossed), TWO) == pytest.approx(0.75)
    one_only = revision((50, "billing", "numeric-precision"), (50, "users", "overload"))
    assert brier(told(one_only), TWO) == pytest.approx(0.25)


@pytest.mark.parametrize("service", ["", "payments", "orders"])
def test_that_nothing_is_wrong_is_true_of_whichever_service_it_is_said(service: str) -> None:
    well = told(revision((90, service, "no-fault"), (10, "payments", "slow-dependency")))
    assert brier(well, NOTHING) == pytest.approx(0.01)
    assert brier(well, KEY) == pytest.approx((1 + 0.81 + 0.01) / 2)
    blamed = told(revision((90, "payments", ""), (10, "", "no-fault")))
    assert brier(blamed, NOTHING) == pytest.approx(0.81)


def test_expectations_from_after_recovery_are_no_forecasts() -> None:
    late = e.ActionStated("act-9", "wait", "", "errors < 50%", 100, 60.0, "", "kim")
    met = e.OutcomeMeasured("act-9", True, "errors: 0 %", "harness")
    acts = [one.id for one in forecasts(case_of(told(late, met, at=10.5)))]
    assert acts == []
    earlier = [one.id for one in forecasts(case_of(told(late, met, at=9.0)))]
    assert earlier == ["act-9"]


def test_the_well_handled_incident_still_earns_its_line() -> None:
    assert RULES["probabilities_came_true"](case_of(STRUCTURED)).verdict == "given"
    unsure = changed(STRUCTURED, e.DiagnosisDeclared, lambda _: {"service": "users"})
    assert RULES["probabilities_came_true"](case_of(unsure)).verdict == "not given"
