"""Fills the feed's database of a new installation."""

from __future__ import annotations

from collections import Counter

from services import sampledata
from services.sampledata.load import Rows, load


def seed(database_url: str) -> None:
    """Load all products, with what the sample orders sold of them. Blocking."""
    sold: Counter[str] = Counter()
    for order in sampledata.orders():
        for line in order.lines:
            sold[line.sku] += line.quantity
    rows = ((p.sku, p.name, p.category, sold[p.sku]) for p in sampledata.products())
    load(database_url, {"products": Rows(("sku", "name", "category", "units_sold"), rows)})
