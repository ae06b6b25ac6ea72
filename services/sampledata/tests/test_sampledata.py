"""The sample data: complete, consistent to the cent, and the same every time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal

from services import sampledata

CENT = Decimal("0.01")


def digest() -> str:
    rows = [
        sampledata.products(),
        sampledata.bundles(),
        sampledata.campaigns(),
        sampledata.users(),
        sampledata.orders(),
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def test_the_shop_is_of_a_believable_size() -> None:
    assert len(sampledata.products()) == 400
    assert len(sampledata.users()) == 2_000
    assert len(sampledata.orders()) == 20_000
    assert {line.quantity for order in sampledata.orders() for line in order.lines} == {1, 2, 3}
    assert {len(order.lines) for order in sampledata.orders()} == {1, 2, 3, 4}


def test_another_process_generates_the_very_same_rows() -> None:
    code = "from services.sampledata.tests.test_sampledata import digest; print(digest())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == digest()


def test_identities_are_unique() -> None:
    products, users = sampledata.products(), sampledata.users()
    assert len({product.sku for product in products}) == len(products)
    assert len({product.name for product in products}) == len(products)
    assert len({user.email for user in users}) == len(users)
    assert len({campaign.code for campaign in sampledata.campaigns()}) == 63


def test_prices_have_realistic_cents() -> None:
    prices = {product.net_price for product in sampledata.products()}
    assert all(price == price.quantize(CENT) and price >= 1 for price in prices)
    assert len({price % 1 for price in prices}) == 8


def test_every_order_adds_up_with_tax_rounded_half_up_on_each_line() -> None:
    for order in sampledata.orders():
        for line in order.lines:
            assert line.net == line.quantity * line.net_unit_price - line.discount
            assert line.tax == (line.net * Decimal("0.15")).quantize(CENT, ROUND_HALF_UP)
            assert line.gross == line.net + line.tax
        assert order.total == order.net + order.tax == sum(line.gross for line in order.lines)


def test_order_ids_follow_the_time_of_placement_and_reach_back_twelve_months() -> None:
    placed = [order.placed_at for order in sampledata.orders()]
    assert placed == sorted(placed)
    assert 360 <= (placed[-1] - placed[0]).days <= 365
    assert [order.id for order in sampledata.orders()] == list(range(1, 20_001))


def test_bundles_and_campaigns_name_known_products_and_no_product_is_in_two_bundles() -> None:
    known = {product.sku for product in sampledata.products()}
    bundled = [sku for bundle in sampledata.bundles() for sku in bundle.skus]
    assert len(bundled) == len(set(bundled))
    assert set(bundled) <= known
    assert all(set(campaign.skus) <= known for campaign in sampledata.campaigns())


def test_some_campaigns_run_and_some_are_over() -> None:
    ends = [campaign.ends_on for campaign in sampledata.campaigns()]
    assert 10 <= sum(end is not None for end in ends) <= 20
    assert all(c.value > 0 for c in sampledata.campaigns())
