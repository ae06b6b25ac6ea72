"""Settings of payments; its timeouts are in timeouts.toml."""

from __future__ import annotations

from pathlib import Path

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """See ServiceSettings."""

    service_name: str = "payments"
    pool_size: int = 10
    """Database connections per capacity unit."""
    payment_provider_url: str = "https://127.0.0.1:8443"
    payment_provider_ca_file: Path | None = None
    breaker_failures: int = 10
    """Charges that fail in a row before the provider is left alone."""
    breaker_reset_ms: int = 5000
