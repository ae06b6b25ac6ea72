"""The rows of the sample data. Money is `Decimal` in EUR; every price is net of tax."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Product:
    """Something that the shop sells."""

    sku: str
    name: str
    category: str
    net_price: Decimal
    stock: int
    """Units in the warehouse."""
    weight_g: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products that are cheaper together: `percent_off` once all of `skus` are in the basket."""

    code: str
    name: str
    skus: tuple[str, ...]
    percent_off: Decimal


@dataclass(frozen=True, slots=True)
class Campaign:
    """A promotion on `skus`: a percentage of the line's net, or a fixed amount a unit."""

    code: str
    name: str
    kind: Literal["percentage", "fixed"]
    value: Decimal
    skus: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    """Last day; None while it runs until further notice."""
    partner: str | None
    """Who pays for the promotion, where it is not the shop itself."""


@dataclass(frozen=True, slots=True)
class User:
    """A customer."""

    id: int
    name: str
    email: str
    city: str
    joined_on: date
    tier: Literal["standard", "silver", "gold"]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order: net = quantity x net_unit_price - discount, gross = net + tax."""

    line_no: int
    sku: str
    name: str
    quantity: int
    net_unit_price: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """A completed order: placed, charged and invoiced. Its totals are the sums of its lines."""

    id: int
    user_id: int
    currency: str
    placed_at: datetime
    settled_at: datetime
    lines: tuple[OrderLine, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
