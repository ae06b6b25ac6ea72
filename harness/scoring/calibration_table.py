"""The calibration review as a table: decision point, confidence, outcome, calibrated?"""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events import HypothesesRevised
from harness.record.story import Noted
from harness.scoring.calibration import NO_DATA, Forecast, eta_outcomes
from harness.scoring.case import Case
from harness.scoring.forecasts import known_from, stated
from harness.scoring.markup import escaped

HALF_PERCENT = 50
CERTAIN_PERCENT = 100


@dataclass(frozen=True)
class CalibrationRow:
    """One line of the review."""

    decision: str
    confidence: str
    outcome: str
    calibrated: str


def calibration_table(case: Case) -> tuple[CalibrationRow, ...]:
    """The leading hypothesis, each stated action, and the first estimate of recovery.

    A declared cause stands for the hypothesis where none was written. The first estimate is the
    one that people plan by; the others are in `eta_outcomes`.
    """
    every = stated(case)
    rows = []
    leading = _leading(case)
    if leading is not None:
        rows.append(_hypothesis_row(case, [f for f in every if _is_of(f, "hypothesis", leading)]))
    else:
        rows += [_row([f]) for f in every if f.kind == "diagnosis"][-1:]
    rows += [_row([f]) for f in every if f.kind == "action"]
    for eta in eta_outcomes(case)[:1]:
        rows.append(CalibrationRow(eta.label, "Estimated", eta.outcome, eta.verdict))
    return tuple(rows)


def table_lines(rows: tuple[CalibrationRow, ...]) -> list[str]:
    """The table as lines of Markdown."""
    head = [
        "| Decision Point | Confidence | Outcome | Calibrated? |",
        "|----------------|------------|---------|-------------|",
    ]
    return head + ["| " + " | ".join(escaped(part) for part in _parts(row)) + " |" for row in rows]


def _parts(row: CalibrationRow) -> tuple[str, str, str, str]:
    return row.decision, row.confidence, row.outcome, row.calibrated


def _is_of(forecast: Forecast, kind: str, id_: str) -> bool:
    return forecast.kind == kind and forecast.id == id_


def _leading(case: Case) -> str | None:
    """The likeliest hypothesis of the last revision before the cause was known."""
    end = known_from(case)
    revisions: list[Noted[HypothesesRevised]] = [
        one for one in case.story.of(HypothesesRevised) if one.seq < end and one.event.hypotheses
    ]
    if not revisions:
        return None
    return max(revisions[-1].event.hypotheses, key=lambda one: one.probability_percent).id


def _hypothesis_row(case: Case, revisions: list[Forecast]) -> CalibrationRow:
    row = _row(revisions)
    percents = [one.percent for one in revisions]
    if revisions[-1].came_true and percents[-1] > percents[0]:
        begin, end = revisions[0].seq, revisions[-1].seq
        is_founded = any(begin < one.at.seq <= end for one in case.evidence)
        verdict = (
            "Yes - gathered evidence before committing"
            if is_founded
            else "Partly - grew surer without new evidence"
        )
        return CalibrationRow(row.decision, row.confidence, row.outcome, verdict)
    return row


def _row(revisions: list[Forecast]) -> CalibrationRow:
    """One forecast over its revisions; the last one is what counts."""
    last = revisions[-1]
    steps = [one.percent for one in revisions]
    shown = [p for index, p in enumerate(steps) if index == 0 or p != steps[index - 1]]
    confidence = " → ".join(f"{percent}%" for percent in shown)
    if last.came_true is None:
        return CalibrationRow(last.label, confidence, NO_DATA, NO_DATA)
    outcome = "Correct" if last.came_true else "Wrong"
    return CalibrationRow(last.label, confidence, outcome, _verdict(last.percent, last.came_true))


def _verdict(percent: int, came_true: bool) -> str:
    if not came_true:
        return "No - too sure" if percent >= HALF_PERCENT else "Yes - it was doubted"
    if percent >= CERTAIN_PERCENT:
        return "Partly - left no room for uncertainty"
    if percent < HALF_PERCENT:
        return "Partly - right, but hardly believed"
    return "Yes - left room for uncertainty"
