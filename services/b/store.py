"""Every query of the bundles database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.b.domain import Bundle, Product

_PRODUCTS = text(
    """
    SELECT p.sku, p.name, p.net_price, p.weight_g, b.code, b.percent_off, b.size
    FROM products p
    LEFT JOIN bundle_products bp ON bp.sku = p.sku
    LEFT JOIN bundles b ON b.code = bp.bundle_code
    WHERE p.sku = ANY(:skus)
    """
)


def products(session: Session, skus: Collection[str]) -> dict[str, Product]:
    """Those of `skus` that we sell, with their bundles; one statement however many there are."""
    rows = session.execute(_PRODUCTS, {"skus": sorted(set(skus))})
    return {
        sku: Product(
            sku=sku,
            name=name,
            net_price=net_price,
            weight_g=weight_g,
            bundle=Bundle(code, percent_off, size) if code is not None else None,
        )
        for sku, name, net_price, weight_g, code, percent_off, size in rows
    }
