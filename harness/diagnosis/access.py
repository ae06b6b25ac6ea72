"""Where the running shop can be asked and checked, and who knows what was really charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class ShopAccess:
    """Where the running shop can be asked and checked."""

    gateway_url: str
    metrics_urls: Mapping[str, str]
    """Address of `/metrics` by service."""
    database_urls: Mapping[str, str]
    """`postgresql://` address by service, as the read-only `oncall` role."""


class ProviderTruth(Protocol):
    """What the payment provider itself knows to have charged."""

    async def charges(self, references: Sequence[str]) -> Mapping[str, list[Decimal]]:
        """Captured amounts by reference; a reference without a charge may be absent."""
