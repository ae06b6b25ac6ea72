"""The sample catalogue."""

from __future__ import annotations

from services import sampledata
from services.sampledata.load import Rows, load


def seed(database_url: str) -> None:
    """Load products and bundles into a migrated, empty database."""
    bundles = sampledata.bundles()
    load(
        database_url,
        {
            "products": Rows(
                ("sku", "name", "category", "net_price", "weight_g"),
                [
                    (p.sku, p.name, p.category, p.net_price, p.weight_g)
                    for p in sampledata.products()
                ],
            ),
            "bundles": Rows(
                ("code", "name", "percent_off", "size"),
                [(b.code, b.name, b.percent_off, len(b.skus)) for b in bundles],
            ),
            "bundle_products": Rows(
                ("sku", "bundle_code"),
                [(sku, bundle.code) for bundle in bundles for sku in bundle.skus],
            ),
        },
    )
