"""The services behind the gateway. Their answers pass through as they are.

What a service refuses (4xx) is raised as the same Problem; what it fails at, as PeerFailure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from services.chassis.errors import Problem
from services.chassis.http import PeerClient, PeerError


class Orders:
    """Checkout, baskets, history, tracking and summaries.

    `checkout_client` waits longer than `client`: a checkout takes several services.
    """

    def __init__(self, client: PeerClient, checkout_client: PeerClient) -> None:
        self._client, self._checkout_client = client, checkout_client

    async def place(self, basket: dict[str, Any], key: str) -> Any:
        """Place an order; the same `key` again is the same order."""
        with _refusals_passed_on():
            return await self._checkout_client.post(
                "/orders", json=basket, headers={"Idempotency-Key": key}
            )

    async def price(self, basket: dict[str, Any]) -> Any:
        """Price a basket; nothing is stored or reserved."""
        with _refusals_passed_on():
            return await self._client.post("/baskets", json=basket)

    async def history(self, user_ids: Sequence[int]) -> Any:
        """The newest orders of each user; one call for all."""
        with _refusals_passed_on():
            return await self._client.get("/orders", params={"user_id": list(user_ids)})

    async def track(self, order_id: int) -> Any:
        """An order and its payment."""
        with _refusals_passed_on():
            return await self._client.get(f"/orders/{order_id}")

    async def summary(self, order_id: int) -> Any:
        """An order in a sentence or two."""
        with _refusals_passed_on():
            return await self._client.get(f"/orders/{order_id}/summary")


class Users:
    """Profiles."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def profile(self, user_id: int) -> Any:
        """One profile."""
        with _refusals_passed_on():
            return await self._client.get(f"/users/{user_id}")


class Feed:
    """Home feeds."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def of(self, user_id: int) -> Any:
        """The home feed of a customer."""
        with _refusals_passed_on():
            return await self._client.get("/feed", params={"user_id": user_id})


@contextmanager
def _refusals_passed_on() -> Iterator[None]:
    try:
        yield
    except PeerError as error:
        if not 400 <= error.status < 500:
            raise
        title = str(error.problem.get("title") or "Refused")
        raise Problem(error.status, title, str(error.problem.get("detail") or "")) from error
