"""What the payment provider charged: idempotent, and bounded in memory."""

from __future__ import annotations

import random
import string
import zlib
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

ID_ALPHABET = string.ascii_letters + string.digits
ID_LENGTH = 24
BASIS_POINTS = 10_000
DEFAULT_CAPACITY = 200_000
"""Charges kept: more than an hour at 50 a second."""


class KeyReused(Exception):
    """An idempotency key came back with another request body."""


@dataclass(frozen=True)
class ChargeRequest:
    """A validated request: `amount` in units of `currency`, `reference` the merchant's own."""

    amount: Decimal
    currency: str
    reference: str


@dataclass(frozen=True)
class Charge:
    """A charge as the provider booked it."""

    id: str
    request: ChargeRequest
    status: str
    """`succeeded` or `declined`."""
    created: datetime
    idempotency_key: str | None

    def as_json(self) -> dict[str, str]:
        return {
            "id": self.id,
            "object": "charge",
            "amount": str(self.request.amount),
            "currency": self.request.currency,
            "reference": self.request.reference,
            "status": self.status,
            "created": self.created.isoformat(timespec="milliseconds"),
        }


class ChargeBook:
    """The newest `capacity` charges, found by idempotency key or by reference."""

    def __init__(self, seed: int, capacity: int = DEFAULT_CAPACITY) -> None:
        self.booked_count = 0
        """All charges since the start, forgotten ones included."""
        self._capacity = capacity
        self._rng = random.Random(seed)  # noqa: S311 - ids of a pretended provider
        self._newest: deque[Charge] = deque()
        self._by_key: dict[str, Charge] = {}
        self._by_reference: dict[str, list[Charge]] = {}

    def charge(
        self, request: ChargeRequest, key: str | None, declined_percent: float
    ) -> tuple[Charge, bool]:
        """Book `request` once for each `key`; returns the charge, and whether it is a replay.

        Raises KeyReused where `key` was first used for another request.
        """
        if key is not None and (first := self._by_key.get(key)) is not None:
            if first.request != request:
                raise KeyReused
            return first, True
        charge = Charge(
            id="ch_" + "".join(self._rng.choices(ID_ALPHABET, k=ID_LENGTH)),
            request=request,
            status=_verdict(request.reference, declined_percent),
            created=datetime.now(UTC),
            idempotency_key=key,
        )
        self._keep(charge)
        return charge, False

    def of_reference(self, reference: str) -> list[Charge]:
        """Every kept charge of one reference, oldest first."""
        return list(self._by_reference.get(reference, ()))

    def _keep(self, charge: Charge) -> None:
        if len(self._newest) >= self._capacity:
            self._forget_oldest()
        self._newest.append(charge)
        self.booked_count += 1
        self._by_reference.setdefault(charge.request.reference, []).append(charge)
        if charge.idempotency_key is not None:
            self._by_key[charge.idempotency_key] = charge

    def _forget_oldest(self) -> None:
        oldest = self._newest.popleft()
        same_reference = self._by_reference[oldest.request.reference]
        same_reference.remove(oldest)
        if not same_reference:
            del self._by_reference[oldest.request.reference]
        if oldest.idempotency_key is not None:
            del self._by_key[oldest.idempotency_key]


def _verdict(reference: str, declined_percent: float) -> str:
    """The same reference always gets the same answer, so that runs can be compared."""
    share = zlib.crc32(reference.encode()) % BASIS_POINTS
    return "declined" if share < declined_percent * 100 else "succeeded"
