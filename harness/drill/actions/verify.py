"""Proof: the same battery of objectives in every drill, under stress, with before and after."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.causes import TriggerKind
from harness.drill.actions.recovery import SETTLE_TIMEOUT_S, catch_up, wait_for_backlog
from harness.drill.lifecycle import disturbances
from harness.drill.session import Progress, Session
from harness.drill.spec import DrillSpec
from harness.errors import DrillError, UsageError
from harness.measures import DEFAULT_OBJECTIVES
from harness.model import Objective
from harness.record import events
from harness.verification.objectives import SILENCE, ObjectiveResult, judge
from harness.verification.stress_plan import StressPlan
from harness.waiting import WaitedTooLong, wait_until

ALERTS_CLEAR_TIMEOUT_S = 75.0
"""The longest window of an alert rule (a minute of settled orders), and some room."""


def objectives(spec: DrillSpec) -> tuple[Objective, ...]:
    """The default battery, tightened where the drill's faults say so; all of them must be healed.

    The measures are the same in every drill, so the list gives nothing away. The bounds do: see
    `judged`.
    """
    asked: dict[str, Objective] = {}
    for objective in (one for fault in spec.faults for one in fault.verify):
        known = asked.get(objective.measure)
        asked[objective.measure] = objective if known is None else known.and_also(objective)
    merged = {objective.measure: objective for objective in DEFAULT_OBJECTIVES} | asked
    return tuple(merged.values())


def judged(
    measures: Mapping[str, float | None], asked: Sequence[Objective]
) -> list[ObjectiveResult]:
    """`measures` held against what is asked. The bound that is told is that of every drill, unless
    it is the tighter one that fails: else the tightened ones would tell what is wrong."""
    usual = {one.measure: one for one in judge(measures, DEFAULT_OBJECTIVES)}
    results = []
    for result in judge(measures, asked):
        known = usual.get(result.measure, result)
        results.append(known if known.holds == result.holds else result)
    return results


async def verify(
    session: Session,
    *,
    by: str,
    progress: Progress,
    duration_s: float | None = None,
    settle_s: float = SETTLE_TIMEOUT_S,
) -> events.VerifyFinished:
    """Run the battery under stress load, wait for silence, record and return the outcome.

    Just after a change it waits for what piled up before it, `settle_s` at most; what does not pass
    in that time stands in the outcome.

    `duration_s` of stress is what the plan says unless given. Raises UsageError where a
    verification is already running.
    """
    if session.run.verify_lock.locked():
        raise UsageError("a verification is already running", "wait for it to finish")
    async with session.run.verify_lock:
        plan = StressPlan.stress(session.spec.capacity_units)
        if duration_s is not None:
            plan = replace(plan, duration_s=duration_s, watch_s=min(plan.watch_s, duration_s))
        return await _verify(session, plan, by, progress, settle_s)


async def _verify(
    session: Session, plan: StressPlan, by: str, progress: Progress, settle_s: float
) -> events.VerifyFinished:
    if session.run.references is None:
        raise UsageError(
            "the healthy shop has not been measured yet", "wait for the baseline (`drill status`)"
        )
    session.note(events.VerifyStarted(by=by), actor=by)
    settling = await wait_for_backlog(session, progress, settle_s)
    async with session.services.turns.turn():
        # What set the trouble off will happen again: a shop that only was restarted is not mended.
        if session.state().triggered is not None:
            for fault in session.spec.faults:
                await disturbances.strike(session, fault)
                if fault.trigger.kind is TriggerKind.BRIEF_OUTAGE:  # what is left of it counts
                    settling = await catch_up(session, progress, settle_s)
        progress(f"stress load on the shop for {plan.duration_s:g} s")
        measures = await session.oracle.measure(plan, session.run.references)
    results = judged(measures, objectives(session.spec))
    if all(result.holds for result in results):
        progress("objectives hold; waiting for the alerts to clear")
        results.append(await _silence(session))
    finished = events.VerifyFinished(
        passed=all(result.holds for result in results),
        results=_compared(session, results),
        settling=settling,
    )
    session.note(finished, actor=by)
    return finished


async def _silence(session: Session) -> ObjectiveResult:
    """No alert may be firing any more."""

    async def quiet() -> bool | None:
        return not session.run.alerts.firing() or None

    with contextlib.suppress(WaitedTooLong):  # then the count below says how many still fire
        await wait_until(quiet, timeout_s=ALERTS_CLEAR_TIMEOUT_S, what="silence", interval_s=0.5)
    count = float(len(session.run.alerts.firing()))
    return ObjectiveResult(SILENCE, count, "at most 0", holds=count == 0)


def _compared(
    session: Session, results: Sequence[ObjectiveResult]
) -> tuple[events.VerifyResult, ...]:
    at_page = session.run.at_page or {}
    healthy = session.run.healthy or {}
    return tuple(
        events.VerifyResult(
            measure=result.measure,
            value=result.value,
            at_page=at_page.get(result.measure),
            healthy=healthy.get(result.measure),
            bound=result.bound,
            holds=result.holds,
        )
        for result in results
    )


async def probe_at_page(session: Session) -> None:
    """Measure the broken shop once, at the first page: the 'before' of every later proof."""
    if session.run.references is None:
        return
    try:
        plan = StressPlan.probe(session.spec.capacity_units)
        session.run.at_page = await session.oracle.measure(plan, session.run.references)
    except (TimeoutError, DrillError) as error:
        session.note(events.HarnessProblem(what=f"the probe at the page failed: {error}"))
