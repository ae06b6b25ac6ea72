"""Settings of feed."""

from __future__ import annotations

from pydantic import SecretStr

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """See ServiceSettings."""

    service_name: str = "feed"
    pool_size: int = 6
    """Database connections per capacity unit. None is held while the assistant ranks."""

    connect_timeout_ms: int = 200
    ranking_timeout_ms: int = 800
    """Above the assistant's own budget of 400 ms, so that it is the one who decides."""
    operations_token: SecretStr | None = None
    """Who has it may switch feature flags; without one, nobody may."""

    rankings_in_flight_max: int = 12
    """Per capacity unit; beyond them a feed is served from what there is."""
    requests_in_flight_max: int = 60
    """Per capacity unit; beyond them requests are turned away."""
    candidates: int = 24
    snapshot_max_age_s: int = 86_400
