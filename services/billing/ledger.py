"""Posting to the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from services.billing import discrepancies, store
from services.billing.domain import SALES_ACCOUNT, Invoice, Line, Posting, fingerprint, post_lines
from services.chassis.db import Database
from services.chassis.errors import Problem

log = structlog.stdlib.get_logger(__name__)

SUMMARY_EVERY = 25
"""Invoices between two lines with the running total in the log."""


@dataclass(frozen=True)
class Correction:
    """What was added to an order's ledger."""

    order_id: int
    amount: Decimal


class Ledger:
    """Posts invoices and corrections to the sales account."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._posted = 0

    async def post_invoice(
        self, order_id: int, user_id: int, lines: Sequence[Line], settled_at: datetime
    ) -> Invoice:
        """Post an order once; posting it again returns the first invoice.

        Raises Problem (422) where the order was posted with other lines.
        """
        identity = fingerprint(user_id, lines)
        async with self._db.session() as session:
            total = await store.lock_account(session, SALES_ACCOUNT)
            invoice = await store.find_invoice(session, order_id)
            if invoice is not None:
                _require_same(invoice, identity)
                return invoice
            posting = post_lines(lines, total)
            invoice = await store.add_invoice(
                session,
                order_id=order_id,
                user_id=user_id,
                account=SALES_ACCOUNT,
                fingerprint=identity,
                settled_at=settled_at,
                posting=posting,
            )
            await store.set_running_total(session, SALES_ACCOUNT, posting.running_total)
        self._log_posting(order_id, posting)
        return invoice

    async def correct(self, charged: Mapping[int, Decimal]) -> list[Correction]:
        """Bring each order's ledger to what was charged; orders without an invoice are left out.

        Doing it again changes nothing.
        """
        corrections = []
        async with self._db.session() as session:
            total = await store.lock_account(session, SALES_ACCOUNT)
            ledger = await store.gross_by_order(session, charged)
            for order_id in sorted(ledger):
                amount = charged[order_id] - ledger[order_id]
                if amount:
                    total += amount
                    await store.add_correction(session, order_id, amount, total)
                    corrections.append(Correction(order_id, amount))
            await store.set_running_total(session, SALES_ACCOUNT, total)
            await discrepancies.resolve(session, ledger)
        for correction in corrections:
            log.info("ledger corrected", order_id=correction.order_id, amount=correction.amount)
        return corrections

    def _log_posting(self, order_id: int, posting: Posting) -> None:
        for entry in posting.entries:
            log.debug(
                "entry posted",
                order_id=order_id,
                line_no=entry.line_no,
                net=entry.net,
                tax=entry.tax,
                gross=entry.gross,
                running_total=f"{entry.balance:.6f}",
            )
        self._posted += 1
        if self._posted % SUMMARY_EVERY == 0:
            log.info(
                "ledger posted",
                account=SALES_ACCOUNT,
                invoices=self._posted,
                running_total=f"{posting.running_total:.6f}",
            )


def _require_same(invoice: Invoice, identity: str) -> None:
    if invoice.fingerprint != identity:
        detail = f"order {invoice.order_id} was posted with other lines"
        raise Problem(422, "Invoice posted already", detail)
