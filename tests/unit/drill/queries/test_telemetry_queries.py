"""What participants are answered when they ask for a metric over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from harness.drill.queries import telemetry_queries
from harness.drill.session import Session
from harness.telemetry.prometheus import Sample, Series


class FakePrometheus:
    """Knows one series, which has a gap."""

    def __init__(self) -> None:
        self.step_s = 0.0

    async def query_range(
        self, expr: str, start: datetime, end: datetime, step_s: float
    ) -> list[Series]:
        self.step_s = step_s
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        samples = (
            Sample({}, 1.0, moment),
            Sample({}, 3.0, moment + timedelta(seconds=9)),
        )
        return [Series({"service": "a"}, samples)]


async def test_values_over_time_come_with_their_times(session: Session) -> None:
    prometheus: Any = FakePrometheus()
    session.services.prometheus = prometheus
    (series,) = (await telemetry_queries.metrics(session, "up", minutes=2))["series"]
    assert series["labels"] == {"service": "a"}
    assert series["values"] == [1.0, 3.0]
    assert series["times"][1] - series["times"][0] == 9


async def test_what_is_no_number_is_none_since_json_has_no_word_for_it(session: Session) -> None:
    class Idle(FakePrometheus):
        async def query(self, expr: str) -> list[Sample]:
            moment = datetime(2026, 3, 1, tzinfo=UTC)
            return [Sample({}, value, moment) for value in (float("nan"), float("inf"), 0.5)]

    prometheus: Any = Idle()
    session.services.prometheus = prometheus
    found = (await telemetry_queries.metrics(session, "0/0", minutes=None))["series"]
    assert [one["values"] for one in found] == [[None], [None], [0.5]]


async def test_as_many_points_are_asked_for_as_wanted_but_none_between_seconds(
    session: Session,
) -> None:
    prometheus: Any = FakePrometheus()
    session.services.prometheus = prometheus
    await telemetry_queries.metrics(session, "up", minutes=2, points=40)
    assert prometheus.step_s == 3.0
    await telemetry_queries.metrics(session, "up", minutes=2, points=500)
    assert prometheus.step_s == 1.0
