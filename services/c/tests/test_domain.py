"""What promotions are worth."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.c.domain import Campaign, Kind, Line, apply, discount_of


def campaign(code: str, kind: Kind, value: str, partner: str | None = None) -> Campaign:
    return Campaign(code, code.title(), kind, Decimal(value), partner)


def line(price: str, quantity: int = 1, discount: str = "0.00") -> Line:
    return Line("KIT-0101", quantity, Decimal(price), Decimal(discount))


@pytest.mark.parametrize(
    ("price", "percent", "expected"),
    [
        ("19.99", "10", "2.00"),
        ("2.35", "10", "0.24"),
        ("0.10", "5", "0.01"),
        ("149.00", "7.5", "11.18"),
    ],
)
def test_a_percentage_is_rounded_half_up_to_the_cent(
    price: str, percent: str, expected: str
) -> None:
    assert discount_of(campaign("P", Kind.PERCENTAGE, percent), line(price)) == Decimal(expected)


def test_a_percentage_counts_what_a_bundle_already_took_off() -> None:
    tenth = campaign("P", Kind.PERCENTAGE, "10")
    assert discount_of(tenth, line("20.00", 2, discount="10.00")) == Decimal("3.00")


def test_a_fixed_amount_counts_for_every_unit() -> None:
    assert discount_of(campaign("F", Kind.FIXED, "1.50"), line("9.99", 3)) == Decimal("4.50")


def test_a_line_never_costs_less_than_nothing() -> None:
    assert discount_of(campaign("F", Kind.FIXED, "50"), line("9.99")) == Decimal("9.99")


def test_the_best_campaign_wins_and_promotions_do_not_add_up() -> None:
    small = campaign("SMALL", Kind.FIXED, "1.00")
    large = campaign("LARGE", Kind.PERCENTAGE, "20")
    (promotion,) = apply([line("50.00")], {"KIT-0101": [small, large]}, ())
    assert (promotion.discount, promotion.campaign) == (Decimal("10.00"), large)


def test_campaigns_worth_the_same_are_taken_by_code() -> None:
    second, first = campaign("B", Kind.FIXED, "1.00"), campaign("A", Kind.FIXED, "1.00")
    (promotion,) = apply([line("50.00")], {"KIT-0101": [second, first]}, ())
    assert promotion.campaign == first


def test_a_partners_campaign_counts_only_for_products_that_the_partner_supports() -> None:
    offered = {"KIT-0101": [campaign("P", Kind.PERCENTAGE, "20", partner="Guild")]}
    (without,) = apply([line("50.00")], offered, ())
    (paid,) = apply([line("50.00")], offered, {"KIT-0101"})
    assert (without.discount, without.campaign) == (Decimal("0.00"), None)
    assert paid.discount == Decimal("10.00")


def test_lines_keep_their_order_and_one_without_a_campaign_keeps_its_price() -> None:
    other = Line("TAB-0101", 1, Decimal("5.00"), Decimal("0.00"))
    offered = {"KIT-0101": [campaign("F", Kind.FIXED, "1.00")]}
    promotions = apply([other, line("9.00")], offered, ())
    assert [(p.sku, p.discount) for p in promotions] == [
        ("TAB-0101", Decimal("0.00")),
        ("KIT-0101", Decimal("1.00")),
    ]
