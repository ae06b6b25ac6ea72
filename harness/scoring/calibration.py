"""Calibration: what was declared with a probability, held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.exercise.views import has_ended
from harness.record.events import HypothesesRevised, UpdatePosted
from harness.record.story import Noted
from harness.scoring.case import Case
from harness.scoring.forecasts import Forecast, known_from, stated
from harness.scoring.markup import escaped
from harness.scoring.times import NO_DATA, Duration, between

ETA_TOLERANCE = 0.25
"""Of an estimate given as one number; an interval has none."""
VAGUE_FACTOR = 3
"""An estimate (of an interval its middle) this many times longer than it took told nobody
anything..."""
VAGUE_MIN_MINUTES = 10
"""...unless it is as short as this: nearly everything that short is planned by alike."""
HALF_PERCENT = 50
CERTAIN_PERCENT = 100


@dataclass(frozen=True)
class EtaOutcome:
    """An estimate of recovery (minutes of the agenda from its update), and what came of it."""

    seq: int
    label: str
    actual_minutes: float | None
    outcome: str
    was_kept: bool | None
    verdict: str
    is_vague: bool = False
    """So long that it could not be missed: kept, and of no use."""


@dataclass(frozen=True)
class ReliabilityBin:
    """Forecasts of `low` to `high` percent: how many, how sure on average, how many came true."""

    low: int
    high: int
    count: int
    mean_percent: float
    true_share: float


def mean_brier(resolved: Sequence[Forecast]) -> float | None:
    """The mean over forecasts whose outcome is known; None where there is none."""
    scores = [one.brier for one in resolved if one.brier is not None]
    return sum(scores) / len(scores) if scores else None


def reliability(resolved: Sequence[Forecast], bins: int = 5) -> tuple[ReliabilityBin, ...]:
    """The reliability curve: forecasts by how sure they were. Empty bins are left out."""
    width = 100 // bins
    found = []
    for index in range(bins):
        low, high = index * width, 100 if index == bins - 1 else (index + 1) * width - 1
        inside = [o for o in resolved if o.came_true is not None and low <= o.percent <= high]
        if inside:
            sure = sum(one.percent for one in inside) / len(inside)
            true = sum(bool(one.came_true) for one in inside) / len(inside)
            found.append(ReliabilityBin(low, high, len(inside), sure, true))
    return tuple(found)


def eta_outcomes(case: Case) -> tuple[EtaOutcome, ...]:
    """Every estimate that was given before recovery."""
    end = case.recovery.seq if case.recovery else case.story.seq + 1
    return tuple(
        _eta_outcome(case, one, one.event.eta_minutes, one.event.eta_latest_minutes)
        for one in case.updates
        if one.event.eta_minutes is not None
        and (one.event.eta_latest_minutes or one.event.eta_minutes) > 0
        and one.event.status != "resolved"
        and one.seq < end
    )


def _eta_outcome(
    case: Case, posted: Noted[UpdatePosted], eta_minutes: float, latest_minutes: float | None
) -> EtaOutcome:
    seq = posted.seq
    label = f"Recovery in {minutes(eta_minutes)}"
    if latest_minutes is not None:
        label += f" to {minutes(latest_minutes)}"
    limit = latest_minutes if latest_minutes is not None else eta_minutes * (1 + ETA_TOLERANCE)
    if case.recovery is None:
        is_late = between(posted, case.story.entries[-1]).agenda_ms / 60_000 > limit
        if is_late or has_ended(case.story):
            return EtaOutcome(seq, label, None, "not recovered", False, "No - overcommitted")
        return EtaOutcome(seq, label, None, NO_DATA, None, NO_DATA)
    took = between(posted, case.recovery)
    actual = took.agenda_ms / 60_000
    outcome = _actual(took)
    if actual > limit:
        return EtaOutcome(seq, label, actual, outcome, False, "No - overcommitted")
    middle = (eta_minutes + latest_minutes) / 2 if latest_minutes is not None else eta_minutes
    if middle > max(VAGUE_MIN_MINUTES, VAGUE_FACTOR * actual):
        return EtaOutcome(seq, label, actual, outcome, True, "No - too long to plan by", True)
    low = eta_minutes if latest_minutes is not None else eta_minutes * (1 - ETA_TOLERANCE)
    if actual < low:
        return EtaOutcome(seq, label, actual, outcome, True, "Yes - left room for uncertainty")
    close = "Close enough" if latest_minutes is None else "Yes - within the interval"
    return EtaOutcome(seq, label, actual, outcome, True, close)


def _actual(took: Duration) -> str:
    """An estimate is held on the agenda's clock; the wall's time is what it took."""
    wall, agenda = minutes(took.wall_ms / 60_000), minutes(took.agenda_ms / 60_000)
    return f"{wall} actual" if wall == agenda else f"{wall} actual (agenda {agenda})"


def minutes(value: float) -> str:
    """`5 min`, `1.5 min`."""
    return f"{round(value, 1):g} min"


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
