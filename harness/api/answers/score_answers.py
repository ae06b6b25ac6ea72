"""The score of an exercise, and what it is made of."""

from __future__ import annotations

from harness.api.answers.shapes import Answer
from harness.scoring.cadence import Cadence
from harness.scoring.calibration import CalibrationRow, EtaOutcome, ReliabilityBin
from harness.scoring.cause_time import CauseTime
from harness.scoring.panic import Pattern, Sign
from harness.scoring.score import LineScore


class ScoreSection(Answer):
    """A section of the rubric, with its sums."""

    id: str
    title: str
    is_bonus: bool
    lines: list[LineScore]
    points: int
    points_max: int


class ResponsePattern(Answer):
    """How the team responded; `actions_per_hypothesis` is null without a hypothesis."""

    pattern: Pattern
    signs: list[Sign]
    actions: int
    hypotheses: int
    restarts_before_evidence: int
    actions_per_hypothesis: float | None


class Score(Answer):
    """The rubric so far. `open_points` are for a person to give, or without data; `lines` is all of
    it in words."""

    total: int
    total_max: int
    bonus: int
    bonus_max: int
    open_points: int
    sections: list[ScoreSection]
    hint_points: int
    classification: ResponsePattern
    table: list[CalibrationRow]
    brier: float | None
    forecasts: int
    reliability: list[ReliabilityBin]
    etas: list[EtaOutcome]
    cadence: Cadence
    cause_time: CauseTime
    lines: list[str]


class Engaged(Answer):
    """Visitors by what their home feed showed them; shares are null where there is nobody to
    count."""

    content: str
    views: int
    continuing_share: float | None
    returning_share: float | None
