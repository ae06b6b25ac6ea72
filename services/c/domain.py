"""What a promotion is worth. Money is `Decimal`, net of tax."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

CENT = Decimal("0.01")


class Kind(StrEnum):
    """How a campaign's value is meant."""

    PERCENTAGE = "percentage"
    """Per cent of the line's net."""
    FIXED = "fixed"
    """An amount for every unit."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A promotion that runs now."""

    code: str
    name: str
    kind: Kind
    value: Decimal
    partner: str | None
    """Who pays for it, where it is not the shop itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """A priced line of a basket; `discount` is what was taken off it so far."""

    sku: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal

    @property
    def net(self) -> Decimal:
        """What the line costs before any promotion."""
        return self.quantity * self.net_unit_price - self.discount


@dataclass(frozen=True, slots=True)
class Promotion:
    """What is taken off one line, and by which campaign (None: nothing is)."""

    sku: str
    discount: Decimal
    campaign: Campaign | None


CampaignsBySku = Mapping[str, Sequence[Campaign]]


def discount_of(campaign: Campaign, line: Line) -> Decimal:
    """What `campaign` takes off `line`, rounded half up to the cent; never more than its net."""
    match campaign.kind:
        case Kind.PERCENTAGE:
            amount = (line.net * campaign.value / 100).quantize(CENT, ROUND_HALF_UP)
        case Kind.FIXED:
            amount = campaign.value * line.quantity
    return min(amount, line.net)


def apply(
    lines: Sequence[Line], campaigns: CampaignsBySku, eligible_skus: Collection[str]
) -> tuple[Promotion, ...]:
    """The best campaign for each line, in the lines' order: promotions do not add up.

    A campaign that a partner pays for counts only for products in `eligible_skus`.
    Of campaigns worth the same, the one whose code comes first is taken.
    """
    return tuple(_best(line, campaigns.get(line.sku, ()), eligible_skus) for line in lines)


def supported(campaigns: CampaignsBySku, eligible_skus: Collection[str]) -> CampaignsBySku:
    """Without what a partner pays for on products that are not in `eligible_skus`."""
    usable = {sku: _usable(found, sku, eligible_skus) for sku, found in campaigns.items()}
    return {sku: found for sku, found in usable.items() if found}


def _usable(
    campaigns: Sequence[Campaign], sku: str, eligible_skus: Collection[str]
) -> Sequence[Campaign]:
    return [c for c in campaigns if c.partner is None or sku in eligible_skus]


def _best(line: Line, campaigns: Sequence[Campaign], eligible_skus: Collection[str]) -> Promotion:
    usable = _usable(campaigns, line.sku, eligible_skus)
    if not usable:
        return Promotion(line.sku, Decimal("0.00"), None)
    best = min(usable, key=lambda campaign: (-discount_of(campaign, line), campaign.code))
    return Promotion(line.sku, discount_of(best, line), best)
