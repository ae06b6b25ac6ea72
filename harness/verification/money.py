"""The shop's money rules, written a second time: exact, and independent of the shop's code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

TAX_RATE = Decimal("0.15")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class LineMoney:
    """What one line comes to, in currency units with two places."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def tax_on(net: Decimal) -> Decimal:
    """Tax on one line's net, rounded half up to the cent."""
    return (net * TAX_RATE).quantize(CENT, rounding=ROUND_HALF_UP)


def line_money(unit_price: Decimal, quantity: int, discount: Decimal) -> LineMoney:
    """One line from its net unit price, quantity and the discount on the whole line."""
    net = unit_price * quantity - discount
    tax = tax_on(net)
    return LineMoney(net=net, tax=tax, gross=net + tax)


def gross_total(lines: Iterable[LineMoney]) -> Decimal:
    """What a customer pays for `lines`."""
    return sum((line.gross for line in lines), Decimal("0.00"))


def is_hard_to_tax(net: Decimal) -> bool:
    """True where binary floating point gets the tax on `net` wrong by a cent.

    Such lines tell exact from inexact arithmetic at once; of ordinary prices only one in thirty
    does, so a short run over those can miss a ledger that is wrong.
    """
    inexact = round(float(net) * float(TAX_RATE), 2)
    return Decimal(str(inexact)) != tax_on(net)


def as_money(value: object) -> Decimal | None:
    """The amount in a decimal string, or None for anything else: money is never a JSON number."""
    if not isinstance(value, str):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
