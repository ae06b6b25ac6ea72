"""What goes over the wire. Money is a decimal string."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.orders.domain import Draft, Status, Wanted

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class WantedLine(BaseModel):
    """What the customer put into the basket."""

    model_config = ConfigDict(extra="forbid")

    sku: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=1000)]


def _each_product_once(lines: list[WantedLine]) -> list[WantedLine]:
    if len({line.sku for line in lines}) != len(lines):
        raise ValueError("a product may be in one line only")
    return lines


class BasketIn(BaseModel):
    """A customer's basket: to be ordered, or only to be priced."""

    model_config = ConfigDict(extra="forbid")

    user_id: Id
    lines: Annotated[
        list[WantedLine], Field(min_length=1, max_length=50), AfterValidator(_each_product_once)
    ]

    def to_domain(self) -> Draft:
        """As a draft."""
        return Draft(self.user_id, tuple(Wanted(line.sku, line.quantity) for line in self.lines))


class PlacedOut(BaseModel):
    """What became of a placed order."""

    order_id: int
    status: Status
    total: Decimal
    currency: str


class BasketLineOut(BaseModel):
    """A priced line, before tax: net = quantity x net_unit_price - discount."""

    sku: str
    name: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal
    net: Decimal
    bundle: str | None
    campaign: str | None


class BasketOut(BaseModel):
    """The priced basket, before tax."""

    lines: list[BasketLineOut]
    net: Decimal
    discount: Decimal
    currency: str
    delivery: dict[str, Any]


class LineOut(BaseModel):
    """A line of an order: net = quantity x net_unit_price - discount, gross = net + tax."""

    model_config = ConfigDict(from_attributes=True)

    sku: str
    name: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class OrderOut(BaseModel):
    """An order; `total` is null and `lines` are empty until it has been priced."""

    order_id: int
    status: Status
    placed_at: datetime
    total: Decimal | None
    currency: str
    lines: list[LineOut]


class PaymentOut(BaseModel):
    """The state of an order's charge: `none` where there is none."""

    state: str
    captured_at: datetime | None


class TrackedOrderOut(OrderOut):
    """An order and its payment."""

    user_id: int
    payment: PaymentOut


class SummaryOut(BaseModel):
    """An order in a sentence or two; `source` says whether a model wrote it or it is a simple
    one, `state` whether that is going to change (`queued`) or not."""

    order_id: int
    state: str
    summary: str
    source: str


class HistoryLineOut(LineOut):
    """A line, with the offers that run on its product now."""

    offers: list[dict[str, Any]]


class HistoryOrderOut(BaseModel):
    """An order in a history."""

    order_id: int
    status: Status
    placed_at: datetime
    total: Decimal | None
    currency: str
    lines: list[HistoryLineOut]


class UserHistoryOut(BaseModel):
    """A customer's newest orders, newest first."""

    user_id: int
    profile: dict[str, Any] | None
    orders: list[HistoryOrderOut]


class HistoryOut(BaseModel):
    """One history a user, in the order of the request."""

    users: list[UserHistoryOut]
