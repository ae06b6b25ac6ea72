"""The figures of a drill, read from its story. What is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.causes import Answer
from harness.exercise.views import proof_of_recovery, silent_from
from harness.record import events
from harness.record.story import Noted, Story
from harness.scoring.answer import judge_answer

_Entry = Noted[events.Event]
CountedFrom = Literal["trigger", "page"]

REVEALS = (events.AnswerRevealed, events.SealOpened)
"""Where nothing was wrong, nothing is revealed; the seal is opened all the same."""
BELIEVED_PERCENT = 50
"""Of a diagnosis; whoever declares with less does not say that it is the cause."""


@dataclass(frozen=True)
class WrongActions:
    """What was done that did not help."""

    restarts: int
    innocent_rollbacks: int | None
    """Rollbacks of services that were not at the root; None where the root is not known."""
    failed_deploys: int


@dataclass(frozen=True)
class Kpis:
    """Times in milliseconds from the trigger, or from the first page where `counted_from` says so;
    None means no data, never zero."""

    page_ms: int | None
    acknowledge_ms: int | None
    cause_ms: int | None
    """Until every cause had been diagnosed rightly: until the first right diagnosis, mostly. One
    that is not believed in, or comes after the reveal, does not count."""
    mitigate_ms: int | None
    """Until no alert fired any more."""
    verify_ms: int | None
    """Until the verification that passed and was never followed by one that failed."""
    users_affected: int | None
    revenue_lost: float | None
    """In the shop's currency."""
    updates: int
    diagnoses: int
    wrong: WrongActions
    counted_from: CountedFrom = "trigger"


def kpis_of(
    story: Story,
    *,
    causes: Sequence[Answer] | None = None,
    guilty: frozenset[str] | None = None,
    counted_from: CountedFrom = "trigger",
) -> Kpis:
    """The figures of a drill.

    `causes` and `guilty` (the services at the root) come from whoever knows the
    answer; without them what depends on it is None. Without a trigger all times are None.
    Counted from the page, nothing tells when it began, which names the release that did it: what
    came before the page counts nowhere, and the damage is what everybody sees.
    """
    kind = events.DrillTriggered if counted_from == "trigger" else events.PageSent
    start = story.first(kind)
    after = [one for one in story.entries if start and one.drill_ms >= start.drill_ms]
    paged = _first(after, events.PageSent)

    def elapsed(one: _Entry | None) -> int | None:
        return None if one is None or start is None else one.drill_ms - start.drill_ms

    if counted_from == "trigger":
        users, revenue = _impact(story.impact_before, story.impact_since)
    else:
        users, revenue = _impact(None, story.impact if start else None)
    return Kpis(
        page_ms=elapsed(paged) if counted_from == "trigger" else None,
        acknowledge_ms=elapsed(_first(after, events.PageAcknowledged)),
        cause_ms=elapsed(_all_named(after, causes)) if causes else None,
        # An alert fires before it pages.
        mitigate_ms=elapsed(silent_from(after if counted_from == "trigger" else story.entries)),
        verify_ms=elapsed(proof_of_recovery(after)),
        users_affected=users,
        revenue_lost=revenue,
        updates=_count(after, events.UpdatePosted),
        diagnoses=_count(after, events.DiagnosisDeclared),
        wrong=_wrong_actions([one.event for one in after], guilty),
        counted_from=counted_from,
    )


def _first(entries: Iterable[_Entry], kind: type[events.Event]) -> _Entry | None:
    return next((one for one in entries if isinstance(one.event, kind)), None)


def _count(entries: Iterable[_Entry], kind: type[events.Event]) -> int:
    return sum(isinstance(one.event, kind) for one in entries)


def _all_named(entries: Sequence[_Entry], causes: Sequence[Answer]) -> _Entry | None:
    """The diagnosis with which the last of the causes was named."""
    found = [_named(entries, cause) for cause in causes]
    known = [one for one in found if one is not None]
    return max(known, key=lambda one: one.drill_ms) if len(known) == len(found) else None


def _named(entries: Iterable[_Entry], cause: Answer) -> _Entry | None:
    """The first right diagnosis that was believed; one after the reveal is no finding."""
    for one in entries:
        event = one.event
        if isinstance(event, REVEALS):
            return None
        if (
            isinstance(event, events.DiagnosisDeclared)
            and event.confidence_percent >= BELIEVED_PERCENT
            and judge_answer(event.service, event.mechanism, cause).right
        ):
            return one
    return None


def _impact(
    base: events.ImpactSampled | None, last: events.ImpactSampled | None
) -> tuple[int | None, float | None]:
    """How far the running totals grew from `base`, or from nothing."""
    if last is None:
        return None, None
    users = last.users_affected - (base.users_affected if base else 0)
    revenue = last.revenue_lost - (base.revenue_lost if base else 0.0)
    return max(users, 0), max(round(revenue, 2), 0.0)


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
