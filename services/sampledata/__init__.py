"""The shop's sample data: the same believable rows on every machine, from one fixed seed.

`products() bundles() campaigns() users() orders()` each return a tuple of frozen dataclasses
(see `model`). They are pure and cached: every service's `seed.py` loads its own part, and the
parts agree, since all of them come from here.
"""

from services.sampledata.archive import orders
from services.sampledata.catalogue import bundles, campaigns, products
from services.sampledata.model import Bundle, Campaign, Order, OrderLine, Product, User
from services.sampledata.people import users

__all__ = [
    "Bundle",
    "Campaign",
    "Order",
    "OrderLine",
    "Product",
    "User",
    "bundles",
    "campaigns",
    "orders",
    "products",
    "users",
]
