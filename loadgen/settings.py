"""What a load is told, by its environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROFILES = Path(__file__).parent / "profiles"


class Settings(BaseSettings):
    """Settings of one load process; each is an environment variable of the same name."""

    model_config = SettingsConfigDict(frozen=True)

    gateway_url: str = Field(pattern=r"^http://[^/]+$")
    catalogue_file: Path | None
    """Where it is None, the shop is asked."""
    load_profile: str = "steady"
    """A name among `profiles/*.toml`, or a path to such a file."""
    control_file: Path | None = None
    """Where it may be told, while it runs, by which profile of the same folder to go on."""
    scale: float = Field(default=1.0, gt=0, le=100)
    metrics_port: int = Field(ge=0, le=65_535)
    metrics_host: str = "127.0.0.1"
    load_seed: int = 0
    sampled_share: float = Field(default=1.0, ge=0, le=1)
    """Share of requests whose trace context asks for a trace to be kept."""
    load_workers: int = Field(default=1, ge=1, le=16)
    """Processes that send it; with more than one, this one is their master and sends nothing."""
    load_master_port: int = Field(default=0, ge=0, le=65_535)
    """Of a worker: where its master listens on this machine; 0 for any other process."""
    client_timeout_ms: int = Field(default=12_000, gt=0)
    """A customer's patience."""
    client_remark: str = Field(default="", max_length=100, pattern=r"^[ -~]*$")
    """What some customers' clients write into the id of a request; nothing: all send proper ids."""

    @property
    def profile_file(self) -> Path:
        name = self.load_profile
        return Path(name) if name.endswith(".toml") else PROFILES / f"{name}.toml"

    @property
    def timeout_s(self) -> float:
        return self.client_timeout_ms / 1000


class OwnPageSettings(Settings):
    """The same where Locust itself runs the load: none has to be given."""

    gateway_url: str = Field(default="http://127.0.0.1:18000", pattern=r"^http://[^/]+$")
    catalogue_file: Path | None = None
    metrics_port: int = 0
    """Nobody serves them: Locust shows its own."""
