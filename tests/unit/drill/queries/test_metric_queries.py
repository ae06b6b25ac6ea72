"""What participants are answered when they ask for a metric over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from harness.drill.queries.metric_queries import metrics
from harness.drill.session import Session
from harness.errors import UsageError
from harness.telemetry.prometheus import Sample, Series


class FakePrometheus:
    """Knows one series, which has a gap in its middle, and how it was asked."""

    def __init__(self) -> None:
        self.step_s = 0.0

    async def query_range(
        self, expr: str, start: datetime, end: datetime, step_s: float
    ) -> list[Series]:
        self.step_s, self.end = step_s, end
        samples = (Sample({}, 1.0, start), Sample({}, 3.0, start + timedelta(seconds=9)))
        return [Series({"service": "a"}, samples)]

    async def query(self, expr: str) -> list[Sample]:
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        return [Sample({}, value, moment) for value in (float("nan"), float("inf"), 0.5)]


@pytest.fixture
def prometheus(session: Session) -> FakePrometheus:
    fake: Any = FakePrometheus()
    session.services.prometheus = fake
    return cast("FakePrometheus", fake)


async def test_minutes_end_now_with_gaps_where_nothing_was_counted(
    session: Session, prometheus: FakePrometheus
) -> None:
    before = datetime.now(UTC)
    found = await metrics(session, "up", minutes=2)
    assert before <= prometheus.end <= datetime.now(UTC)
    assert found["times"][-1] == prometheus.end.timestamp()
    assert len(found["times"]) == 121
    (series,) = found["series"]
    assert series["labels"] == {"service": "a"}
    assert series["values"] == [1.0, *[None] * 8, 3.0, *[None] * 111]


async def test_what_is_no_number_is_none_since_json_has_no_word_for_it(
    session: Session, prometheus: FakePrometheus
) -> None:
    found = await metrics(session, "0/0")
    assert [one["values"] for one in found["series"]] == [[None], [None], [0.5]]
    assert (len(found["times"]), found["step_s"], found["cut"]) == (1, None, 0)


async def test_as_many_series_come_as_wanted_and_the_others_are_counted(
    session: Session, prometheus: FakePrometheus
) -> None:
    found = await metrics(session, "0/0", limit=1)
    assert (len(found["series"]), found["cut"]) == (1, 2)


async def test_as_many_points_are_asked_for_as_wanted_but_none_between_seconds(
    session: Session, prometheus: FakePrometheus
) -> None:
    await metrics(session, "up", minutes=2, points=40)
    assert prometheus.step_s == pytest.approx(3.0)
    await metrics(session, "up", minutes=2, points=500)
    assert prometheus.step_s == pytest.approx(1.0)


@pytest.mark.parametrize(
    "named",
    [
        {"minutes": 2, "begin_s": 1e9},
        {"minutes": 2, "begin_s": 1e9, "end_s": 1e9 + 60},
        {"begin_s": 1e9},
        {"end_s": 1e9},
        {"begin_s": 1e9, "end_s": 1e9},
        {"minutes": 0},
    ],
)
async def test_a_range_is_named_in_one_way_and_has_an_extent(
    session: Session, prometheus: FakePrometheus, named: dict[str, float]
) -> None:
    with pytest.raises(UsageError, match="time range"):
        await metrics(session, "up", **named)  # type: ignore[arg-type]
    assert prometheus.step_s == 0
