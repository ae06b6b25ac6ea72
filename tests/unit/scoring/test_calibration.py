"""Declared probabilities and estimates, held against what came."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.events import (
    ActionStated,
    AlertResolved,
    ClockStarted,
    DiagnosisDeclared,
    HypothesesRevised,
    NoteAdded,
    OutcomeMeasured,
    UpdatePosted,
    VerifyFinished,
)
from harness.scoring.calibration import (
    CalibrationRow,
    Forecast,
    calibration_table,
    eta_outcomes,
    mean_brier,
    reliability,
    table_lines,
)
from harness.scoring.rubric import RULES
from tests.unit.scoring.stories import (
    STRUCTURED,
    UPDATE,
    Moment,
    case_of,
    changed,
    hypotheses,
    without,
)

SEED_TABLE = """\
| Decision Point | Confidence | Outcome | Calibrated? |
|----------------|------------|---------|-------------|
| Deployment is cause | 70% → 95% | Correct | Yes - gathered evidence before committing |
| Rollback will fix | 90% | Correct | Yes - left room for uncertainty |
| Recovery in 5 min | Estimated | 6 min actual | Close enough |"""


def updates_with(**fields: object) -> list[Moment]:
    """The story with one update, at minute 4; recovery is proven at minute 10."""
    only = without(STRUCTURED, UpdatePosted)
    return sorted([*only, (4.0, replace(UPDATE, **fields))], key=lambda one: one[0])  # type: ignore[arg-type]


def test_the_calibration_table_of_the_incident_comes_out_as_written() -> None:
    assert "\n".join(table_lines(calibration_table(case_of(STRUCTURED)))) == SEED_TABLE


def test_growing_surer_without_new_evidence_is_not_calibrated() -> None:
    stubborn = [
        (3.5, hypotheses(95, 5, 0)) if at == 3.5 else (at, event) for at, event in STRUCTURED
    ]
    stubborn = without(stubborn, DiagnosisDeclared)
    row = calibration_table(case_of(stubborn))[0]
    assert row.calibrated == "Partly - grew surer without new evidence"


@pytest.mark.parametrize(
    ("percent", "met", "verdict"),
    [
        (90, True, "Yes - left room for uncertainty"),
        (100, True, "Partly - left no room for uncertainty"),
        (20, True, "Partly - right, but hardly believed"),
        (90, False, "No - too sure"),
        (20, False, "Yes - it was doubted"),
    ],
)
def test_an_expectation_is_judged_by_its_outcome(percent: int, met: bool, verdict: str) -> None:
    story = changed(STRUCTURED, ActionStated, lambda _: {"probability_percent": percent})
    story = changed(story, OutcomeMeasured, lambda _: {"met": met})
    row = calibration_table(case_of(story))[1]
    assert (row.outcome, row.calibrated) == ("Correct" if met else "Wrong", verdict)


def test_what_was_never_measured_has_no_outcome() -> None:
    row = calibration_table(case_of(without(STRUCTURED, OutcomeMeasured)))[1]
    assert row == CalibrationRow("Rollback will fix", "90%", "no data", "no data")


def test_without_hypotheses_the_declared_cause_is_reviewed() -> None:
    row = calibration_table(case_of(without(STRUCTURED, HypothesesRevised)))[0]
    assert (row.decision, row.confidence) == ("payments: timeout-misconfigured", "95%")


def test_the_names_of_others_cannot_break_the_table() -> None:
    story = changed(STRUCTURED, ActionStated, lambda _: {"expectation": "a | b <script>\n# c"})
    line = table_lines(calibration_table(case_of(story)))[3]
    assert line.startswith("| a \\| b \\<script\\> \\# c | 90% |")


@pytest.mark.parametrize(
    ("eta", "latest", "verdict", "was_kept"),
    [
        (5.0, None, "Close enough", True),
        (6.0, None, "Close enough", True),
        (4.0, None, "No - overcommitted", False),
        (15.0, None, "Yes - left room for uncertainty", True),
        (20.0, None, "No - too long to plan by", True),
        (10_080.0, None, "No - too long to plan by", True),
        (1.0, 10_080.0, "No - too long to plan by", True),
        (4.0, 8.0, "Yes - within the interval", True),
        (4.0, 5.9, "No - overcommitted", False),
        (0.0, 8.0, "Yes - within the interval", True),
        (7.0, 9.0, "Yes - left room for uncertainty", True),
    ],
)
def test_an_estimate_is_held_against_the_proven_recovery(
    eta: float, latest: float | None, verdict: str, was_kept: bool
) -> None:
    [outcome] = eta_outcomes(case_of(updates_with(eta_minutes=eta, eta_latest_minutes=latest)))
    assert (outcome.outcome, outcome.verdict) == ("6 min actual", verdict)
    assert outcome.was_kept is was_kept


def test_an_estimate_is_held_on_the_agendas_clock_and_told_on_both() -> None:
    fast = changed(updates_with(eta_minutes=20.0), ClockStarted, lambda _: {"speed": 3.0})
    [outcome] = eta_outcomes(case_of(fast))
    assert (outcome.outcome, outcome.was_kept) == ("6 min actual (agenda 18 min)", True)
    short = changed(updates_with(eta_minutes=10.0), ClockStarted, lambda _: {"speed": 3.0})
    assert eta_outcomes(case_of(short))[0].was_kept is False


def test_an_estimate_is_open_until_it_has_run_out() -> None:
    waiting = [one for one in updates_with(eta_minutes=5.0) if one[0] <= 6.0]
    waiting = without(waiting, AlertResolved, VerifyFinished)
    [early] = eta_outcomes(case_of(waiting))
    assert early.was_kept is None
    [late] = eta_outcomes(case_of([*waiting, (11.0, NoteAdded("still down", "kim"))]))
    assert (late.outcome, late.was_kept) == ("not recovered", False)


FORECASTS = st.lists(
    st.builds(
        Forecast,
        kind=st.just("action"),
        id=st.just("a"),
        label=st.just(""),
        seq=st.just(1),
        percent=st.integers(0, 100),
        came_true=st.sampled_from([True, False, None]),
    )
)


@given(FORECASTS)
def test_the_reliability_curve_counts_each_resolved_forecast_once(found: list[Forecast]) -> None:
    bins = reliability(found)
    resolved = [one for one in found if one.came_true is not None]
    assert sum(one.count for one in bins) == len(resolved)
    assert all(one.low <= one.mean_percent <= one.high for one in bins)
    brier = mean_brier(found)
    assert brier is None if not resolved else 0 <= brier <= 1


def etas(first: float, second: float) -> list[Moment]:
    """Two updates before recovery at minute 10: one at minute 4, one at minute 7."""
    only = without(STRUCTURED, UpdatePosted)
    told = [(4.0, replace(UPDATE, eta_minutes=first)), (7.0, replace(UPDATE, eta_minutes=second))]
    return sorted([*only, *told], key=lambda one: one[0])


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (10_080.0, 3.0, "not given"),
        (19.0, 3.0, "not given"),
        (18.0, 3.0, "given"),
        (5.0, 3.0, "given"),
        (5.0, 30.0, "given"),
        (10_080.0, 1.0, "not given"),
    ],
)
def test_an_estimate_that_could_not_be_missed_promises_nothing(
    first: float, second: float, verdict: str
) -> None:
    decision = RULES["eta_not_overcommitted"](case_of(etas(first, second)))
    assert decision.verdict == verdict
    if verdict == "not given":
        assert "min" in decision.because


def test_a_short_estimate_is_never_too_long() -> None:
    quick = [(9.5, replace(UPDATE, eta_minutes=10.0))]
    story = sorted([*without(STRUCTURED, UpdatePosted), *quick], key=lambda one: one[0])
    assert RULES["eta_not_overcommitted"](case_of(story)).verdict == "given"
