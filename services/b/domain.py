"""What a basket costs. Money is `Decimal`, net of tax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Bundle:
    """`size` different products that are cheaper together."""

    code: str
    percent_off: Decimal
    size: int


@dataclass(frozen=True, slots=True)
class Product:
    """A product at its list price; it is part of one bundle at most."""

    sku: str
    name: str
    net_price: Decimal
    weight_g: int
    bundle: Bundle | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of the basket as the customer filled it."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Line:
    """A priced line: net = quantity x net_unit_price - discount."""

    sku: str
    name: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal
    bundle: str | None
    """The bundle that is part of the discount."""
    campaign: str | None = None
    """The campaign that is part of the discount."""

    @property
    def net(self) -> Decimal:
        return self.quantity * self.net_unit_price - self.discount


class UnknownProduct(LookupError):
    """The basket holds something that is not in the catalogue."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"there is no product '{sku}'")
        self.sku = sku


def price(wanted: Sequence[Wanted], catalogue: Mapping[str, Product]) -> tuple[Line, ...]:
    """The lines at list prices less bundles, in the order of `wanted`.

    A bundle counts as often as all of its products are in the basket; units beyond that are
    at list price. Raises UnknownProduct for a SKU that is not in `catalogue`.
    """
    for line in wanted:
        if line.sku not in catalogue:
            raise UnknownProduct(line.sku)
    sets = complete_sets(wanted, catalogue)
    return tuple(_priced(line, catalogue[line.sku], sets) for line in wanted)


def complete_sets(wanted: Sequence[Wanted], catalogue: Mapping[str, Product]) -> dict[str, int]:
    """How often each bundle's code is complete in the basket; incomplete ones are left out."""
    quantities: dict[Bundle, list[int]] = {}
    for line in wanted:
        bundle = catalogue[line.sku].bundle
        if bundle is not None:
            quantities.setdefault(bundle, []).append(line.quantity)
    return {
        bundle.code: min(found) for bundle, found in quantities.items() if len(found) == bundle.size
    }


def weight_of(wanted: Sequence[Wanted], catalogue: Mapping[str, Product]) -> int:
    """Weight of the basket in grams."""
    return sum(line.quantity * catalogue[line.sku].weight_g for line in wanted)


def _priced(line: Wanted, product: Product, sets: Mapping[str, int]) -> Line:
    bundle = product.bundle
    discount = NOTHING
    if bundle is not None and bundle.code in sets:
        in_sets = sets[bundle.code] * product.net_price
        discount = (in_sets * bundle.percent_off / 100).quantize(CENT, ROUND_HALF_UP)
    return Line(
        sku=product.sku,
        name=product.name,
        quantity=line.quantity,
        net_unit_price=product.net_price,
        discount=discount,
        bundle=bundle.code if bundle is not None and discount else None,
    )
