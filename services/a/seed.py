"""The sample stock."""

from __future__ import annotations

from services import sampledata
from services.sampledata.load import Rows, load


def seed(database_url: str) -> None:
    """Load the stock into a migrated, empty database."""
    load(
        database_url,
        {"stock": Rows(("sku", "on_hand"), [(p.sku, p.stock) for p in sampledata.products()])},
    )
