"""Where the running shop can be asked and checked, and who knows what was really charged and
written."""

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
    """`postgresql://` address by service, as the read-only `reporting` role."""


class Booked(Protocol):
    """One charge in the provider's books."""

    @property
    def reference(self) -> str:
        """The shop's own name for what was charged."""

    @property
    def amount(self) -> Decimal:
        """In currency units."""

    @property
    def status(self) -> str:
        """`succeeded` or `declined`."""


class ProviderBooks(Protocol):
    """The books as the third parties' private side opens them."""

    async def charges(self, *references: str) -> Sequence[Booked]:
        """All charges with these references, whatever became of them.

        Raises DrillError or OSError where the provider cannot be asked.
        """


class ModelBooks(Protocol):
    """What the model provider wrote, as the third parties' private side tells it."""

    async def completions_within(self, text: str) -> Sequence[str]:
        """What was written to its end, of that which `text` holds whole.

        Raises DrillError or OSError where the provider cannot be asked.
        """


class Impostors(Protocol):
    """Who may answer in the payment provider's place."""

    async def believed_impostors(self) -> int:
        """Let them answer for a moment; how many were sent anything by the shop.

        Raises DrillError or OSError where they cannot be had.
        """


class ThirdPartyBooks(ProviderBooks, ModelBooks, Impostors, Protocol):
    """All of them: whoever measures the shop believes them, and not the shop."""


CHUNK = 50
"""References a question: they travel in a query string."""


async def captured_by_reference(
    books: ProviderBooks, references: Sequence[str]
) -> Mapping[str, list[Decimal]]:
    """Amounts that the provider took, by reference; raises what the books raise."""
    found: dict[str, list[Decimal]] = {reference: [] for reference in references}
    for start in range(0, len(references), CHUNK):
        for charge in await books.charges(*references[start : start + CHUNK]):
            if charge.status == "succeeded":
                found.setdefault(charge.reference, []).append(charge.amount)
    return found
