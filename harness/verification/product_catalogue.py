"""What the shop sells, and baskets that ask it hard questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from harness.verification.api_calls import Basket, Line
from harness.verification.database_access import ShopDatabases
from harness.verification.money import is_hard_to_tax

_QUANTITY_MAX = 6

_PRODUCTS = """
    SELECT p.sku, p.net_price, b.bundle_code
    FROM products p LEFT JOIN bundle_products b ON b.sku = p.sku
    ORDER BY p.sku
"""
_CAMPAIGNS = """
    SELECT p.sku, p.campaign_code
    FROM campaign_products p JOIN campaigns c ON c.code = p.campaign_code
    WHERE c.starts_on <= $1 AND (c.ends_on IS NULL OR c.ends_on >= $1)
    ORDER BY p.sku, p.campaign_code
"""
_USERS = "SELECT id, name FROM users ORDER BY id"


@dataclass(frozen=True)
class Catalogue:
    """Prices, bundles, current campaigns and customers, as the databases have them."""

    prices: Mapping[str, Decimal]
    """List price by SKU, net."""
    bundles: Mapping[str, tuple[str, ...]]
    """The SKUs of each bundle."""
    campaigns: Mapping[str, frozenset[str]]
    """The codes that run today, by SKU; products without any are left out."""
    users: Mapping[int, str]
    """Customers' names by id."""

    @property
    def user_ids(self) -> tuple[int, ...]:
        """All customers."""
        return tuple(self.users)


async def read_catalogue(databases: ShopDatabases) -> Catalogue:
    """Read b's, c's and users' databases. Raises NotKnowable."""
    products = await databases.fetch("b", _PRODUCTS)
    bundles: dict[str, tuple[str, ...]] = {}
    for sku, _, bundle in products:
        if bundle is not None:
            bundles[bundle] = (*bundles.get(bundle, ()), sku)
    campaigns: dict[str, frozenset[str]] = {}
    today = datetime.now(UTC).date()
    for sku, code in await databases.fetch("c", _CAMPAIGNS, today):
        campaigns[sku] = campaigns.get(sku, frozenset()) | {code}
    return Catalogue(
        prices={sku: price for sku, price, _ in products},
        bundles=bundles,
        campaigns=campaigns,
        users={row["id"]: row["name"] for row in await databases.fetch("users", _USERS)},
    )


def choose_baskets(catalogue: Catalogue, count: int, random: Random) -> tuple[Basket, ...]:
    """`count` baskets in turn of: hard to tax, with a whole bundle, with campaigns and as many
    lines as the largest of customers have.

    The same seed and catalogue give the same baskets. Kinds that the catalogue cannot fill give
    ordinary baskets instead.
    """
    plain = sorted(set(catalogue.prices) - set(catalogue.campaigns) - _bundled(catalogue))
    hard = [line for sku in plain if (line := _hard_line(sku, catalogue.prices[sku]))]
    bundles = sorted(catalogue.bundles.values())
    promoted = sorted(catalogue.campaigns)
    every = sorted(catalogue.prices)

    def lines(kind: int) -> list[Line]:
        if kind == 0 and hard:
            return random.sample(hard, k=min(3, len(hard)))
        if kind == 1 and bundles:
            whole = [Line(sku, random.choice((1, 2))) for sku in random.choice(bundles)]
            return [*whole, *random.sample(hard, k=min(1, len(hard)))]
        skus = random.sample(promoted, k=min(2, len(promoted))) + random.sample(
            every, k=min(2, len(every))
        )
        return [Line(sku, random.choice((1, 2, 3))) for sku in dict.fromkeys(skus)]

    return tuple(
        Basket(random.choice(catalogue.user_ids), tuple(lines(number % 3)))
        for number in range(count)
    )


def _bundled(catalogue: Catalogue) -> set[str]:
    return {sku for skus in catalogue.bundles.values() for sku in skus}


def _hard_line(sku: str, price: Decimal) -> Line | None:
    """The smallest quantity of a product that inexact arithmetic taxes wrongly, if there is one."""
    for quantity in range(1, _QUANTITY_MAX + 1):
        if is_hard_to_tax(price * quantity):
            return Line(sku, quantity)
    return None


def baskets_to_buy(
    catalogue: Catalogue, references: Sequence[Basket], count: int, random: Random
) -> list[Basket]:
    """`count` baskets to buy: the reference baskets in turn, each for another customer."""
    return [
        Basket(random.choice(catalogue.user_ids), references[number % len(references)].lines)
        for number in range(count)
    ]
