"""Settings of the bundles service."""

from __future__ import annotations

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from the environment when the service starts."""

    service_name: str = "b"
    worker_slots: int = 4
    """Blocking requests served at once, per capacity unit."""
    connect_timeout_ms: int = 1_000
    peer_timeout_ms: int = 5_000
    currency: str = "EUR"
