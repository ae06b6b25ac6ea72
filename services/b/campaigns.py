"""Promotions, as the campaigns service applies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from services.b.domain import Line
from services.chassis.blocking_http import BlockingPeerClient


class Campaigns:
    """Asks the campaigns service."""

    def __init__(self, client: BlockingPeerClient) -> None:
        self._client = client

    def promote(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """`lines` with their promotions taken off, in the same order. Raises PeerFailure."""
        request = [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "net_unit_price": str(line.net_unit_price),
                "discount": str(line.discount),
            }
            for line in lines
        ]
        answer = self._client.post("/promotions", json={"lines": request})
        return tuple(
            replace(
                line,
                discount=line.discount + Decimal(promotion["discount"]),
                campaign=promotion["campaign"],
            )
            for line, promotion in zip(lines, answer["lines"], strict=True)
        )
