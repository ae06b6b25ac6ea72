"""Settings of assistant."""

from __future__ import annotations

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """See ServiceSettings."""

    service_name: str = "assistant"
    pool_size: int = 5
    """Database connections per capacity unit. None is held while the model works."""

    model_provider_url: str = "http://127.0.0.1:8460"
    model: str = "lumen-mini-2"
    summary_max_tokens: int = 160
    ranking_max_tokens: int = 400
    connect_timeout_ms: int = 100
    summary_timeout_ms: int = 8_000
    ranking_timeout_ms: int = 300
    """With `connect_timeout_ms` the whole budget of a ranking, 400 ms: somebody waits for it."""
    breaker_failures: int = 10
    breaker_reset_ms: int = 5_000

    workers: int = 32
    """Tasks at a time, per capacity unit. Nearly all of their time they wait for the model."""
    task_attempts: int = 5
    retry_first_wait_ms: int = 1_000
    """Before the second attempt; doubled before each further one."""
    task_budget_ms: int = 600_000
    """A task older than this is given up, however few attempts it had."""
    lease_ms: int = 30_000
    """A task whose worker died is taken up again after this: longer than any attempt takes."""
    poll_ms: int = 500
    """How often the queue is looked at when nothing says that it holds something."""
