"""Rules of charging an order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class State(StrEnum):
    """What became of a charge."""

    PENDING = "pending"
    CAPTURED = "captured"
    DECLINED = "declined"
    FAILED = "failed"


@dataclass(frozen=True)
class ChargeRequest:
    """What is to be charged; `amount` has two decimal places."""

    order_id: int
    user_id: int
    amount: Decimal
    currency: str

    def fingerprint(self) -> str:
        """The same for equal requests only: tells a replay from a key used twice."""
        parts = (self.order_id, self.user_id, f"{self.amount:.2f}", self.currency)
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


@dataclass(frozen=True)
class Charge:
    """A charge as it is stored."""

    id: int
    idempotency_key: str
    fingerprint: str
    order_id: int
    user_id: int
    amount: Decimal
    currency: str
    state: State
    provider_reference: str | None
    captured_at: datetime | None

    @property
    def is_final(self) -> bool:
        """A replay is answered with the charge as it is; a failed one is tried again."""
        return self.state in (State.CAPTURED, State.DECLINED)

    @property
    def provider_key(self) -> str:
        """Sent with every attempt for this charge, so that the provider charges once."""
        return f"shop-{self.order_id}-{self.fingerprint[:16]}"
