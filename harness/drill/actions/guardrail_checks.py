"""The checks of earlier drills' action items, run at each deploy of this one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from harness.drill.session import Session
from harness.errors import DrillError
from harness.exercise.guards import BoundGuard, known_guards, objection
from harness.model import BuiltRelease
from harness.record.events import ActionItemAdded, GuardChecked, GuardVerdict
from harness.record.store import Record
from harness.record.story import fold
from harness.waiting import WaitedTooLong, wait_until

ACTOR = "guardrails"
WATCH_S = 60.0
"""How long an alert of a bound check is watched after a deploy."""
LOOK_EVERY_S = 2.0


def bound_guards(runs: Path) -> tuple[BoundGuard, ...]:
    """The checks that the drills under `runs` are bound to, each once.

    Records that cannot be read are left out: `drill history` tells which.
    """
    found: dict[str, BoundGuard] = {}
    for path in sorted(runs.glob("*/record.db")):
        try:
            with Record(path) as record:
                story = fold(record.events())
        except DrillError:
            continue
        for one in story.of(ActionItemAdded):
            guard = known_guards().get(one.event.check)
            if guard is not None:
                bound = BoundGuard(guard, one.event.item_id, one.event.owner, path.parent.name)
                found.setdefault(guard.id, bound)
    return tuple(found.values())


async def check(session: Session, before: BuiltRelease, after: BuiltRelease) -> None:
    """Run every bound check on the step from `before` to `after`, which is out by now.

    Rules speak at once; alerts are watched from now on. They warn, and stop nothing.
    """
    rules = [one for one in session.spec.guards if one.guard.kind != "alert"]
    if rules:
        difference, message = await asyncio.to_thread(_step, session, before, after)
        for bound in rules:
            why = objection(bound.guard, difference, message)
            _note(session, bound, after, "objected" if why else "passed", why)
    for bound in session.spec.guards:
        if bound.guard.kind == "alert":
            session.run.keep(asyncio.create_task(_watch(session, bound, after)))


def listed(session: Session) -> list[dict[str, Any]]:
    """Every check: what it is, from where it is bound here, and what it said in this drill."""
    bound = {one.guard.id: one for one in session.spec.guards}
    checked = [one.event for one in session.story().of(GuardChecked)]
    return [
        {
            "check": guard.id,
            "kind": guard.kind,
            "title": guard.title,
            "bound_by": bound[guard.id].drill_id if guard.id in bound else None,
            "owner": bound[guard.id].owner if guard.id in bound else None,
            "said": [
                {
                    "service": one.service,
                    "version": one.version,
                    "verdict": one.verdict,
                    "why": one.why,
                }
                for one in checked
                if one.check == guard.id
            ],
        }
        for guard in known_guards().values()
    ]


def _step(session: Session, before: BuiltRelease, after: BuiltRelease) -> tuple[str, str]:
    difference = session.services.workspace.diff(after.service, before.version, after.version)
    notes = session.services.workspace.notes(after.service, after.version)
    return difference, f"{notes.subject}\n\n{notes.body}"


async def _watch(session: Session, bound: BoundGuard, after: BuiltRelease) -> None:
    query = bound.guard.query.replace("{service}", after.service)

    async def level() -> float | None:
        try:
            return await session.services.prometheus.value(query)
        except DrillError:  # a gap in the metrics: looked at again in a moment
            return None

    async def too_high() -> float | None:
        now = await level()
        return now if now is not None and now > bound.guard.above else None

    if await too_high() is not None:
        _note(session, bound, after, "unknown", "it fired before this release, too")
        return
    try:
        value = await wait_until(
            too_high, timeout_s=WATCH_S, what=bound.guard.id, interval_s=LOOK_EVERY_S
        )
    except WaitedTooLong:
        known = await level() is not None
        why = "" if known else "there is no data"
        _note(session, bound, after, "passed" if known else "unknown", why)
        return
    _note(session, bound, after, "objected", f"{value:.3g} is above {bound.guard.above:g}")


def _note(
    session: Session, bound: BoundGuard, after: BuiltRelease, verdict: GuardVerdict, why: str
) -> None:
    session.note(
        GuardChecked(
            check=bound.guard.id,
            item_id=bound.item_id,
            from_drill=bound.drill_id,
            service=after.service,
            version=after.version,
            verdict=verdict,
            why=why,
        ),
        actor=ACTOR,
    )
