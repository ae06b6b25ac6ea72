"""What operations may change while the shop is open: feature flags and the banner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DEFAULT_FLAGS: Mapping[str, bool] = {
    "gift_wrapping": False,
    "order_lookup": True,
    "saved_baskets": True,
}


class Level(StrEnum):
    """How a banner is shown."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Banner:
    """A message to all customers."""

    level: Level
    message: str
    since: datetime


class UnknownFlag(LookupError):
    """There is no such flag: flags are declared in code, and only switched from outside."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no flag '{name}'")


class Storefront:
    """Flags and banner as they are now; kept in memory, so a restart brings the defaults back."""

    def __init__(self) -> None:
        self._flags = dict(DEFAULT_FLAGS)
        self.banner: Banner | None = None

    @property
    def flags(self) -> dict[str, bool]:
        """All flags, by name."""
        return dict(self._flags)

    def switch(self, name: str, *, enabled: bool) -> None:
        """Raises UnknownFlag."""
        if name not in self._flags:
            raise UnknownFlag(name)
        self._flags[name] = enabled
