"""How a team does from drill to drill: `GET /v1/history`."""

from __future__ import annotations

from harness.api.answers.shapes import Answer
from harness.exercise.guards import Recurrence
from harness.scoring.calibration import ReliabilityBin
from harness.scoring.kpi import Kpis
from harness.scoring.times import Duration


class MeasureThen(Answer):
    """A measure of the last verification: healthy, at the page, in the end."""

    healthy: float | None
    at_page: float | None
    now: float | None


class PastDrill(Answer):
    """One drill; null for what is not known, or may not be known yet."""

    drill_id: str
    began_at: str
    scenario: str
    agenda: str
    outcome: str
    cause: str | None
    kpis: Kpis
    first_update: Duration | None
    updates_in_time: bool | None
    points: int
    points_max: int
    bonus: int
    brier: float | None
    measures: dict[str, MeasureThen]
    excluded_because: str | None
    reliability: list[ReliabilityBin]
    is_recurrence: bool | None
    guardrails: Recurrence | None
    is_running: bool
    counts: bool


class Averages(Answer):
    """Over the drills that count; null where nothing is known. Times are the wall's."""

    drills: float
    mttd_ms: float | None
    mtta_ms: float | None
    mtti_ms: float | None
    mttm_ms: float | None
    mttr_ms: float | None
    mean_users_affected: float | None
    mean_revenue_lost: float | None
    mean_first_update_ms: float | None
    recurrence_rate: float | None
    recurrences_caught_rate: float | None
    updates_in_time_rate: float | None
    mean_brier: float | None


class Trend(Answer):
    """Every drill of this home, oldest first; `unreadable` says which records were left out."""

    running: str
    drills: list[PastDrill]
    averages: Averages
    reliability: list[ReliabilityBin]
    unreadable: list[str]
