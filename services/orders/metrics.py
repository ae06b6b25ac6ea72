"""What orders counts beyond the chassis."""

from __future__ import annotations

from prometheus_client import Counter

from services.chassis.metrics import REGISTRY

ORDERS = Counter("orders_total", "Orders by what became of them.", ["outcome"], registry=REGISTRY)
for _outcome in ("paid", "declined", "failed"):
    ORDERS.labels(_outcome)
