"""The sum before a fault is written: what a service is asked, beside what it has."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.authoring.service_load import Bound, Journey, bounding_settings, journeys_of, load_of
from harness.paths import REPO
from harness.telemetry.prometheus import Sample

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROUTE = {"method": "POST", "route": "/reserve"}
IDLE = {"method": "GET", "route": "/old"}


class Known:
    """A Prometheus that has seen one route of `a` and its calls to `b` for the whole window."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def query(self, expr: str, at: datetime | None = None) -> list[Sample]:
        self.asked.append(expr)
        metric = next(iter(re.findall(r"(\w+)\{", expr)))
        return [
            Sample(labels, value, NOW) for labels, value in _SEEN.get((metric, "0.95" in expr), [])
        ]

    async def value(self, expr: str, at: datetime | None = None) -> float | None:
        self.asked.append(expr)
        if "worker_slots" not in expr:
            return None
        return 4.0 if "in_use" not in expr else 1.5 if "avg_over" in expr else 3.0


_SEEN = {
    ("http_request_duration_seconds_count", False): [(ROUTE, 15.0), (IDLE, 0.0)],
    ("http_request_duration_seconds_sum", False): [(ROUTE, 1.5), (IDLE, 0.0)],
    ("http_request_duration_seconds_bucket", True): [(ROUTE, 0.25)],
    ("outbound_request_duration_seconds_count", False): [({"peer": "b"}, 30.0)],
    ("outbound_request_duration_seconds_sum", False): [({"peer": "b"}, 0.6)],
}


async def test_what_is_at_work_at_a_time_is_the_rate_times_how_long_it_takes() -> None:
    measured = await load_of(Known(), "a", REPO)
    (work,) = measured.asked
    assert (work.what, work.per_s, work.p95_ms) == ("POST /reserve", 15.0, 250.0)
    assert work.mean_ms == pytest.approx(100)
    assert work.at_a_time == pytest.approx(1.5)
    assert work.statements is None


async def test_the_calls_to_peers_are_told_apart_from_what_it_is_asked() -> None:
    measured = await load_of(Known(), "a", REPO)
    (call,) = measured.asks
    assert (call.what, call.per_s, call.p95_ms) == ("b", 30.0, None)
    assert call.mean_ms == pytest.approx(20)


async def test_only_the_service_itself_is_asked_about() -> None:
    prometheus = Known()
    await load_of(prometheus, "a", REPO)
    assert all('service="a"' in expr for expr in prometheus.asked)


async def test_its_places_come_with_their_use_and_its_time_outs_with_their_value() -> None:
    measured = await load_of(Known(), "a", REPO)
    assert measured.bounds[0] == Bound("worker slots", 4.0, 1.5, 3.0)
    assert Bound("peer_timeout_ms", 5_000) in measured.bounds
    names = [bound.what for bound in measured.bounds]
    assert "worker_slots" not in names
    assert "database pool" not in names


def test_a_verification_adds_to_what_customers_do_every_day() -> None:
    journeys = {one.journey: one for one in journeys_of(REPO)}
    assert journeys["checkout"] == Journey("checkout", 5.0, 2.5)
    assert journeys["account"].verify_adds_per_s == 0.0


def test_settings_that_bound_nothing_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text(
        "class Settings:\n"
        '    service_name: str = "x"\n'
        "    wait_ms: int = 250\n"
        "    share_of_traces: float = 0.5\n"
        "    pool_size: int = 5\n"
        "    peer_timeout_ms: int\n"
    )
    assert bounding_settings(file) == {"wait_ms": 250, "pool_size": 5}
