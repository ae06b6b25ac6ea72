"""What a drill's host is told: flag > environment (`DRILL_*`) > default.

Import this only in the host: pydantic-settings costs a quarter of a second, which the short
commands of the CLI should not pay.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from harness.paths import catalog_dir, home_dir


class HostSettings(BaseSettings):
    """Settings of one drill's host."""

    model_config = SettingsConfigDict(
        env_prefix="DRILL_",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,  # one of the inputs is a secret
    )

    home: Path = Field(default_factory=home_dir)
    repo: Path = Field(default_factory=catalog_dir)
    runtime: str = "local"
    agenda: str | None = None
    """An agenda's name, or the path of one's own file; None: the scenario's."""
    speed: float = Field(default=1.0, gt=0, le=1000)
    """How many times faster than real time the agenda runs."""
    scenario: str = "deadlock"
    seed: int | None = None
    resume: bool = False
    """Go on with the drill that died here last: its scenario, seed, agenda and runtime."""
    scale: int = Field(default=1, ge=1, le=50)
    port_offset: int = Field(default=10_000, ge=0, le=50_000)
    deploy_pace_s: float = Field(default=6.0, ge=0)
    """How long the deploy pipeline takes before a participant's release starts."""
    trigger_delay_min_s: float = Field(default=8.0, ge=0)
    trigger_delay_max_s: float = Field(default=25.0, ge=0)
    time_limit_minutes: float | None = Field(default=None, gt=0)
    """None: an hour more than the agenda takes."""
    load_workers: int = Field(default=1, ge=1, le=16)
    slack_webhook_url: SecretStr | None = Field(default=None)
    """Where the team's updates go, too; https, or http on this machine."""
    people_known: bool = False
    """Names come from a hub, which knows its people, and not from whoever writes."""
    trace_ratio: float = Field(default=1.0, ge=0, le=1)
    campaign_pid: int | None = None
    """The process that runs this drill beside others of its own; None: a drill by itself."""
    turns: Path | None = None
    """The file by which stacks side by side take turns; None: a drill by itself."""
    keep: bool = False
    """Whether all that was there to be seen stays when the drill is over, for its review."""

    @field_validator("slack_webhook_url")
    @classmethod
    def _not_in_the_clear(cls, value: SecretStr | None) -> SecretStr | None:
        secret = value.get_secret_value() if value else "https://"
        if not secret.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ValueError("expected https (http only on this machine)")
        return value
