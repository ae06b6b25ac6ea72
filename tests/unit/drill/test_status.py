"""What the incident costs just now, read from Prometheus; a gap there is no data, never zero."""

from __future__ import annotations

from typing import Any

from harness.drill import status
from harness.drill.session import Session
from harness.errors import DrillError


class Figures:
    def __init__(self, answers: dict[str, float | DrillError]) -> None:
        self.answers = answers

    async def value(self, expression: str) -> float:
        answer = self.answers[expression]
        if isinstance(answer, DrillError):
            raise answer
        return answer


async def test_the_impact_clock_tells_what_a_minute_costs_and_how_fast_the_budget_burns(
    session: Session,
) -> None:
    figures: Any = Figures({status.REVENUE_PER_MINUTE: 480.0, status.BUDGET_BURN: 90.0})
    session.prometheus = figures
    assert await status.impact_now(session) == {
        "revenue_lost_per_minute": 480.0,
        "budget_burn": 90.0,
    }


async def test_a_prometheus_that_is_away_is_no_data(session: Session) -> None:
    away = DrillError("Prometheus does not answer")
    figures: Any = Figures({status.REVENUE_PER_MINUTE: away, status.BUDGET_BURN: 1.0})
    session.prometheus = figures
    assert await status.impact_now(session) == {
        "revenue_lost_per_minute": None,
        "budget_burn": 1.0,
    }
