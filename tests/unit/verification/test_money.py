"""Money is exact, and computed independently of the shop."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from harness.verification.money import as_money, gross_total, is_hard_to_tax, line_money, tax_on

CENTS = st.integers(min_value=0, max_value=10_000_000)


def exact_tax_cents(net_cents: int) -> int:
    """15 % rounded half up, in whole numbers only."""
    return (net_cents * 15 + 50) // 100


@given(CENTS)
def test_tax_is_fifteen_per_cent_rounded_half_up(net_cents: int) -> None:
    assert tax_on(Decimal(net_cents) / 100) == Decimal(exact_tax_cents(net_cents)) / 100


@given(CENTS)
def test_a_line_is_hard_to_tax_exactly_where_floats_are_wrong(net_cents: int) -> None:
    wrong = round(net_cents / 100 * 0.15, 2) != float(tax_on(Decimal(net_cents) / 100))
    assert is_hard_to_tax(Decimal(net_cents) / 100) is wrong


def test_half_a_cent_goes_up() -> None:
    assert tax_on(Decimal("0.10")) == Decimal("0.02")
    assert tax_on(Decimal("0.30")) == Decimal("0.05")


def test_some_ordinary_prices_are_hard_to_tax_and_most_are_not() -> None:
    hard = sum(is_hard_to_tax(Decimal(cents) / 100) for cents in range(1, 10_001))
    assert 200 < hard < 500


@given(CENTS, st.integers(1, 9), st.integers(0, 100))
def test_a_line_adds_up(price_cents: int, quantity: int, percent_off: int) -> None:
    price = Decimal(price_cents) / 100
    discount = (price * quantity * percent_off / 100).quantize(Decimal("0.01"))
    line = line_money(price, quantity, discount)
    assert line.net == price * quantity - discount
    assert line.gross == line.net + line.tax


def test_the_total_is_the_sum_of_the_rounded_lines() -> None:
    lines = [line_money(Decimal("0.10"), 1, Decimal("0.00"))] * 3
    assert gross_total(lines) == Decimal("0.36")  # rounding once for all would give 0.35
    assert gross_total([]) == Decimal("0.00")


def test_money_is_a_decimal_string_and_nothing_else() -> None:
    assert as_money("12.30") == Decimal("12.30")
    for other in (12.3, 12, None, "twelve", "NaN", "Infinity", True, ["1"]):
        assert as_money(other) is None
