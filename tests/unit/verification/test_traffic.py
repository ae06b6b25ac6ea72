"""A run asks what its plan says, and reports how customers were served."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.verification.api_calls import (
    Basket,
    Call,
    Journey,
    Line,
    Outcome,
    Request,
    history,
    price,
)
from harness.verification.driving import StressResult
from harness.verification.product_catalogue import Catalogue
from harness.verification.references import References
from harness.verification.stress_plan import StressPlan
from harness.verification.traffic import (
    TWIN_EVERY,
    arrival_times,
    plan_departures,
    traffic_measures,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
USERS = {n: f"user {n}" for n in range(1, 301)}
BASKETS = tuple(Basket(n, (Line(f"SKU-{n}", 1),)) for n in range(1, 6))
SOLD = {f"SKU-{number}": Decimal(1) for number in range(13)}
REFERENCES = References(
    Catalogue(SOLD, {}, {}, USERS),
    BASKETS,
    {},
    paid_totals={5: Decimal("23.58"), 6: Decimal("1.15"), 7: Decimal("8.05")},
)
PRICED = {"lines": [{"sku": "A", "quantity": 1, "net_unit_price": "1.00", "discount": "0.00"}]}


def call(
    request: Request, body: Any, *, outcome: Outcome = "ok", duration_ms: float = 10.0
) -> Call:
    return Call(request, outcome, duration_ms, NOW, 200, body)


def test_the_stress_run_asks_as_often_as_its_plan_says() -> None:
    plan = StressPlan.stress(capacity_units=2)
    departures = plan_departures(plan, REFERENCES, Random(7))
    counts = Counter(departure.request.journey for departure in departures)
    assert counts[Journey.CHECKOUT] == round(plan.checkout_per_s * plan.duration_s)
    assert counts[Journey.HISTORY] == round(plan.history_per_s * plan.duration_s)
    assert counts[Journey.SUPPORT_DESK] == round(plan.support_desk_per_s * plan.duration_s)
    assert counts[Journey.FEED] == round(plan.feed_per_s * plan.duration_s)
    assert counts[Journey.TRACK] == round(plan.track_per_s * plan.duration_s)
    assert all(0 <= departure.at_s <= plan.duration_s for departure in departures)


def test_capacity_multiplies_the_rates_and_not_the_time() -> None:
    one, three = StressPlan.stress(1), StressPlan.stress(3)
    assert three.checkout_per_s == 3 * one.checkout_per_s
    assert three.duration_s == one.duration_s


def test_under_stress_some_buy_the_same_at_the_same_moment_in_opposite_orders() -> None:
    def twins(plan: StressPlan) -> int:
        departures = plan_departures(plan, REFERENCES, Random(7))
        bought = [
            (one.at_s, one.request.basket)
            for one in departures
            if one.request.journey is Journey.CHECKOUT and one.request.basket is not None
        ]
        return sum(
            at_s == next_at_s and basket.lines == following.lines[::-1]
            for (at_s, basket), (next_at_s, following) in pairwise(bought)
        )

    assert twins(StressPlan.stress(1)) == 25 // TWIN_EVERY
    assert twins(StressPlan.probe(1)) == 0


def test_even_a_short_probe_asks_for_all_its_reference_baskets() -> None:
    plan = StressPlan.probe(1)
    departures = plan_departures(plan, REFERENCES, Random(7))
    asked = {d.request.basket for d in departures if d.request.journey is Journey.BASKET}
    assert len(asked) == plan.reference_baskets == 5


def test_the_support_desk_asks_for_a_hundred_different_customers() -> None:
    departures = plan_departures(StressPlan.stress(1), REFERENCES, Random(7))
    for departure in departures:
        if departure.request.journey is Journey.SUPPORT_DESK:
            assert len(set(departure.request.user_ids)) == 100


def test_a_shop_is_not_quick_because_it_fails_quickly() -> None:
    fast_errors = [call(price(BASKETS[0]), None, outcome="error", duration_ms=1.0)] * 20
    slow = call(price(BASKETS[0]), PRICED, duration_ms=3_000.0)
    measures = traffic_measures(StressResult((*fast_errors, slow), ()), REFERENCES)
    assert measures["basket_p95_ms"] == 3_000.0
    assert measures["basket_success_ratio"] == pytest.approx(1 / 21)


def test_a_failure_that_took_its_time_is_a_wait_like_any_other() -> None:
    slow_error = call(price(BASKETS[0]), None, outcome="error", duration_ms=5_000.0)
    assert traffic_measures(StressResult((slow_error,), ()), REFERENCES)["basket_p95_ms"] == 5_000.0


def test_a_request_without_an_answer_counts_as_all_of_the_customers_patience() -> None:
    cut_off = call(history((1,)), None, outcome="timeout", duration_ms=700.0)
    measures = traffic_measures(StressResult((cut_off,), ()), REFERENCES)
    assert measures["history_p95_ms"] == measures["longest_wait_ms"] == 12_000.0
    assert measures["history_success_ratio"] == 0.0


def test_of_a_journey_that_nobody_made_nothing_is_known() -> None:
    measures = traffic_measures(StressResult((), ()), REFERENCES)
    assert set(measures.values()) == {None}


@given(st.floats(0, 50), st.floats(0.1, 30), st.integers())
def test_the_count_is_exact_and_the_times_are_ordered_and_inside(
    per_s: float, duration_s: float, seed: int
) -> None:
    times = arrival_times(per_s, duration_s, Random(seed))
    assert len(times) == round(per_s * duration_s)
    assert times == sorted(times)
    assert all(0 <= time <= duration_s for time in times)


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert arrival_times(3, 10, Random(7)) == arrival_times(3, 10, Random(7))
    assert arrival_times(3, 10, Random(7)) != arrival_times(3, 10, Random(8))
