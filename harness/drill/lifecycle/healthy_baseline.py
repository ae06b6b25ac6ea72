"""Is the shop healthy and silent? Measured, not assumed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from harness.drill.lifecycle.home import FAILURE_LOGS
from harness.drill.session import Progress, Session
from harness.errors import DrillError, StackFailed
from harness.record import events
from harness.verification.stress_plan import StressPlan
from harness.waiting import WaitedTooLong, wait_until

SUCCESS_RATIO_MIN = 0.99
TRAFFIC_RATIO_MIN = 0.6
"""Share of the load profile's rate that must be arriving."""
QUIET_CHECKS = 3
"""So many checks in a row, a second apart, must find the shop healthy."""
BASELINE_TIMEOUT_S = 60.0

SUCCESS = 'sum(rate(user_requests_total{outcome="ok"}[4s])) / sum(rate(user_requests_total[4s]))'
TRAFFIC = "sum(rate(user_requests_total[4s]))"
LATENCY_P95_S = (
    "histogram_quantile(0.95, sum by (le) (rate(user_request_duration_seconds_bucket[4s])))"
)
ALERTS = 'count(ALERTS{alertstate=~"pending|firing"}) or vector(0)'
DOWN = "count(up == 0) or vector(0)"


@dataclass(frozen=True)
class Reading:
    """One look at the whole shop; None where there is no data yet."""

    success_ratio: float | None
    requests_per_s: float | None
    p95_s: float | None
    alerts: float | None
    targets_down: float | None

    def unhealthy_because(self, expected_per_s: float) -> str:
        """Why this is not a healthy, silent shop; empty where it is."""
        if self.requests_per_s is None or self.success_ratio is None:
            return "no traffic is measured yet"
        if self.targets_down:
            return f"{self.targets_down:g} targets do not answer the metrics scrape"
        if self.requests_per_s < TRAFFIC_RATIO_MIN * expected_per_s:
            return f"{self.requests_per_s:.0f} of {expected_per_s:.0f} requests/s arrive"
        if self.success_ratio < SUCCESS_RATIO_MIN:
            return f"{self.success_ratio:.1%} of requests succeed"
        if self.alerts:
            return f"{self.alerts:g} alerts are pending or firing"
        return ""

    def as_measures(self) -> dict[str, float]:
        """What is known, for the record."""
        known = {
            "success_ratio": self.success_ratio,
            "requests_per_s": self.requests_per_s,
            "p95_ms": None if self.p95_s is None else self.p95_s * 1000,
        }
        return {name: value for name, value in known.items() if value is not None}


async def read(session: Session) -> Reading:
    """Ask Prometheus once for each part of a Reading."""
    success, traffic, p95, alerts, down = await asyncio.gather(
        *(
            session.services.prometheus.value(e)
            for e in (SUCCESS, TRAFFIC, LATENCY_P95_S, ALERTS, DOWN)
        )
    )
    return Reading(success, traffic, p95, alerts, down)


async def confirm(session: Session, *, expected_per_s: float, progress: Progress) -> Reading:
    """Wait until the shop is healthy and silent for a few seconds together; record it.

    Raises StackFailed, saying what kept it from being healthy.
    """
    quiet, why = 0, "nothing was measured"

    async def calm() -> Reading | None:
        nonlocal quiet, why
        try:
            reading = await read(session)
            why = reading.unhealthy_because(expected_per_s)
        except DrillError as error:
            quiet, why = 0, error.message
            return None
        quiet = 0 if why else quiet + 1
        return reading if quiet >= QUIET_CHECKS else None

    progress("waiting for a healthy baseline without alerts")
    try:
        reading = await wait_until(
            calm, timeout_s=BASELINE_TIMEOUT_S, what="a healthy baseline", interval_s=1.0
        )
    except WaitedTooLong:
        raise _unhealthy(session, why) from None
    session.note(events.BaselineConfirmed(measures=reading.as_measures()))
    return reading


def _unhealthy(session: Session, why: str) -> StackFailed:
    what = f"the shop did not become healthy within {BASELINE_TIMEOUT_S:g} s: {why}"
    if busy := session.run.machine_busy:
        return StackFailed(
            f"{what}; the machine is busy: {busy}", "end what else runs, then start another drill"
        )
    return StackFailed(what, f"its logs are kept in {session.spec.run_dir / FAILURE_LOGS}")


async def remember_healthy(session: Session) -> None:
    """Measure the healthy shop from outside: what verification will compare with."""
    units = session.spec.capacity_units
    session.run.references = await session.oracle.capture_references()
    session.run.healthy = await session.oracle.measure(
        StressPlan.probe(units), session.run.references
    )
