"""Which orders are compared, and what counts as a mismatch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.billing.comparison import Mismatch, Settlement, compare, due_for_comparison

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def settled(order_id: int, amount: str, seconds_ago: float) -> Settlement:
    return Settlement(order_id, Decimal(amount), NOW - timedelta(seconds=seconds_ago))


@pytest.mark.parametrize(
    ("seconds_ago", "is_due"), [(1, False), (2.9, False), (3, True), (30, True), (31, False)]
)
def test_the_newest_and_the_old_are_left_out(seconds_ago: float, is_due: bool) -> None:
    settlements = [settled(1, "1.00", seconds_ago)]
    assert bool(due_for_comparison(settlements, NOW)) is is_due


def test_orders_that_agree_leave_no_difference() -> None:
    comparison = compare([settled(1, "11.50", 10)], {1: Decimal("11.50")}, NOW)
    assert comparison.agreeing == (1,)
    assert comparison.difference == 0


def test_a_cent_is_a_mismatch() -> None:
    settlements = [settled(1, "11.50", 10), settled(2, "5.00", 10)]
    comparison = compare(settlements, {1: Decimal("11.49"), 2: Decimal("5.02")}, NOW)
    assert comparison.mismatches == (
        Mismatch(1, Decimal("11.49"), Decimal("11.50")),
        Mismatch(2, Decimal("5.02"), Decimal("5.00")),
    )
    assert comparison.difference == Decimal("0.01")


@pytest.mark.parametrize(("seconds_ago", "mismatches"), [(19, 0), (21, 1)])
def test_a_missing_invoice_is_a_mismatch_once_it_is_overdue(
    seconds_ago: float, mismatches: int
) -> None:
    comparison = compare([settled(1, "11.50", seconds_ago)], {}, NOW)
    assert comparison.mismatched_orders == mismatches
    assert comparison.difference == -Decimal("11.50") * mismatches
