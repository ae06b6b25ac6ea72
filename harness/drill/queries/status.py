"""Where the drill stands, as one on-call engineer may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from harness.drill.lifecycle.exercise_clock import reading
from harness.drill.queries.exercise_view import exercise
from harness.drill.session import ReviewTimes, Session
from harness.drill.spec import DrillSpec
from harness.errors import DrillError
from harness.exercise.agenda import Phase as AgendaPhase
from harness.record.events import Audience
from harness.record.state import DrillState, Phase

_NEXT: Mapping[Phase, str] = {
    Phase.STARTING: "the shop is starting; wait for the baseline",
    Phase.HEALTHY: "all is well; wait for the page, and look around: drill metrics, drill deploys",
    Phase.PAGED: "a page is waiting: drill page, then drill ack",
    Phase.ACKNOWLEDGED: (
        "find out what and why: drill logs, drill trace, drill metrics, drill deploys, drill diff"
    ),
    Phase.DIAGNOSED: "contain it: drill rollback SERVICE, or edit, commit and drill deploy SERVICE",
    Phase.MITIGATING: "prove it: drill verify (drill diagnose, if you have not said the cause yet)",
    Phase.VERIFIED: "done: drill finish shows the scorecard",
    Phase.FINISHED: "the drill is over",
    Phase.ABORTED: "the drill is over",
}
_LOOK_BACK = "drill reflect, drill learn, drill action-item"

ERROR_RATIO = (
    'sum by (service) (rate(http_requests_total{status=~"5.."}[5s])) '
    "/ sum by (service) (rate(http_requests_total[5s]))"
)
REQUESTS = "sum by (service) (rate(http_requests_total[5s]))"
P95_S = (
    "histogram_quantile(0.95, "
    "sum by (service, le) (rate(http_request_duration_seconds_bucket[5s])))"
)
UP = "up"
REVENUE_PER_MINUTE = "sum(increase(revenue_lost_total[1m]))"
STATUS_PAGE = "status page"
BUDGET_BURN = "max(user:error_ratio:rate30s) / 0.005"
"""How many times faster than the objective of 99.5 % allows."""


async def status(session: Session, audience: Audience) -> dict[str, Any]:
    """The drill as plain data: phase, services with health and version, alerts, impact."""
    state = session.state(audience)
    return {
        "drill_id": session.spec.drill_id,
        "audience": audience,
        "phase": state.phase.value,
        "mode": session.services.runtime.mode,
        "elapsed_s": round(session.drill_ms() / 1000, 1),
        "services": await services(session),
        "alerts": await firing_alerts(session, state),
        "pages": [asdict(page) for page in state.pages],
        "impact": asdict(state.impact) if state.impact else None,
        "impact_now": await impact_now(session) if state.impact else None,
        "verification": asdict(state.verification) if state.verification else None,
        "problems": list(state.problems),
        "machine_busy": session.run.machine_busy,
        "exercise": exercise(session),
        "next": next_step(session, state),
        "places": _places(session.spec),
        "review": _review(session.review),
    }


def as_called(answer: dict[str, Any], public_url: str) -> dict[str, Any]:
    """A status with the drill's own page where people find it, who may come by way of a hub."""
    places: dict[str, str] = answer["places"]
    own = {STATUS_PAGE: f"{public_url}/status"} if STATUS_PAGE in places else {}
    return {**answer, "places": {**places, **own}}


def _review(times: ReviewTimes | None) -> dict[str, float] | None:
    """When the drill that is looked back at began and ended, and the moment shown, in seconds since
    1970."""
    if times is None:
        return None
    return {f"{name}_s": getattr(times, name).timestamp() for name in ("begin", "end", "at")}


async def firing_alerts(session: Session, state: DrillState) -> list[dict[str, Any]]:
    """Each alert that fires, with what it says now; what it said when it began to fire stands in
    the record. Without an answer of Prometheus it is what it said then."""
    if not state.alerts:
        return []
    try:
        now = {one.fingerprint: one.summary for one in await session.services.prometheus.alerts()}
    except DrillError:
        now = {}
    return [
        asdict(alert) | {"summary": now.get(fingerprint) or alert.summary}
        for fingerprint, alert in state.alerts.items()
    ]


async def pages(session: Session, audience: Audience) -> list[dict[str, Any]]:
    """Each page as it was sent; `now` is what its alert says by now, None once it is silent."""
    state = session.state(audience)
    now: dict[str, str] = {}
    for alert in await firing_alerts(session, state):
        now.setdefault(alert["name"], alert["summary"])
    return [asdict(page) | {"now": now.get(page.alert)} for page in state.pages]


def _places(spec: DrillSpec) -> dict[str, str]:
    """Where everything that a participant may look at answers, by its title; in a review what is
    gone answers nowhere."""
    places, status = spec.places, "/api/v2/status.json"
    found = {
        "shop": (places.gateway_url, ""),
        "prometheus": (places.prometheus_url, ""),
        "payment provider status": (places.provider_status_url, status),
        "model provider status": (places.model_status_url, status),
        STATUS_PAGE: (places.api_url, "/status"),
        "workspace": (str(spec.run_dir / "workspace"), ""),
    }
    return {title: f"{url}{path}" for title, (url, path) in found.items() if url}


async def impact_now(session: Session) -> dict[str, float | None]:
    """What the incident costs just now: revenue lost in the last minute, and how many times faster
    than allowed the error budget burns. None where there is no data."""

    async def value(expression: str) -> float | None:
        try:
            return await session.services.prometheus.value(expression)
        except DrillError:
            return None

    revenue, burn = await asyncio.gather(value(REVENUE_PER_MINUTE), value(BUDGET_BURN))
    return {"revenue_lost_per_minute": revenue, "budget_burn": burn}


def next_step(session: Session, state: DrillState) -> str:
    """What to type next."""
    if state.phase is Phase.VERIFIED and session.spec.agenda.id != "solo":
        return _after_proof(session)
    return _NEXT.get(state.phase, _NEXT[Phase.HEALTHY])


def _after_proof(session: Session) -> str:
    """The end of a drill tells the answer and takes the shop down: nobody is sent there while the
    agenda has phases that need either."""
    shown, phases = reading(session), session.spec.agenda.phases
    later = phases[phases.index(shown.phase) + 1 :]
    if not later:
        begin = f"look back: {_LOOK_BACK}; then " if _looks_back(shown.phase) else "done: "
        return f"{begin}drill finish shows the scorecard"
    then = _LOOK_BACK if _looks_back(later[0]) else "meanwhile, drill update tells stakeholders"
    return f"proven; the exercise goes on with '{later[0].title}': {then}"


def _looks_back(phase: AgendaPhase) -> bool:
    return phase.kind == "review"


async def services(session: Session) -> list[dict[str, Any]]:
    """Each service with what runs and how it does; None where there is no data."""
    running = session.services.runtime.running()
    up, requests, errors, p95 = await asyncio.gather(
        *(_by_service(session, e) for e in (UP, REQUESTS, ERROR_RATIO, P95_S))
    )
    rows = []
    for entry in session.spec.topology:
        built = running.get(entry.name)
        seconds = p95.get(entry.name)
        rows.append(
            {
                "name": entry.name,
                "summary": entry.summary,
                "calls": list(entry.calls),
                "version": built.version if built else None,
                "commit": built.commit[:12] if built else None,
                "url": session.spec.places.services.get(entry.name),
                "up": None if entry.name not in up else up[entry.name] > 0,
                "requests_per_s": requests.get(entry.name),
                "error_ratio": errors.get(entry.name, 0.0 if entry.name in requests else None),
                "p95_ms": None if seconds is None else seconds * 1000,
            }
        )
    return rows


async def _by_service(session: Session, expression: str) -> dict[str, float]:
    try:
        samples = await session.services.prometheus.query(expression)
    except DrillError:
        return {}
    return {
        sample.labels["service"]: sample.value
        for sample in samples
        if "service" in sample.labels and sample.value == sample.value
    }
