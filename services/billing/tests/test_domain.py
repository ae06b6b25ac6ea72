"""Tax and totals, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain import Line, fingerprint, post_lines
from services.billing.quotes import quote_lines

ZERO = Decimal("0.000000")
cents = st.decimals(min_value="0.01", max_value="9999.99", places=2)
lines = st.lists(
    st.builds(Line, st.just("sku"), st.integers(1, 20), cents, st.just(Decimal("0.00"))),
    min_size=1,
    max_size=8,
)


def line(price: str, quantity: int = 1, discount: str = "0.00") -> Line:
    return Line("sku", quantity, Decimal(price), Decimal(discount))


@pytest.mark.parametrize(
    ("price", "tax"),
    [("0.10", "0.02"), ("19.99", "3.00"), ("2.35", "0.35"), ("0.30", "0.05"), ("149.00", "22.35")],
)
def test_tax_is_rounded_half_up_to_the_cent(price: str, tax: str) -> None:
    assert quote_lines([line(price)]).tax == Decimal(tax)
    assert post_lines([line(price)], ZERO).tax == Decimal(tax)


def test_tax_is_due_on_each_line_by_itself() -> None:
    posting = post_lines([line("0.10"), line("0.10")], ZERO)
    assert posting.tax == Decimal("0.04"), "2 x 0.015 is rounded twice, not once"


def test_a_discount_lowers_the_net_of_its_line() -> None:
    posting = post_lines([line("10.00", quantity=3, discount="4.50")], ZERO)
    assert (posting.net, posting.tax, posting.gross) == (
        Decimal("25.50"), Decimal("3.83"), Decimal("29.33"),
    )  # fmt: skip


@given(lines)
def test_a_quote_and_its_posting_agree_exactly(order: list[Line]) -> None:
    quote, posting = quote_lines(order), post_lines(order, ZERO)
    assert (quote.net, quote.tax, quote.total) == (posting.net, posting.tax, posting.gross)


@given(lines, st.decimals(min_value=0, max_value="99999999999", places=6))
def test_the_running_total_grows_by_exactly_what_is_posted(
    order: list[Line], before: Decimal
) -> None:
    posting = post_lines(order, before)
    assert posting.running_total - before == posting.gross
    assert posting.entries[-1].balance == posting.running_total


def test_equal_invoices_have_equal_fingerprints_and_others_do_not() -> None:
    one = fingerprint(7, [line("1.00")])
    assert one == fingerprint(7, [line("1.00")])
    others = [
        fingerprint(8, [line("1.00")]),
        fingerprint(7, [line("1.01")]),
        fingerprint(7, [line("1.00", quantity=2)]),
        fingerprint(7, [line("1.00", discount="0.10")]),
        fingerprint(7, [line("1.00"), line("1.00")]),
    ]
    assert one not in others
    assert len(set(others)) == len(others)
