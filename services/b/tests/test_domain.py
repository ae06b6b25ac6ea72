"""What baskets cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.b.domain import Bundle, Product, UnknownProduct, Wanted, price, weight_of

PAIR = Bundle("PAIR", Decimal(10), 2)


def product(sku: str, net_price: str, bundle: Bundle | None = None) -> Product:
    return Product(sku, sku.title(), Decimal(net_price), 100, bundle)


CATALOGUE = {
    "cup": product("cup", "6.35", PAIR),
    "plate": product("plate", "19.99", PAIR),
    "rake": product("rake", "26.49"),
}


def test_lines_keep_their_order_and_list_prices() -> None:
    lines = price([Wanted("rake", 2), Wanted("cup", 1)], CATALOGUE)
    assert [(line.sku, line.net) for line in lines] == [
        ("rake", Decimal("52.98")),
        ("cup", Decimal("6.35")),
    ]


def test_a_complete_bundle_takes_its_percentage_off_rounded_half_up() -> None:
    cup, plate = price([Wanted("cup", 1), Wanted("plate", 1)], CATALOGUE)
    assert (cup.discount, plate.discount) == (Decimal("0.64"), Decimal("2.00"))
    assert cup.bundle == plate.bundle == "PAIR"


def test_units_beyond_complete_bundles_are_at_list_price() -> None:
    cup, plate = price([Wanted("cup", 3), Wanted("plate", 1)], CATALOGUE)
    assert (cup.net, plate.net) == (Decimal("18.41"), Decimal("17.99"))


def test_an_incomplete_bundle_takes_nothing_off() -> None:
    (cup,) = price([Wanted("cup", 5)], CATALOGUE)
    assert (cup.discount, cup.bundle) == (Decimal("0.00"), None)


def test_an_unknown_product_is_named() -> None:
    with pytest.raises(UnknownProduct, match="'spoon'"):
        price([Wanted("cup", 1), Wanted("spoon", 1)], CATALOGUE)


def test_the_parcel_weighs_what_its_units_weigh() -> None:
    assert weight_of([Wanted("cup", 3), Wanted("rake", 1)], CATALOGUE) == 400
