"""The figures of a drill: a pure fold over its record. What is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.scoring.alerts import silent_from_ms
from harness.scoring.reading import Recorded, first, since

IsRight = Callable[[str, str], bool]
"""Whether a declared (service, mechanism) is a certain cause."""
CountedFrom = Literal["trigger", "page"]

REVEALS = frozenset({"answer.revealed", "answer.unsealed"})
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


def fold_kpis(
    events: Iterable[Recorded],
    *,
    causes: Sequence[IsRight] | None = None,
    guilty: frozenset[str] | None = None,
    counted_from: CountedFrom = "trigger",
) -> Kpis:
    """Fold a drill's events, in order.

    `causes` (what names each) and `guilty` (the services at the root) come from whoever knows the
    answer; without them what depends on it is None. Without a trigger all times are None.
    Counted from the page, times do not tell when it began, which names the release that did it.
    """
    everything = sorted(events, key=lambda event: event.drill_time_ms)
    trigger = first(everything, "drill.triggered")
    after = since(everything, trigger.drill_time_ms) if trigger else []
    began_ms = trigger.drill_time_ms if trigger else 0
    paged_ms = _time_of_first(after, "page.sent")
    start_ms = began_ms if counted_from == "trigger" else paged_ms

    def elapsed(at_ms: int | None) -> int | None:
        return None if at_ms is None or start_ms is None else at_ms - start_ms

    users, revenue = _impact(everything, began_ms) if trigger else (None, None)
    return Kpis(
        page_ms=elapsed(paged_ms) if counted_from == "trigger" else None,
        acknowledge_ms=elapsed(_time_of_first(after, "page.acknowledged")),
        cause_ms=elapsed(_all_named_at(after, causes)) if causes else None,
        mitigate_ms=elapsed(silent_from_ms(after)),
        verify_ms=elapsed(_verified_at(after)),
        users_affected=users,
        revenue_lost=revenue,
        updates=sum(event.type == "update.posted" for event in after),
        diagnoses=sum(event.type == "diagnosis.declared" for event in after),
        wrong=_wrong_actions(after, guilty),
        counted_from=counted_from,
    )


def _time_of_first(events: Sequence[Recorded], type_name: str) -> int | None:
    found = first(events, type_name)
    return found.drill_time_ms if found else None


def _all_named_at(events: Sequence[Recorded], causes: Sequence[IsRight]) -> int | None:
    moments = [_named_at(events, is_right) for is_right in causes]
    known = [at_ms for at_ms in moments if at_ms is not None]
    return max(known) if len(known) == len(moments) else None


def _named_at(events: Sequence[Recorded], is_right: IsRight) -> int | None:
    """The first right diagnosis that was believed; one after the reveal is no finding."""
    for event in events:
        if event.type in REVEALS:
            return None
        if (
            event.type == "diagnosis.declared"
            and event.payload.get("confidence_percent", 100) >= BELIEVED_PERCENT
        ):
            declared = (str(event.payload.get(key, "")) for key in ("service", "mechanism"))
            if is_right(*declared):
                return event.drill_time_ms
    return None


def _verified_at(events: Sequence[Recorded]) -> int | None:
    passed_at: int | None = None
    for event in events:
        if event.type == "verify.finished":
            if event.payload.get("passed") is not True:
                passed_at = None
            elif passed_at is None:
                passed_at = event.drill_time_ms
    return passed_at


def _impact(events: Sequence[Recorded], start_ms: int) -> tuple[int | None, float | None]:
    """Growth of the running totals from the last sample before the trigger to the last one."""
    samples = [event for event in events if event.type == "impact.sampled"]
    later = [event for event in samples if event.drill_time_ms >= start_ms]
    if not later:
        return None, None
    earlier = [event for event in samples if event.drill_time_ms < start_ms]
    base = earlier[-1].payload if earlier else {}
    last = later[-1].payload
    users = int(last.get("users_affected", 0)) - int(base.get("users_affected", 0))
    revenue = float(last.get("revenue_lost", 0.0)) - float(base.get("revenue_lost", 0.0))
    return max(users, 0), max(round(revenue, 2), 0.0)


def _wrong_actions(events: Sequence[Recorded], guilty: frozenset[str] | None) -> WrongActions:
    # What the runtime puts back by itself, after a deploy that never got healthy, nobody chose.
    done = [
        event.payload
        for event in events
        if event.type == "deploy.succeeded" and event.payload.get("by") != "runtime"
    ]
    rolled_back = [
        str(deploy.get("service")) for deploy in done if deploy.get("kind") == "rollback"
    ]
    return WrongActions(
        restarts=sum(deploy.get("kind") == "restart" for deploy in done),
        innocent_rollbacks=(
            None if guilty is None else sum(service not in guilty for service in rolled_back)
        ),
        failed_deploys=sum(event.type == "deploy.failed" for event in events),
    )
