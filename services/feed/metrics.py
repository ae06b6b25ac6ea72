"""What feed counts beyond the chassis."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from services.chassis.metrics import REGISTRY
from services.feed.domain import Mode

RESPONSES = Counter(
    "feed_responses_total", "Feeds served, by where their order is from.", ["mode"],
    registry=REGISTRY,
)  # fmt: skip
SHED = Counter(
    "feed_shed_total",
    "Load that was shed: `ranking` served without the model, `request` turned away.",
    ["what"],
    registry=REGISTRY,
)
RANKINGS_IN_FLIGHT = Gauge(
    "feed_rankings_in_flight", "Rankings being waited for.", registry=REGISTRY
)
for _mode in Mode:
    RESPONSES.labels(_mode.value)
for _what in ("ranking", "request"):
    SHED.labels(_what)
