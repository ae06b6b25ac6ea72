"""Tax and totals, to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain import CENT, TAX_RATE, Line, fingerprint, post_lines
from services.billing.quotes import quote_lines

ZERO = Decimal("0.000000")
cents = st.decimals(min_value="0.01", max_value="9999.99", places=2)


def line(price: str, quantity: int = 1, discount: str = "0.00") -> Line:
    return Line("sku", quantity, Decimal(price), Decimal(discount))


@pytest.mark.parametrize(
    ("price", "tax"),
    [("0.10", "0.02"), ("19.99", "3.00"), ("2.35", "0.35"), ("0.30", "0.05"), ("149.00", "22.35")],
)
def test_tax_is_rounded_half_up_to_the_cent(price: str, tax: str) -> None:
    assert quote_lines([line(price)]).tax == Decimal(tax)


def test_tax_is_due_on_each_line_by_itself() -> None:
    quote = quote_lines([line("0.10"), line("0.10")])
    assert quote.tax == Decimal("0.04"), "2 x 0.015 is rounded twice, not once"


@given(st.lists(st.tuples(cents, st.integers(1, 20)), min_size=1, max_size=8))
def test_the_total_of_a_quote_is_the_sum_of_its_lines(order: list[tuple[Decimal, int]]) -> None:
    quote = quote_lines([Line("sku", quantity, price, Decimal(0)) for price, quantity in order])
    taxes = [
        (quantity * price * TAX_RATE).quantize(CENT, ROUND_HALF_UP) for price, quantity in order
    ]
    assert [quoted.tax for quoted in quote.lines] == taxes
    assert quote.total == sum(quantity * price for price, quantity in order) + sum(taxes)


@pytest.mark.parametrize(
    "order",
    [
        [line("19.99")],
        [line("149.00", quantity=2), line("2.35")],
        [line("10.00", quantity=3, discount="4.60"), line("12.49"), line("7.80")],
    ],
)
def test_an_order_is_posted_for_what_was_quoted(order: list[Line]) -> None:
    quote, posting = quote_lines(order), post_lines(order, ZERO)
    posted = [f"{amount:.2f}" for amount in (posting.net, posting.tax, posting.gross)]
    assert posted == [str(quote.net), str(quote.tax), str(quote.total)]
    assert [entry.line_no for entry in posting.entries] == list(range(1, len(order) + 1))


def test_the_running_total_grows_line_by_line() -> None:
    posting = post_lines([line("100.00"), line("200.00")], Decimal("5.000000"))
    assert [entry.balance for entry in posting.entries] == [Decimal(120), Decimal(350)]
    assert posting.running_total == Decimal(350)


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
