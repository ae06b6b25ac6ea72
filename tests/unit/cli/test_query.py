"""Times of a list are those of today, or have their day."""

from __future__ import annotations

from datetime import UTC, datetime

from harness.cli.query import moment

NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


def test_a_time_of_today_needs_no_day() -> None:
    assert moment(datetime(2026, 3, 5, 3, 2, 1, tzinfo=UTC), NOW) == "03:02:01"


def test_a_time_of_another_day_has_it() -> None:
    assert moment(datetime(2026, 3, 3, 17, 45, tzinfo=UTC), NOW) == "Tue 3 Mar 17:45"
