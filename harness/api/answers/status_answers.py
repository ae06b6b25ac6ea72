"""Where a drill stands: `GET /v1/status`, which the live stream tells, too, and its pages."""

from __future__ import annotations

from harness.api.answers.exercise_answers import Exercise
from harness.api.answers.shapes import Answer
from harness.record.events import AlertFired, Audience, ImpactSampled, VerifyFinished
from harness.record.state import Phase
from harness.runtime.base import Mode


class ServiceStatus(Answer):
    """What runs of a service, and how it does; null where there is no data."""

    name: str
    summary: str
    """What it does, in a few words."""
    calls: list[str]
    version: str | None
    commit: str | None
    url: str | None
    up: bool | None
    requests_per_s: float | None
    error_ratio: float | None
    p95_ms: float | None


class ImpactNow(Answer):
    """What the incident costs just now; null where there is no data."""

    revenue_lost_per_minute: float | None
    budget_burn: float | None


class Page(Answer):
    """A page as it was sent, and who took it."""

    page_id: str
    alert: str
    severity: str
    summary: str
    sent_ms: int
    acknowledged_by: str | None


class PageNow(Page):
    """The same; `now` is what its alert says by now, null once it is silent."""

    now: str | None


class Review(Answer):
    """A drill that is over: when it began and ended, and the moment of it that is shown, in seconds
    since 1970."""

    begin_s: float
    end_s: float
    at_s: float


class Status(Answer):
    """The drill as whoever asks may see it. `places` is title → address; `review` is null while the
    drill runs."""

    drill_id: str
    audience: Audience
    phase: Phase
    mode: Mode
    elapsed_s: float
    services: list[ServiceStatus]
    alerts: list[AlertFired]
    pages: list[Page]
    impact: ImpactSampled | None
    impact_now: ImpactNow | None
    verification: VerifyFinished | None
    problems: list[str]
    machine_busy: str
    exercise: Exercise
    next: str
    places: dict[str, str]
    review: Review | None
