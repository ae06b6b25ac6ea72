"""Settings of the gateway."""

from __future__ import annotations

from pydantic import SecretStr

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """See ServiceSettings."""

    service_name: str = "gateway"
    connect_timeout_ms: int = 1_000
    checkout_timeout_ms: int = 10_000
    """A checkout waits for stock, tax and payment."""
    default_timeout_ms: int = 5_000
    feed_timeout_ms: int = 2_000
    """The home page gets by without a feed; nobody should wait for one."""
    operations_token: SecretStr | None = None
    """Who has it may change flags and the banner; without one, nobody may."""
