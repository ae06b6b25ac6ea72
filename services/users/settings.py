"""Settings of users."""

from __future__ import annotations

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """See ServiceSettings."""

    service_name: str = "users"
    pool_size: int = 5
    """Database connections per capacity unit."""
