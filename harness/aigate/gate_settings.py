"""Where the gate may forward to, and with which keys: `AIGATE_*` in the host's environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from harness.aigate.vendors import Vendor
from harness.errors import UsageError

_KEY = re.compile(r"[\x21-\x7e]{1,500}")
KEY_VARIABLES = frozenset({"AIGATE_OPENAI_KEY", "AIGATE_ANTHROPIC_KEY"})
_ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Upstream:
    """One provider; no key means that nothing is forwarded to it."""

    url: str
    """Without `/v1` and without a slash at the end."""
    key: SecretStr | None

    def credentials(self, vendor: Vendor) -> tuple[str, str] | None:
        """The header that carries the key; None without one."""
        if self.key is None:
            return None
        secret = self.key.get_secret_value()
        if vendor is Vendor.ANTHROPIC:
            return "x-api-key", secret
        return "authorization", f"Bearer {secret}"


class GateSettings(BaseSettings):
    """`AIGATE_OPENAI_UPSTREAM`, `AIGATE_OPENAI_KEY`, and the same for `ANTHROPIC`."""

    model_config = SettingsConfigDict(
        env_prefix="AIGATE_",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,  # one of the inputs is the key
    )

    openai_upstream: str = "https://api.openai.com"
    openai_key: SecretStr | None = Field(default=None)
    anthropic_upstream: str = "https://api.anthropic.com"
    anthropic_key: SecretStr | None = Field(default=None)

    @classmethod
    def load(cls) -> GateSettings:
        """The settings of this process. Raises UsageError, which tells no value."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = f"AIGATE_{first['loc'][0]}".upper()
            raise UsageError(f"{name}: {first['msg']}") from None

    @classmethod
    def take(cls) -> GateSettings:
        """As `load`; the keys are gone from the environment afterwards, so that no process which
        this one starts has them. Raises UsageError, too."""
        try:
            return cls.load()
        finally:
            for name in [name for name in os.environ if name.upper() in KEY_VARIABLES]:
                del os.environ[name]

    @property
    def vendors(self) -> frozenset[str]:
        """Those for which there is a key."""
        return frozenset(one.value for one in Vendor if self.upstream(one).key is not None)

    def upstream(self, vendor: Vendor) -> Upstream:
        """The one place where requests of this kind may go."""
        if vendor is Vendor.ANTHROPIC:
            return Upstream(self.anthropic_upstream, self.anthropic_key)
        return Upstream(self.openai_upstream, self.openai_key)

    @field_validator("openai_upstream", "anthropic_upstream")
    @classmethod
    def _one_place(cls, value: str) -> str:
        parts = urlsplit(value)
        parts.port  # noqa: B018  raises ValueError where it is none
        if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
            raise ValueError("expected an address such as https://api.example.com")
        # A key in clear text goes nowhere but to this machine, where local models answer.
        if parts.scheme != "https" and (
            parts.scheme != "http" or parts.hostname not in _ON_THIS_MACHINE
        ):
            raise ValueError("expected https (http only on this machine)")
        return value.rstrip("/").removesuffix("/v1")

    @field_validator("openai_key", "anthropic_key")
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _KEY.fullmatch(value.get_secret_value()):
            raise ValueError("expected a key without spaces or line ends")
        return value
