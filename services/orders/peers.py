"""The services that orders calls, each as orders sees it. All raise PeerFailure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.chassis.errors import Problem
from services.chassis.http import PeerClient, PeerError
from services.orders.domain import Line, Order, Totals, Wanted


@dataclass(frozen=True, slots=True)
class Charge:
    """What became of an order's payment."""

    state: str
    captured_at: datetime | None
    """None unless the money is ours."""


class Users:
    """Customer profiles."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def check_exists(self, user_id: int) -> None:
        """Raises Problem (422) for a customer whom nobody knows."""
        try:
            await self._client.get(f"/users/{user_id}")
        except PeerError as error:
            raise _refusal(error, {404: 422}) from error

    async def profiles(self, user_ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """The profiles of those `user_ids` that exist; one call for all."""
        answer = await self._client.post("/users/lookup", json={"ids": list(user_ids)})
        return {profile["id"]: profile for profile in answer["users"]}


class Availability:
    """Stock, and through it prices and promotions."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def reserve(self, order_id: int, wanted: Sequence[Wanted]) -> list[dict[str, Any]]:
        """Hold stock for an order; its lines, priced before tax. The same order again is free.

        Raises Problem (409: not available; 422: not sold).
        """
        basket = await self._ask({"order_id": order_id, "lines": _wire(wanted)})
        lines: list[dict[str, Any]] = basket["lines"]
        return lines

    async def price(self, wanted: Sequence[Wanted]) -> dict[str, Any]:
        """The basket priced before tax, as that service puts it; nothing is held.

        Raises Problem (409: not available; 422: not sold).
        """
        return await self._ask({"lines": _wire(wanted), "dry_run": True})

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            basket: dict[str, Any] = await self._client.post("/reservations", json=request)
        except PeerError as error:
            raise _refusal(error, {409: 409, 422: 422}) from error
        return basket


class Campaigns:
    """Current offers."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def offers(self, skus: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """The offers that run on each of `skus`; one call for all."""
        answer = await self._client.post("/offers", json={"skus": list(skus)})
        offers: dict[str, list[dict[str, Any]]] = answer["offers"]
        return offers


class Billing:
    """Tax and invoices."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def quote(self, priced: Sequence[Mapping[str, Any]]) -> tuple[tuple[Line, ...], Totals]:
        """`priced` lines (as `Availability.reserve` gives them) with their tax, and the totals."""
        request = [
            {field: line[field] for field in ("sku", "quantity", "net_unit_price", "discount")}
            for line in priced
        ]
        answer = await self._client.post("/quotes", json={"lines": request})
        lines = tuple(
            _line(number, line, taxed)
            for number, (line, taxed) in enumerate(
                zip(priced, answer["lines"], strict=True), start=1
            )
        )
        sums = Totals(Decimal(answer["net"]), Decimal(answer["tax"]), Decimal(answer["total"]))
        return lines, sums

    async def post_invoice(self, order: Order) -> None:
        """Post a paid order to the ledger. The same order again changes nothing."""
        if order.settled_at is None:
            raise ValueError(f"order {order.id} is not paid")
        await self._client.post(
            "/invoices",
            json={
                "order_id": order.id,
                "user_id": order.user_id,
                "settled_at": order.settled_at.isoformat(),
                "lines": [
                    {
                        "sku": line.sku,
                        "quantity": line.quantity,
                        "net_unit_price": str(line.net_unit_price),
                        "discount": str(line.discount),
                    }
                    for line in order.lines
                ],
            },
        )


class Payments:
    """Charges."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def charge(self, order: Order) -> Charge:
        """Charge a priced order. The same order again is charged once."""
        answer = await self._client.post(
            "/charges",
            json={
                "order_id": order.id,
                "user_id": order.user_id,
                "amount": str(order.amount),
                "currency": order.currency,
            },
            headers={"Idempotency-Key": f"order-{order.id}"},
        )
        return _charge(answer)

    async def charge_of(self, order_id: int) -> Charge | None:
        """The charge of an order, or None where it was never charged."""
        answer = await self._client.get("/charges", params={"order_id": order_id})
        charges = answer["charges"]
        return _charge(charges[-1]) if charges else None


class Assistant:
    """Orders in a sentence or two."""

    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def summary(self, order_id: int) -> dict[str, Any] | None:
        """The summary as it is by now; None where nobody asked for one."""
        try:
            found: dict[str, Any] = await self._client.get(f"/summaries/{order_id}")
        except PeerError as error:
            if error.status == 404:
                return None
            raise
        return found

    async def ask(self, order: Order) -> None:
        """Have an order summarised, some time soon. The same order again changes nothing."""
        lines = [{"name": line.name, "quantity": line.quantity} for line in order.lines]
        await self._client.post("/summaries", json={"order_id": order.id, "lines": lines})


def _refusal(error: PeerError, statuses: Mapping[int, int]) -> Exception:
    """What the peer refused, for our caller; the error itself where it is not a refusal."""
    if error.status not in statuses:
        return error
    title = str(error.problem.get("title") or "Refused")
    return Problem(statuses[error.status], title, str(error.problem.get("detail") or ""))


def _wire(wanted: Sequence[Wanted]) -> list[dict[str, Any]]:
    return [{"sku": line.sku, "quantity": line.quantity} for line in wanted]


def _line(number: int, priced: Mapping[str, Any], taxed: Mapping[str, Any]) -> Line:
    return Line(
        line_no=number,
        sku=priced["sku"],
        name=priced["name"],
        quantity=priced["quantity"],
        net_unit_price=Decimal(priced["net_unit_price"]),
        discount=Decimal(priced["discount"]),
        net=Decimal(taxed["net"]),
        tax=Decimal(taxed["tax"]),
        gross=Decimal(taxed["gross"]),
    )


def _charge(answer: Mapping[str, Any]) -> Charge:
    captured_at = answer["captured_at"]
    return Charge(
        state=answer["state"],
        captured_at=datetime.fromisoformat(captured_at) if captured_at else None,
    )
