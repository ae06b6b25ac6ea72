"""What is expected of an act, said before it, and what came of it.

What a sentence says of errors, success, p95, latency or alerts (`errors < 5%`, `checkout is back
and p95 below 500 ms`) is measured by the drill itself, and by nobody else unless there was no data.
Of any other sentence somebody tells what came.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.drill.lifecycle.healthy_baseline import LATENCY_P95_S, SUCCESS
from harness.drill.session import Session
from harness.errors import DrillError, UsageError
from harness.exercise import checks
from harness.exercise.entries import WITHIN_DEFAULT_S
from harness.exercise.views import open_actions
from harness.record.events import ActionStated, NoteAdded, OutcomeMeasured

CHECK_EVERY_S = 1.0
REAL_SECONDS_MIN = 20.0
HOLDS_CHECKS = 10
"""So many checks in a row make an expectation met.

A request that the act broke may take its whole timeout to fail, and the measures look back some
seconds more: what holds for less than both is still the time before the act.
"""

_SAID = re.compile(
    r"\b(?P<measure>errors|error rate|success|success rate|p95|latency|alerts)\s+"
    r"(?:(?!not\b|never\b|no\b)\w+\s+){0,2}?"
    r"(?P<sense><=|>=|<|>|under|below|at most|over|above|at least)\s*"
    r"(?P<bound>\d+(?:\.\d+)?)\s*(?P<unit>%|ms\b|s\b)?"
    r"(?![%.\w]*[%\w]|\s*(?:/|per\b|m\b|h\b|min|sec|hour))",
    re.IGNORECASE,
)
_BELOW = frozenset({"<", "<=", "under", "below", "at most"})
_QUERIES = {
    "errors": (f"100 * (1 - ({SUCCESS}))", "%"),
    "success": (f"100 * ({SUCCESS})", "%"),
    "p95": (f"1000 * ({LATENCY_P95_S})", "ms"),
    "latency": (f"1000 * ({LATENCY_P95_S})", "ms"),
    "alerts": ('count(ALERTS{alertstate="firing"}) or vector(0)', ""),
}


@dataclass(frozen=True)
class Plan:
    """What somebody says before they act; `within_s` is in seconds of the agenda."""

    expectation: str
    probability_percent: int | None
    within_s: float = WITHIN_DEFAULT_S
    if_worse: str = ""


@dataclass(frozen=True)
class Condition:
    """An expectation that can be measured; the bound is in `unit`."""

    measure: str
    sense: Literal["below", "above"]
    bound: float
    unit: str

    @property
    def query(self) -> str:
        """PromQL for the measure, in `unit`."""
        return _QUERIES[self.measure][0]

    def holds(self, value: float | None) -> bool:
        """Whether a value is within the bound; an unknown one never is."""
        if value is None:
            return False
        return value <= self.bound if self.sense == "below" else value >= self.bound


def conditions_of(text: str) -> tuple[Condition, ...]:
    """What can be measured of a sentence, all of which must hold; empty where nothing can."""
    return tuple(one for found in _SAID.finditer(text) if (one := _condition(found)))


def _condition(found: re.Match[str]) -> Condition | None:
    """None where the unit is not one of the measure."""
    said, unit = found["measure"].lower(), (found["unit"] or "").lower()
    measure = {"error rate": "errors", "success rate": "success"}.get(said, said)
    expected = _QUERIES[measure][1]
    bound = float(found["bound"])
    if unit == "s" and expected == "ms":
        bound, unit = bound * 1000, "ms"
    if unit not in ("", expected):
        return None
    sense: Literal["below", "above"] = "below" if found["sense"].lower() in _BELOW else "above"
    return Condition(measure, sense, bound, expected)


def require_plan(plan: Plan | None, *, act: str, asks: bool, waived: bool) -> None:
    """Raise UsageError where an act needs a plan and has none, nor says that it has none."""
    if plan is None and asks and not waived:
        raise UsageError(
            f"what do you expect of this {act}, and what if it gets worse?",
            "add --expect 'errors < 5%' --within 120 --probability 90 --if-worse '…'; "
            "or pass --no-plan; the missing plan is recorded",
        )


def check(session: Session, plan: Plan | None, *, action: str, target: str, by: str) -> None:
    """Raise what is wrong with a plan, before anything is done."""
    if plan is not None:
        _event(session, plan, action, target, by)


def note_plan(
    session: Session, plan: Plan | None, *, action: str, target: str, by: str
) -> ActionStated | None:
    """Record a plan, right before the act; None where there is none."""
    return state(session, plan, action=action, target=target, by=by) if plan else None


def state(session: Session, plan: Plan, *, action: str, target: str, by: str) -> ActionStated:
    """Record what is expected of an act."""
    event = _event(session, plan, action, target, by)
    session.note(event, actor=by)
    return event


def follow_up(session: Session, stated: ActionStated | None, *, failure: str = "") -> None:
    """The act is done, or has failed: begin to measure what can be measured."""
    if stated is None:
        return
    conditions = conditions_of(stated.expectation)
    if failure:
        session.note(OutcomeMeasured(stated.action_id, False, failure, "harness"))
    elif conditions:
        session.run.keep(asyncio.create_task(_measure(session, stated, conditions)))


def how_it_is_held(stated: ActionStated) -> str:
    """For who acts: the id under which the expectation is recorded, and who tells its outcome."""
    if conditions_of(stated.expectation):
        return f"{stated.action_id} is recorded; the drill measures '{stated.expectation}'"
    return (
        f"{stated.action_id} is recorded; say what came of it: "
        f"drill outcome {stated.action_id} 'WHAT YOU SAW' --met (or --missed)"
    )


def tell_outcome(
    session: Session, *, action_id: str, met: bool, measured: str, by: str
) -> OutcomeMeasured:
    """What came of a stated act, told by a person.

    Raises UsageError where the drill measures it: whoever said how sure they were would otherwise
    also say whether it came true.
    """
    story = session.story()
    event = checks.outcome_measured(story, action_id=action_id, met=met, measured=measured, by=by)
    stated = next(one.event for one in open_actions(story) if one.event.action_id == action_id)
    if conditions_of(stated.expectation) and action_id not in session.run.unmeasured:
        raise UsageError(
            f"the drill measures '{stated.expectation}'",
            "its outcome is recorded automatically; report one only where there was no data",
        )
    session.note(event, actor=by)
    return event


def _event(session: Session, plan: Plan, action: str, target: str, by: str) -> ActionStated:
    return checks.action_stated(
        session.story(),
        action=action,
        target=target,
        expectation=plan.expectation,
        probability_percent=plan.probability_percent,
        within_s=plan.within_s,
        if_worse=plan.if_worse,
        by=by,
    )


async def _measure(session: Session, stated: ActionStated, conditions: Sequence[Condition]) -> None:
    """Watch until all conditions hold, or their time is up; then record which.

    However fast the agenda runs, the shop takes its time: a few real seconds are always given.
    Where there never was any data, nothing is known to have come true or not: people may tell.
    """
    began_s, until_ms = session.run.elapsed_s(), _team_ms(session) + stated.within_s * 1000
    held, is_known = 0, False
    values: list[float | None] = []
    while held < HOLDS_CHECKS and (
        _team_ms(session) < until_ms or session.run.elapsed_s() - began_s < REAL_SECONDS_MIN
    ):
        await asyncio.sleep(CHECK_EVERY_S)
        values = [await _value(session, one) for one in conditions]
        holds = all(one.holds(value) for one, value in zip(conditions, values, strict=True))
        held = held + 1 if holds else 0
        is_known = is_known or any(value is not None for value in values)
    if not is_known:
        session.run.unmeasured.add(stated.action_id)
        text = f"{stated.action_id} could not be measured: say what came of it"
        session.note(NoteAdded(text, "harness"))
    elif stated.action_id in {one.event.action_id for one in open_actions(session.story())}:
        measured = ", ".join(map(_shown, conditions, values))
        outcome = OutcomeMeasured(stated.action_id, held >= HOLDS_CHECKS, measured, "harness")
        session.note(outcome)


async def _value(session: Session, one: Condition) -> float | None:
    try:
        return await session.services.prometheus.value(one.query)
    except DrillError:
        return None


def _shown(one: Condition, value: float | None) -> str:
    return f"{one.measure}: " + ("no data" if value is None else f"{value:.4g} {one.unit}".strip())


def _team_ms(session: Session) -> int:
    return session.story().clock.team_ms(session.drill_ms())
