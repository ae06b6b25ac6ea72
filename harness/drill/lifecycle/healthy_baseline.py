"""Is the shop healthy and silent? Measured, not assumed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from harness.drill.actions.pager import expire_alerts
from harness.drill.lifecycle.fair_signals import blaming_no_shop_alone
from harness.drill.lifecycle.home import FAILURE_LOGS
from harness.drill.lifecycle.unseen import note_later
from harness.drill.session import Progress, Session
from harness.errors import DrillError, StackFailed
from harness.measures import DEFAULT_OBJECTIVES, Measures
from harness.record import events
from harness.verification.objectives import judge
from harness.verification.stress_plan import StressPlan
from harness.waiting import WaitedTooLong, wait_until

SUCCESS_RATIO_MIN = 0.99
TRAFFIC_RATIO_MIN = 0.6
"""Share of the load profile's rate that must be arriving."""
CHECK_EVERY_S = 1.0
QUIET_CHECKS = 3
"""So many checks in a row must find the shop healthy."""
BASELINE_TIMEOUT_S = 60.0
RETAKE_TIMEOUT_S = 180.0
"""Of a drill that goes on: people are there, and a busy machine is busy for minutes."""
TRIES = 4
"""So often the shop is measured until it was healthy all the while."""

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


async def take(session: Session, progress: Progress) -> Reading:
    """Find the shop healthy, measure it from outside, and see that it was healthy all the while:
    what verification compares with is a healthy shop or nothing.

    Raises StackFailed, saying what kept it from that.
    """
    reading = await _measured(session, progress, BASELINE_TIMEOUT_S)
    session.note(events.BaselineConfirmed(measures=reading.as_measures()))
    return reading


async def hold(session: Session, *, is_pristine: bool) -> None:
    """Before anything happens that the drill is about: let it happen to a healthy, silent shop.

    Where there was an alarm since the baseline, or the shop is not well now, that is waited out.
    After an alarm the figures are taken again, too, where the shop `is_pristine`, without a release
    that a fault sleeps in. Raises StackFailed where it does not get well: nothing that came later
    could be told from that.
    """
    async with session.run.baseline_lock:
        while not session.has_begun and (why := await _trouble(session)):
            retake = _measured if is_pristine and session.run.alarms else confirm
            with blaming_no_shop_alone(session):
                reading = await retake(session, lambda _: None, RETAKE_TIMEOUT_S)
            note_later(session, events.BaselineRetaken(why, reading.as_measures()))
        session.run.has_begun = True


async def _trouble(session: Session) -> str:
    """Why this shop is not the one that the baseline was taken of; empty where it is."""
    if session.run.alarms:
        return f"{', '.join(sorted(set(session.run.alarms)))} fired"
    try:
        return (await read(session)).unhealthy_because(session.run.expected_per_s)
    except DrillError as error:
        return error.message


async def _measured(session: Session, progress: Progress, timeout_s: float) -> Reading:
    """Measure the healthy shop, again where it was not healthy through and through."""
    why = ""
    for _ in range(TRIES):
        reading = await confirm(session, progress, timeout_s)
        references = await session.oracle.capture_references()
        plan = StressPlan.probe(session.spec.capacity_units)
        async with session.services.turns.turn():
            figures = await session.oracle.measure(plan, references)
        why = _spoiled(session, figures)
        if not why:
            session.run.references, session.run.healthy = references, figures
            return reading
        progress(f"not healthy while it was measured ({why}); once more")
    raise _unhealthy(session, f"{why} while it was measured, {TRIES} times", timeout_s)


def _spoiled(session: Session, figures: Measures) -> str:
    """Why these are not the figures of a healthy shop; empty where they are."""
    missed = [
        f"{one.measure} is {one.value:.4g}, healthy is {one.bound}"
        for one in judge(figures, DEFAULT_OBJECTIVES)
        if one.value is not None and not one.holds
    ]
    return "; ".join([*(f"{name} fired" for name in session.run.alarms), *missed])


async def confirm(session: Session, progress: Progress, timeout_s: float) -> Reading:
    """Wait until the shop is healthy and silent for a few seconds together; alarms from before that
    are forgotten.

    Raises StackFailed, saying what kept it from being healthy.
    """
    quiet, why = 0, "nothing was measured"

    async def calm() -> Reading | None:
        nonlocal quiet, why
        try:
            reading = await read(session)
            why = reading.unhealthy_because(session.run.expected_per_s)
            # What still fires in the book would not fire anew: nobody would be paged for it later.
            if not why and session.run.alerts.firing():
                await expire_alerts(session)
                why = "alerts have not been resolved"
        except DrillError as error:
            quiet, why = 0, error.message
            return None
        quiet = 0 if why else quiet + 1
        return reading if quiet >= QUIET_CHECKS else None

    progress("waiting for a healthy baseline without alerts")
    try:
        reading = await wait_until(
            calm, timeout_s=timeout_s, what="a healthy baseline", interval_s=CHECK_EVERY_S
        )
    except WaitedTooLong:
        raise _unhealthy(session, why, timeout_s) from None
    session.run.alarms.clear()
    return reading


def _unhealthy(session: Session, why: str, timeout_s: float) -> StackFailed:
    what = f"the shop did not become healthy within {timeout_s:g} s: {why}"
    return StackFailed(what, f"its logs are kept in {session.spec.run_dir / FAILURE_LOGS}")
