"""Calibration: what was declared with a probability, held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.exercise.views import has_ended
from harness.scoring.case import Case

NO_DATA = "no data"
ETA_TOLERANCE = 0.25
"""Of an estimate given as one number; an interval has none."""
VAGUE_FACTOR = 3
"""An estimate (of an interval its middle) this many times longer than it took told nobody
anything..."""
VAGUE_MIN_MINUTES = 10
"""...unless it is as short as this: nearly everything that short is planned by alike."""


@dataclass(frozen=True)
class Forecast:
    """One declared probability; `came_true` is None where that cannot be known."""

    kind: Literal["hypothesis", "diagnosis", "action"]
    id: str
    label: str
    seq: int
    percent: int
    came_true: bool | None
    error: float | None = None
    """Of a forecast over several answers, which its leading one alone does not tell."""

    @property
    def brier(self) -> float | None:
        """Squared distance from what came: 0 is perfect, 0.25 a coin, 1 the surest error.

        G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather
        Review 78 (1950): the sum of (f - E)^2 over all answers, f what was forecast and E what
        came (1 or 0). It is halved here, so that one probability p, which is a forecast over two
        answers (p and 1 - p), scores (p - E)^2.
        """
        if self.came_true is None:
            return None
        return (self.percent / 100 - self.came_true) ** 2 if self.error is None else self.error


@dataclass(frozen=True)
class EtaOutcome:
    """An estimate of recovery (minutes from its update), and what came of it."""

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
        _eta_outcome(
            case, one.seq, one.team_ms, one.event.eta_minutes, one.event.eta_latest_minutes
        )
        for one in case.updates
        if one.event.eta_minutes is not None and one.event.eta_minutes > 0 and one.seq < end
    )


def _eta_outcome(
    case: Case, seq: int, posted_ms: int, eta_minutes: float, latest_minutes: float | None
) -> EtaOutcome:
    label = f"Recovery in {minutes(eta_minutes)}"
    if latest_minutes is not None:
        label += f" to {minutes(latest_minutes)}"
    limit = latest_minutes if latest_minutes is not None else eta_minutes * (1 + ETA_TOLERANCE)
    if case.recovery is None:
        newest = case.story.entries[-1].team_ms if case.story.entries else posted_ms
        is_late = (newest - posted_ms) / 60_000 > limit
        if is_late or has_ended(case.story):
            return EtaOutcome(seq, label, None, "not recovered", False, "No - overcommitted")
        return EtaOutcome(seq, label, None, NO_DATA, None, NO_DATA)
    actual = (case.recovery.team_ms - posted_ms) / 60_000
    outcome = f"{minutes(actual)} actual"
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


def minutes(value: float) -> str:
    """`5 min`, `1.5 min`."""
    return f"{round(value, 1):g} min"
