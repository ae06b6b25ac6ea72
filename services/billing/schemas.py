"""Quotes, invoices and the ledger as they cross the wire. Money is a decimal string."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.billing.domain import CENT, CURRENCY, Line

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class LineIn(BaseModel):
    """A line before tax."""

    sku: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=1000)]
    net_unit_price: Amount
    discount: Amount = Decimal("0.00")

    @model_validator(mode="after")
    def _discount_is_within_the_price(self) -> Self:
        if self.discount > self.quantity * self.net_unit_price:
            raise ValueError("the discount exceeds the line's price")
        return self

    def to_domain(self) -> Line:
        """With money in cents exactly."""
        price, discount = self.net_unit_price.quantize(CENT), self.discount.quantize(CENT)
        return Line(self.sku, self.quantity, price, discount)


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=100)]


class QuoteIn(BaseModel):
    """What a quote is asked for."""

    lines: Lines


class QuotedLineOut(BaseModel):
    """A line with its tax."""

    model_config = ConfigDict(from_attributes=True)

    sku: str
    quantity: int
    net: Decimal
    tax: Decimal
    gross: Decimal


class QuoteOut(BaseModel):
    """Lines in the order of the request, and their sums."""

    model_config = ConfigDict(from_attributes=True)

    lines: list[QuotedLineOut]
    net: Decimal
    tax: Decimal
    total: Decimal
    currency: str = CURRENCY


class InvoiceIn(BaseModel):
    """A paid order."""

    order_id: Id
    user_id: Id
    lines: Lines
    settled_at: AwareDatetime


class EntryOut(BaseModel):
    """A line of the ledger; corrections have no sku."""

    model_config = ConfigDict(from_attributes=True)

    line_no: int
    kind: str
    sku: str | None
    net: Decimal
    tax: Decimal
    gross: Decimal


class InvoiceOut(BaseModel):
    """A posted order, with the sums as they were posted."""

    model_config = ConfigDict(from_attributes=True)

    order_id: int
    user_id: int
    account: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    currency: str = CURRENCY
    settled_at: datetime
    posted_at: datetime


class InvoiceWithEntriesOut(InvoiceOut):
    """An invoice and its ledger entries, corrections included."""

    entries: list[EntryOut]


class AccountOut(BaseModel):
    """An account's running total, to six decimals."""

    account: str
    running_total: Decimal


class DiscrepancyOut(BaseModel):
    """An order on which ledger and payments disagree; `ledger` is None where none was posted."""

    model_config = ConfigDict(from_attributes=True)

    order_id: int
    ledger: Decimal | None
    charged: Decimal
    difference: Decimal
    first_seen_at: datetime


class ReconciliationOut(BaseModel):
    """Discrepancies that are open, newest first; `count` tells of those that are not listed too."""

    count: int
    discrepancies: list[DiscrepancyOut]


class RunOut(BaseModel):
    """One comparison of the ledger with payments; `difference` is ledger less payments."""

    model_config = ConfigDict(from_attributes=True)

    reconciled_orders: int
    mismatched_orders: int
    difference: Decimal


class CorrectionsIn(BaseModel):
    """The orders whose ledger is to be brought to what was charged."""

    model_config = ConfigDict(extra="forbid")

    order_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]


class CorrectionOut(BaseModel):
    """What was added to an order's ledger."""

    model_config = ConfigDict(from_attributes=True)

    order_id: int
    amount: Decimal


class CorrectionsOut(BaseModel):
    """The corrections that were posted; orders that agreed, or lack an invoice, are absent."""

    corrections: list[CorrectionOut]
