"""The fixed baskets ask the hard questions: cents that floats get wrong, bundles, promotions."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from harness.verification.money import is_hard_to_tax
from harness.verification.product_catalogue import Catalogue, baskets_to_buy, choose_baskets

PRICES = {f"SKU-{n:03d}": Decimal(100 + 37 * n) / 100 for n in range(200)}
CATALOGUE = Catalogue(
    prices=PRICES,
    bundles={"SET-1": ("SKU-001", "SKU-002"), "SET-2": ("SKU-003", "SKU-004", "SKU-005")},
    campaigns={f"SKU-{n:03d}": frozenset({"WEEKS"}) for n in range(10, 30)},
    users={n: f"user {n}" for n in range(1, 50)},
)


def test_the_same_seed_chooses_the_same_baskets() -> None:
    first, again = (choose_baskets(CATALOGUE, 20, Random(7)) for _ in range(2))
    assert first == again
    assert first != choose_baskets(CATALOGUE, 20, Random(8))


def test_every_third_basket_is_hard_to_tax_in_every_line() -> None:
    for basket in choose_baskets(CATALOGUE, 20, Random(7))[::3]:
        for line in basket.lines:
            assert is_hard_to_tax(PRICES[line.sku] * line.quantity)
            assert line.sku not in CATALOGUE.campaigns


def test_every_third_basket_holds_a_whole_bundle() -> None:
    for basket in choose_baskets(CATALOGUE, 20, Random(7))[1::3]:
        skus = {line.sku for line in basket.lines}
        assert any(set(bundle) <= skus for bundle in CATALOGUE.bundles.values())


def test_every_third_basket_holds_promoted_products() -> None:
    for basket in choose_baskets(CATALOGUE, 20, Random(7))[2::3]:
        assert any(line.sku in CATALOGUE.campaigns for line in basket.lines)


def test_no_basket_names_a_product_twice() -> None:
    for seed in range(50):
        for basket in choose_baskets(CATALOGUE, 20, Random(seed)):
            skus = [line.sku for line in basket.lines]
            assert skus
            assert len(skus) == len(set(skus))


def test_a_plain_catalogue_gives_ordinary_baskets() -> None:
    plain = Catalogue({"A": Decimal("1.00")}, {}, {}, {1: "Ada"})
    for basket in choose_baskets(plain, 6, Random(7)):
        assert [line.sku for line in basket.lines] == ["A"]


def test_the_reference_baskets_are_bought_in_turn_by_other_customers() -> None:
    references = choose_baskets(CATALOGUE, 4, Random(7))
    bought = baskets_to_buy(CATALOGUE, references, 8, Random(7))
    assert [basket.lines for basket in bought] == [basket.lines for basket in references] * 2
    assert len({basket.user_id for basket in bought}) > 4
