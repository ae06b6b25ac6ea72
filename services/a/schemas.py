"""What goes over the wire. Money is a decimal string."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

Sku = Annotated[str, Field(min_length=1, max_length=64)]


class WantedLine(BaseModel):
    """What the customer wants."""

    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=1000)]


class ReservationRequest(BaseModel):
    """An order's lines; with `dry_run`, only its price is wanted and nothing is held."""

    order_id: int | None = None
    lines: Annotated[list[WantedLine], Field(min_length=1, max_length=100)]
    dry_run: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({line.sku for line in self.lines}) != len(self.lines):
            raise ValueError("a product may be in one line only")
        if self.order_id is None and not self.dry_run:
            raise ValueError("a reservation needs an order_id")
        return self


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
    """What the carrier promises."""

    carrier: str
    days: int


class ReservationView(BaseModel):
    """The priced basket, and the reservation that holds it (None for a dry run)."""

    reservation_id: int | None
    lines: list[PricedLine]
    net: Decimal
    discount: Decimal
    currency: str
    delivery: DeliveryView


class StockView(BaseModel):
    """A product in stock."""

    sku: str
    on_hand: int
    available: int
    warehouse: str
    """Where it lies."""


class StockListView(BaseModel):
    """Those of the wanted products that we stock, in the order of the request."""

    items: list[StockView]
