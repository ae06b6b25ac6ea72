"""What payments counts beyond the chassis."""

from __future__ import annotations

from prometheus_client import Counter

from services.chassis.metrics import REGISTRY

CHARGES = Counter(
    "charges_total", "Charges by what became of them.", ["outcome"], registry=REGISTRY
)
for _outcome in ("captured", "declined", "failed"):
    CHARGES.labels(_outcome)
