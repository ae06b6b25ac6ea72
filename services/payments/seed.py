"""Fills the payments database of a new installation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services import sampledata
from services.payments.domain import ChargeRequest, State
from services.sampledata.load import Rows, load

_COLUMNS = (
    "idempotency_key", "fingerprint", "order_id", "user_id", "amount", "currency", "state",
    "provider_reference", "created_at", "captured_at",
)  # fmt: skip


def seed(database_url: str) -> None:
    """Load a captured charge for every sample order into an empty, migrated database. Blocking."""
    load(database_url, {"charges": Rows(_COLUMNS, _rows())})


def _rows() -> Iterator[Sequence[object]]:
    for order in sampledata.orders():
        wanted = ChargeRequest(order.id, order.user_id, order.total, order.currency)
        yield (
            f"order-{order.id}", wanted.fingerprint(), order.id, order.user_id, order.total,
            order.currency, State.CAPTURED.value, f"ch_archive{order.id:08d}",
            order.placed_at, order.settled_at,
        )  # fmt: skip
