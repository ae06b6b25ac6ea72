"""What every service reads from its environment."""

from __future__ import annotations

import os

from pydantic_settings import BaseSettings, SettingsConfigDict


class MissingSetting(LookupError):
    """A setting that the service cannot do without is not in the environment."""


class ServiceSettings(BaseSettings):
    """Settings common to all services; each service adds its own in a subclass.

    Field names are the environment's variable names in lower case.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    service_name: str
    service_version: str = "0.0.0-dev"
    service_commit: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    environment: str = "development"
    log_level: str = "INFO"

    database_url: str | None = None
    capacity_units: int = 1
    """Multiplies connection pools and worker slots together."""
    worker_slots: int | None = None
    """Threads for blocking handlers, per capacity unit; None for a service that has none."""
    worker_wait_ms: int = 6000
    """How long a request may wait for one of them: a little longer than any caller waits."""

    otel_exporter_otlp_endpoint: str | None = None
    otel_traces_sampler_arg: float = 1.0
    """Share of traces kept where the caller has not decided already, 0 to 1."""

    def peer_url(self, name: str) -> str:
        """Address of the service `name`, without a trailing slash.

        Raises MissingSetting where `<NAME>_URL` is not set.
        """
        variable = f"{name.upper()}_URL"
        url = os.environ.get(variable)
        if not url:
            raise MissingSetting(f"{variable} is not set: where does {name} listen?")
        return url.rstrip("/")

    def require_database_url(self) -> str:
        """`DATABASE_URL`; raises MissingSetting where it is not set."""
        if not self.database_url:
            raise MissingSetting("DATABASE_URL is not set: postgresql://user:password@host/name")
        return self.database_url
