"""The figures of a drill, read from its story. What is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.causes import Answer
from harness.exercise.views import incident_start
from harness.record import events
from harness.record.story import Story
from harness.scoring.times import Times, times_of

HarmSince = Literal["the fault", "the baseline"]


@dataclass(frozen=True)
class WrongActions:
    """What was done that did not help."""

    restarts: int
    innocent_rollbacks: int | None
    """Rollbacks of services that were not at the root; None where the root is not known."""
    failed_deploys: int


@dataclass(frozen=True)
class Kpis:
    """What a drill came to; None means no data, never zero."""

    times: Times
    users_affected: int | None
    """Since `harm_since`."""
    revenue_lost: float | None
    """The same, in the shop's currency."""
    updates: int
    """Since the incident began."""
    diagnoses: int
    wrong: WrongActions
    users_before: int = 0
    """Affected between the baseline and the fault, and in no figure above."""
    revenue_before: float = 0.0
    """The same, in the shop's currency."""
    harm_since: HarmSince = "the baseline"
    """What users and revenue count from: the fault; as long as that is sealed, and where there was
    none, the healthy baseline."""

    def sealed(self) -> Kpis:
        """What may be told before the answer: when the fault began names the release at fault."""
        users, revenue = self.users_affected, self.revenue_lost
        return replace(
            self,
            times=replace(self.times, ttd=None, tti=None),
            wrong=replace(self.wrong, innocent_rollbacks=None),
            users_affected=None if users is None else users + self.users_before,
            revenue_lost=None if revenue is None else round(revenue + self.revenue_before, 3),
            users_before=0,
            revenue_before=0.0,
            harm_since="the baseline",
        )


def kpis_of(
    story: Story,
    *,
    causes: Sequence[Answer] | None = None,
    guilty: frozenset[str] | None = None,
) -> Kpis:
    """The figures of a drill.

    `causes` and `guilty` (the services at the root) come from whoever knows the
    answer; without them what depends on it is None. But for TTD, TTI and the harm from before it
    nothing here depends on when the fault began.
    """
    page = story.first(events.PageSent)
    after = [one.event for one in story.entries if page and one.seq > page.seq]
    impact, before = story.impact, story.impact_before
    users_before = before.users_affected if before else 0
    revenue_before = before.revenue_lost if before else 0.0
    return Kpis(
        times=times_of(story, causes),
        users_affected=impact.users_affected - users_before if impact else None,
        revenue_lost=round(impact.revenue_lost - revenue_before, 3) if impact else None,
        updates=updates_of(story),
        diagnoses=sum(isinstance(one, events.DiagnosisDeclared) for one in after),
        wrong=_wrong_actions(after, guilty),
        users_before=users_before,
        revenue_before=revenue_before,
        harm_since="the fault" if story.first(events.DrillTriggered) else "the baseline",
    )


def updates_of(story: Story) -> int:
    """How often stakeholders were told something since the incident began."""
    begin = incident_start(story)
    return sum(begin is not None and one.seq > begin.seq for one in story.of(events.UpdatePosted))


def _wrong_actions(found: Sequence[events.Event], guilty: frozenset[str] | None) -> WrongActions:
    # What the runtime puts back by itself, after a deploy that never got healthy, nobody chose.
    done = [one for one in found if isinstance(one, events.DeploySucceeded) and one.by != "runtime"]
    rolled_back = [one.service for one in done if one.kind == "rollback"]
    return WrongActions(
        restarts=sum(one.kind == "restart" for one in done),
        innocent_rollbacks=(
            None if guilty is None else sum(service not in guilty for service in rolled_back)
        ),
        failed_deploys=sum(isinstance(one, events.DeployFailed) for one in found),
    )


def machine_busy_ms(story: Story) -> int:
    """Drill time from each `machine.busy` to the `machine.free` after it, or to the newest event
    where none came. Time before the baseline counts: it is part of how the drill began."""
    total_ms, since_ms = 0, None
    for one in story.entries:
        match one.event:
            case events.MachineBusy() if since_ms is None:
                since_ms = one.drill_ms
            case events.MachineFree(busy_ms=took_ms):
                total_ms, since_ms = total_ms + took_ms, None
    if since_ms is not None:
        total_ms += story.clock.seen_ms - since_ms
    return total_ms
