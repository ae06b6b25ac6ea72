"""Every query on invoices, entries and accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.domain import Invoice, Posting

_INVOICE = "order_id, user_id, account, fingerprint, net, tax, gross, settled_at, posted_at"
_LOCK_ACCOUNT = text("SELECT running_total FROM accounts WHERE name = :name FOR UPDATE")
_SET_TOTAL = text("UPDATE accounts SET running_total = :total WHERE name = :name")
_TOTAL = text("SELECT running_total FROM accounts WHERE name = :name")
_FIND = text(f"SELECT {_INVOICE} FROM invoices WHERE order_id = :order_id")
_ADD_INVOICE = text(
    "INSERT INTO invoices "
    "(order_id, user_id, account, fingerprint, net, tax, gross, settled_at) VALUES "
    "(:order_id, :user_id, :account, :fingerprint, :net, :tax, :gross, :settled_at) "
    f"RETURNING {_INVOICE}"
)
_ADD_ENTRIES = text(
    "INSERT INTO entries (order_id, line_no, kind, sku, net, tax, gross, balance) "
    "SELECT :order_id, line_no, 'sale', sku, net, tax, gross, balance FROM unnest("
    "CAST(:line_no AS int[]), CAST(:sku AS text[]), CAST(:net AS numeric[]), "
    "CAST(:tax AS numeric[]), CAST(:gross AS numeric[]), CAST(:balance AS numeric[])) "
    "AS line (line_no, sku, net, tax, gross, balance)"
)
_ADD_CORRECTION = text(
    "INSERT INTO entries (order_id, line_no, kind, sku, net, tax, gross, balance) "
    "SELECT :order_id, max(line_no) + 1, 'correction', NULL, 0, :amount, :amount, :balance "
    "FROM entries WHERE order_id = :order_id"
)
_ENTRIES = text(
    "SELECT line_no, kind, sku, net, tax, gross FROM entries "
    "WHERE order_id = :order_id ORDER BY line_no"
)
_GROSS = text(
    "SELECT order_id, sum(gross) FROM entries WHERE order_id = ANY(:ids) GROUP BY order_id"
)


@dataclass(frozen=True)
class StoredEntry:
    """An entry as it is listed; `kind` is `sale` or `correction`."""

    line_no: int
    kind: str
    sku: str | None
    net: Decimal
    tax: Decimal
    gross: Decimal


async def lock_account(session: AsyncSession, account: str) -> Decimal:
    """The account's running total; postings to one account take turns from here on."""
    total: Decimal = (await session.execute(_LOCK_ACCOUNT, {"name": account})).scalar_one()
    return total


async def set_running_total(session: AsyncSession, account: str, total: Decimal) -> None:
    """Store the running total of an account that is locked."""
    await session.execute(_SET_TOTAL, {"name": account, "total": total})


async def running_total(session: AsyncSession, account: str) -> Decimal | None:
    """The account's running total, or None where there is no such account."""
    return (await session.execute(_TOTAL, {"name": account})).scalar_one_or_none()


async def find_invoice(session: AsyncSession, order_id: int) -> Invoice | None:
    """An order's invoice, or None."""
    row = (await session.execute(_FIND, {"order_id": order_id})).mappings().one_or_none()
    return Invoice(**row) if row is not None else None


async def add_invoice(
    session: AsyncSession,
    *,
    order_id: int,
    user_id: int,
    account: str,
    fingerprint: str,
    settled_at: datetime,
    posting: Posting,
) -> Invoice:
    """Store an invoice and its entries."""
    values = {
        "order_id": order_id,
        "user_id": user_id,
        "account": account,
        "fingerprint": fingerprint,
        "net": posting.net,
        "tax": posting.tax,
        "gross": posting.gross,
        "settled_at": settled_at,
    }
    row = (await session.execute(_ADD_INVOICE, values)).mappings().one()
    names = ("line_no", "sku", "net", "tax", "gross", "balance")
    columns = {name: [getattr(entry, name) for entry in posting.entries] for name in names}
    await session.execute(_ADD_ENTRIES, {"order_id": order_id, **columns})
    return Invoice(**row)


async def add_correction(
    session: AsyncSession, order_id: int, amount: Decimal, balance: Decimal
) -> None:
    """Store an entry that adds `amount` to an invoiced order's tax."""
    values = {"order_id": order_id, "amount": amount, "balance": balance}
    await session.execute(_ADD_CORRECTION, values)


async def entries_of(session: AsyncSession, order_id: int) -> list[StoredEntry]:
    """An order's entries, in their order."""
    rows = await session.execute(_ENTRIES, {"order_id": order_id})
    return [StoredEntry(**row) for row in rows.mappings()]


async def gross_by_order(session: AsyncSession, order_ids: Collection[int]) -> dict[int, Decimal]:
    """What the ledger holds for each of `order_ids`, corrections included, in one statement."""
    rows = await session.execute(_GROSS, {"ids": list(order_ids)})
    return dict(rows.tuples().all())
