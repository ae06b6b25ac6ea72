"""The warehouse's own system."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.chassis.blocking_http import BlockingPeerClient


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a product lies; `on_hand` is 0 while the warehouse cannot pick it."""

    warehouse: str
    on_hand: int


class Warehouse:
    """Asks the warehouse's system."""

    def __init__(self, client: BlockingPeerClient) -> None:
        self._client = client

    def shelves(self, skus: Collection[str]) -> dict[str, Shelf]:
        """Where those of `skus` lie that the warehouse knows; one call however many there are.

        Raises PeerFailure where their system does not answer.
        """
        answer = self._client.get("/warehouse/v1/availability", params={"sku": list(skus)})
        return {
            item["sku"]: Shelf(item["warehouse"], item["on_hand"] if item["available"] else 0)
            for item in answer["items"]
        }
