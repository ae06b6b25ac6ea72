"""Money as people read it: everywhere with the shop's currency, in one form."""

from __future__ import annotations


def euros(amount: float) -> str:
    """`€ 2,512.50`, as the console writes it."""
    return f"€ {amount:,.2f}"
