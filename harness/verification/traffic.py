"""What a run asks of the shop, and how well it was served: success and waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from harness.measures import Measures
from harness.verification.api_calls import (
    CLIENT_TIMEOUT_S,
    Call,
    Journey,
    Request,
    checkout,
    feed,
    history,
    price,
    track,
)
from harness.verification.driving import Departure, StressResult
from harness.verification.figures import percentile, ratio
from harness.verification.product_catalogue import baskets_to_buy
from harness.verification.references import References
from harness.verification.served import served
from harness.verification.stress_plan import StressPlan

DESK_USERS = 100
"""Customers in one question of the support desk: as many as the gateway takes."""
QUICK_FAILURE_MS = 1_000.0
TWIN_EVERY = 4
"""Every so many purchases, two customers buy the same at the same moment, in opposite orders: what
is locked in a basket's order is locked crosswise."""
GENTLE_HISTORY_PER_S, GENTLE_TRACK_PER_S, GENTLE_BASKET_PER_S = 10.0, 1.0, 1.0


def plan_departures(plan: StressPlan, references: References, random: Random) -> list[Departure]:
    """Every request of a run, at its time; the same for the same seed and references."""
    catalogue = references.catalogue
    orders = tuple(references.paid_totals)
    desk_users = min(DESK_USERS, len(catalogue.user_ids))

    def times(per_s: float) -> list[float]:
        return arrival_times(per_s, plan.duration_s, random)

    purchases = times(plan.checkout_per_s)
    asked = max(round(plan.basket_per_s * plan.duration_s), plan.reference_baskets)
    baskets = [references.baskets[number % len(references.baskets)] for number in range(asked)]
    bought = baskets_to_buy(catalogue, references.baskets, len(purchases), random)
    for twin in range(TWIN_EVERY - 1, len(purchases) if plan.twins else 0, TWIN_EVERY):
        purchases[twin] = purchases[twin - 1]
        bought[twin] = replace(bought[twin], lines=bought[twin - 1].lines[::-1])
    journeys: tuple[tuple[list[float], list[Request]], ...] = (
        (purchases, [checkout(basket) for basket in bought]),
        (times(asked / plan.duration_s), [price(basket) for basket in baskets]),
        _drawn(times(plan.history_per_s), lambda: history((random.choice(catalogue.user_ids),))),
        _drawn(
            times(plan.support_desk_per_s),
            lambda: history(tuple(random.sample(catalogue.user_ids, k=desk_users))),
        ),
        _drawn(times(plan.track_per_s), lambda: track(random.choice(orders))),
        _drawn(times(plan.feed_per_s), lambda: feed(random.choice(catalogue.user_ids))),
    )
    return [Departure(*pair) for leave, ask in journeys for pair in zip(leave, ask, strict=True)]


def gentle_departures(duration_s: float, references: References, random: Random) -> list[Departure]:
    """A few more customers than usual, none of whom buys anything."""
    users, orders = references.catalogue.user_ids, tuple(references.paid_totals)
    journeys: tuple[tuple[list[float], list[Request]], ...] = (
        _drawn(
            arrival_times(GENTLE_HISTORY_PER_S, duration_s, random),
            lambda: history((random.choice(users),)),
        ),
        _drawn(
            arrival_times(GENTLE_TRACK_PER_S, duration_s, random),
            lambda: track(random.choice(orders)),
        ),
        _drawn(
            arrival_times(GENTLE_BASKET_PER_S, duration_s, random),
            lambda: price(random.choice(references.baskets)),
        ),
    )
    return [Departure(*pair) for leave, ask in journeys for pair in zip(leave, ask, strict=True)]


def arrival_times(per_s: float, duration_s: float, random: Random) -> list[float]:
    """Offsets in seconds from the start, in order: `per_s * duration_s` of them, rounded.

    Open loop, so that a slow shop is not spared by waiting for it. Evenly spaced with a jitter of
    half a step either way, so that the count is exact and journeys of the same rate do not march in
    lockstep.
    """
    count = round(per_s * duration_s)
    if count <= 0:
        return []
    step_s = duration_s / count
    return [(index + random.random()) * step_s for index in range(count)]


def _drawn(times: list[float], draw: Callable[[], Request]) -> tuple[list[float], list[Request]]:
    return times, [draw() for _ in times]


def wait_ms(call: Call) -> float:
    """How long the customer waited; all of their patience where no answer came."""
    return CLIENT_TIMEOUT_S * 1000.0 if call.outcome == "timeout" else call.duration_ms


def traffic_measures(result: StressResult, references: References) -> Measures:
    """Success ratios and waiting times of a run.

    Latencies leave out quick failures: a shop is not quick because it refuses quickly. A failure
    that took its time is a wait like any other.
    """

    def success(*journeys: Journey) -> float | None:
        return ratio(served(call, references) for call in result.of(*journeys))

    def p95(*journeys: Journey) -> float | None:
        waits = [
            wait_ms(call)
            for call in result.of(*journeys)
            if call.outcome != "error" or call.duration_ms > QUICK_FAILURE_MS
        ]
        return percentile(waits, 0.95)

    return {
        "checkout_success_ratio": success(Journey.CHECKOUT),
        "basket_success_ratio": success(Journey.BASKET),
        "history_success_ratio": success(Journey.HISTORY, Journey.SUPPORT_DESK),
        "track_success_ratio": success(Journey.TRACK),
        "feed_success_ratio": success(Journey.FEED),
        "checkout_p95_ms": p95(Journey.CHECKOUT),
        "basket_p95_ms": p95(Journey.BASKET),
        "history_p95_ms": p95(Journey.HISTORY),
        "support_desk_p95_ms": p95(Journey.SUPPORT_DESK),
        "feed_p95_ms": p95(Journey.FEED),
        "longest_wait_ms": longest_wait_ms(result.calls),
    }


def longest_wait_ms(calls: Sequence[Call]) -> float | None:
    """The longest that anybody waited for any answer, or for none."""
    return max((wait_ms(call) for call in calls), default=None)
