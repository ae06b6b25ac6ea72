"""What goes over the wire. Money is a decimal string."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

Sku = Annotated[str, Field(min_length=1, max_length=64)]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class PricedLine(BaseModel):
    """A line with its list price and what bundles took off it."""

    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=1000)]
    net_unit_price: Money
    discount: Money = Decimal("0.00")


class PromotionsRequest(BaseModel):
    """The lines of one basket."""

    lines: Annotated[list[PricedLine], Field(min_length=1, max_length=100)]


class PromotionView(BaseModel):
    """What a campaign takes off one line."""

    sku: str
    discount: Decimal
    campaign: str | None


class PromotionsView(BaseModel):
    """One promotion a line, in the order of the request."""

    lines: list[PromotionView]


class OffersRequest(BaseModel):
    """Products whose current offers are wanted."""

    skus: Annotated[list[Sku], Field(max_length=2000)]


class OfferView(BaseModel):
    """A campaign that runs on a product now."""

    campaign: str
    name: str
    kind: str
    value: Decimal


class OffersView(BaseModel):
    """Current offers by SKU; products without one are left out."""

    offers: dict[str, list[OfferView]]
