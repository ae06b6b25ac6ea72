"""Prices, as the bundles service knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.a.domain import UnknownProduct, Wanted
from services.chassis.blocking_http import BlockingPeerClient, PeerError


class Bundles:
    """Asks the bundles service."""

    def __init__(self, client: BlockingPeerClient) -> None:
        self._client = client

    def price(self, wanted: Sequence[Wanted]) -> dict[str, Any]:
        """The priced basket as that service puts it.

        Raises UnknownProduct where it does not sell one of them, else PeerFailure.
        """
        lines = [{"sku": line.sku, "quantity": line.quantity} for line in wanted]
        try:
            basket: dict[str, Any] = self._client.post("/baskets", json={"lines": lines})
        except PeerError as error:
            if error.status == 422:
                raise UnknownProduct(str(error.problem.get("detail", error))) from error
            raise
        return basket
