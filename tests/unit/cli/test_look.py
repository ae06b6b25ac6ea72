"""What `drill status` says of the impact: money has its currency, a gap is no data."""

from __future__ import annotations

from typing import Any

import pytest

from harness.cli.look import status_lines
from harness.drill.queries.exercise_view import exercise
from harness.drill.session import Session


def impact_of(session: Session, revenue_per_minute: float | None) -> list[str]:
    answer: dict[str, Any] = {
        "drill_id": "d-7f3a",
        "phase": "paged",
        "elapsed_s": 65.0,
        "exercise": exercise(session),
        "services": [],
        "alerts": [],
        "impact": {"success_ratio": 0.5, "users_affected": 12, "revenue_lost": 2512.5},
        "impact_now": {"revenue_lost_per_minute": revenue_per_minute, "budget_burn": 3.0},
        "places": {},
        "problems": [],
        "machine_busy": "",
        "next": "",
    }
    return [one for one in status_lines(answer) if "revenue lost" in one]


@pytest.mark.parametrize(("rate", "told"), [(480.0, "€ 480.00"), (None, "no data")])
def test_what_was_lost_is_told_in_the_shops_currency(
    session: Session, rate: float | None, told: str
) -> None:
    total, now = impact_of(session, rate)
    assert total.endswith("12 users affected, € 2,512.50 revenue lost")
    assert now.startswith(f"now: revenue lost per minute {told},")
