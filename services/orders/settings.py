"""Settings of orders."""

from __future__ import annotations

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """See ServiceSettings."""

    service_name: str = "orders"
    pool_size: int = 20
    """Database connections per capacity unit. One order takes four short transactions."""
    currency: str = "EUR"

    connect_timeout_ms: int = 1_000
    users_timeout_ms: int = 2_000
    availability_timeout_ms: int = 5_000
    campaigns_timeout_ms: int = 2_000
    billing_timeout_ms: int = 3_000
    payments_timeout_ms: int = 8_000
    assistant_timeout_ms: int = 1_000
