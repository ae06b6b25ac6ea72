"""The partner programme: which products partners support at the moment."""

from __future__ import annotations

from collections.abc import Collection

from services.chassis.blocking_http import BlockingPeerClient


class Partners:
    """Asks the partners' system."""

    def __init__(self, client: BlockingPeerClient) -> None:
        self._client = client

    def eligible(self, skus: Collection[str]) -> frozenset[str]:
        """Those of `skus` for which partners pay for promotions now.

        Raises PeerFailure where their system does not answer.
        """
        answer = self._client.get("/partners/v1/eligibility", params={"sku": list(skus)})
        return frozenset(item["sku"] for item in answer["items"] if item["eligible"])
