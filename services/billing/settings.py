"""Settings of billing."""

from __future__ import annotations

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """See ServiceSettings."""

    service_name: str = "billing"
    pool_size: int = 5
    """Database connections per capacity unit."""
    payments_timeout_ms: int = 3000
    reconciliation_interval_ms: int = 2000
