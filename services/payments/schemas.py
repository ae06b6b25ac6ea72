"""Charges as they cross the wire. Money is a decimal string."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.payments.domain import ChargeRequest, State

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Amount = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]


class ChargeIn(BaseModel):
    """A charge that is asked for."""

    model_config = ConfigDict(extra="forbid")

    order_id: Id
    user_id: Id
    amount: Amount
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]

    def to_domain(self) -> ChargeRequest:
        """With the amount in cents exactly."""
        return ChargeRequest(
            self.order_id, self.user_id, self.amount.quantize(Decimal("0.01")), self.currency
        )


class ChargeOut(BaseModel):
    """A charge; `state` is `captured` or `declined` once it is settled."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    order_id: int
    user_id: int
    amount: Decimal
    currency: str
    state: State
    provider_reference: str | None
    captured_at: datetime | None


class ChargesOut(BaseModel):
    """The charges of the orders asked for; an order without one is absent."""

    charges: list[ChargeOut]


class SettlementOut(BaseModel):
    """A captured charge."""

    model_config = ConfigDict(from_attributes=True)

    order_id: int
    amount: Decimal
    currency: str
    captured_at: datetime


class SettlementsOut(BaseModel):
    """Captured charges, oldest first."""

    settlements: list[SettlementOut]
