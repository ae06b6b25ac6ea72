"""The carriers' rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.chassis.blocking_http import BlockingPeerClient


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who would deliver, and how many days it takes."""

    carrier: str
    days: int


class Carrier:
    """Asks the carriers' system."""

    def __init__(self, client: BlockingPeerClient) -> None:
        self._client = client

    def estimate(self, skus: Sequence[str], weight_g: int) -> Delivery:
        """The cheapest delivery of a parcel with `skus` that weighs `weight_g`.

        Raises PeerFailure where their system does not answer.
        """
        answer = self._client.get(
            "/carriers/v1/rates", params={"sku": list(skus), "weight_g": weight_g}
        )
        cheapest = min(answer["rates"], key=lambda rate: Decimal(rate["amount"]))
        return Delivery(cheapest["carrier"], int(cheapest["days"]))
