"""The figures of a drill, read from its story. What is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.causes import Answer
from harness.exercise.views import incident_start
from harness.record import events
from harness.record.story import Story
from harness.scoring.times import Times, times_of


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
    """Since customers came to the shop, as everywhere."""
    revenue_lost: float | None
    """The same, in the shop's currency."""
    updates: int
    """Since the incident began."""
    diagnoses: int
    wrong: WrongActions

    def sealed(self) -> Kpis:
        """What may be told before the answer: when the fault began names the release at fault."""
        wrong = replace(self.wrong, innocent_rollbacks=None)
        return replace(self, times=replace(self.times, ttd=None, tti=None), wrong=wrong)


def kpis_of(
    story: Story,
    *,
    causes: Sequence[Answer] | None = None,
    guilty: frozenset[str] | None = None,
) -> Kpis:
    """The figures of a drill.

    `causes` and `guilty` (the services at the root) come from whoever knows the
    answer; without them what depends on it is None. But for TTD and TTI nothing here depends on
    when the fault began.
    """
    page = story.first(events.PageSent)
    after = [one.event for one in story.entries if page and one.seq > page.seq]
    impact = story.impact
    return Kpis(
        times=times_of(story, causes),
        users_affected=impact.users_affected if impact else None,
        revenue_lost=impact.revenue_lost if impact else None,
        updates=updates_of(story),
        diagnoses=sum(isinstance(one, events.DiagnosisDeclared) for one in after),
        wrong=_wrong_actions(after, guilty),
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
