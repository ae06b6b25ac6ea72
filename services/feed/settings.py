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

    rankings_at_a_time: int = 3
    """Per capacity unit. The model is billed by use, and an ordinary evening needs one."""
    ranking_wait_ms: int = 1_500
    """For a place among them: a feed of one's own is worth a moment. Without one, the feed is
    served from what there is. All of it stays within the two seconds that the gateway waits."""
    requests_in_flight_max: int = 40
    """Per capacity unit; beyond them requests are turned away."""
    candidates: int = 24
    snapshot_max_age_s: int = 86_400
