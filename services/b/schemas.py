"""What goes over the wire. Money is a decimal string."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field


class WantedLine(BaseModel):
    """What the customer put into the basket."""

    sku: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=1000)]


def each_product_once(lines: list[WantedLine]) -> list[WantedLine]:
    """Raises ValueError where two lines name one product: which quantity would count?"""
    if len({line.sku for line in lines}) != len(lines):
        raise ValueError("a product may be in one line only")
    return lines


class BasketRequest(BaseModel):
    """The basket to price."""

    lines: Annotated[
        list[WantedLine], Field(min_length=1, max_length=100), AfterValidator(each_product_once)
    ]


class PricedLine(BaseModel):
    """net = quantity x net_unit_price - discount."""

    sku: str
    name: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal
    net: Decimal
    bundle: str | None
    campaign: str | None


class DeliveryView(BaseModel):
    """What the carrier promises; delivery itself is free."""

    carrier: str
    days: int


class BasketView(BaseModel):
    """The priced basket, before tax."""

    lines: list[PricedLine]
    net: Decimal
    discount: Decimal
    currency: str
    delivery: DeliveryView
