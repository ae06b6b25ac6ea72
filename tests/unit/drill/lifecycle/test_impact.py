"""What visitors did, as the load's own metrics tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from harness.drill.lifecycle.impact import DEPARTURES, VIEWS, sample_engagement
from harness.drill.session import Session
from harness.record.events import EngagementSampled
from harness.telemetry.prometheus import Sample

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def counted(**counts: float) -> list[Sample]:
    """`content__outcome=count` each."""
    split = ([*name.split("__"), count] for name, count in counts.items())
    return [Sample({"content": content, "outcome": told}, n, NOW) for content, told, n in split]


class Prometheus:
    """Answers both questions."""

    ANSWERS = {  # noqa: RUF012  of a test
        VIEWS: counted(cached__continued=70, cached__left=30, failing__left=8),
        DEPARTURES: counted(cached__returns=26, cached__lost=4, failing__lost=8),
    }

    async def query(self, expr: str) -> list[Sample]:
        return self.ANSWERS[expr]


async def test_views_are_those_who_went_on_and_those_who_left(session: Session) -> None:
    prometheus: Any = Prometheus()
    session.services.prometheus = prometheus
    assert await sample_engagement(session) == EngagementSampled(
        views={"cached": 100, "failing": 8}, continued={"cached": 70}, returning={"cached": 26}
    )
