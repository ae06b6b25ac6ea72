"""HTTP in and out of billing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.billing import discrepancies, store
from services.billing.ledger import Ledger
from services.billing.quotes import quote_lines
from services.billing.reconciliation import Reconciler
from services.billing.schemas import (
    AccountOut,
    CorrectionOut,
    CorrectionsIn,
    CorrectionsOut,
    DiscrepancyOut,
    EntryOut,
    InvoiceIn,
    InvoiceOut,
    InvoiceWithEntriesOut,
    QuoteIn,
    QuoteOut,
    ReconciliationOut,
    RunOut,
)
from services.chassis.db import Database
from services.chassis.errors import Problem


def build_routers(db: Database, ledger: Ledger, reconciler: Reconciler) -> list[APIRouter]:
    """The routes of billing."""
    return [_invoicing(db, ledger), _reconciliation(db, ledger, reconciler)]


def _invoicing(db: Database, ledger: Ledger) -> APIRouter:
    router = APIRouter()

    @router.post("/quotes")
    async def create_quote(wanted: QuoteIn) -> QuoteOut:
        """Tax per line and totals; nothing is stored."""
        return QuoteOut.model_validate(quote_lines([line.to_domain() for line in wanted.lines]))

    @router.post("/invoices", status_code=201)
    async def create_invoice(paid: InvoiceIn) -> InvoiceOut:
        """Post a paid order to the ledger; posting it again is answered with the first invoice."""
        lines = [line.to_domain() for line in paid.lines]
        invoice = await ledger.post_invoice(paid.order_id, paid.user_id, lines, paid.settled_at)
        return InvoiceOut.model_validate(invoice)

    @router.get("/invoices/{order_id}")
    async def get_invoice(
        order_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    ) -> InvoiceWithEntriesOut:
        """An order's invoice; 404 where it has none."""
        async with db.reading() as session:
            invoice = await store.find_invoice(session, order_id)
            entries = await store.entries_of(session, order_id)
        if invoice is None:
            raise Problem(404, "No such invoice", f"order {order_id} has no invoice")
        listed = [EntryOut.model_validate(entry) for entry in entries]
        return InvoiceWithEntriesOut(
            **InvoiceOut.model_validate(invoice).model_dump(), entries=listed
        )

    @router.get("/accounts/{account}/total")
    async def get_account_total(account: str) -> AccountOut:
        """An account's running total; 404 where there is no such account."""
        async with db.reading() as session:
            total = await store.running_total(session, account)
        if total is None:
            raise Problem(404, "No such account", f"there is no account {account}")
        return AccountOut(account=account, running_total=total)

    return router


def _reconciliation(db: Database, ledger: Ledger, reconciler: Reconciler) -> APIRouter:
    router = APIRouter()

    @router.post("/reconciliation/runs")
    async def run_reconciliation() -> RunOut:
        """Compare the ledger with payments now."""
        return RunOut.model_validate(await reconciler.run())

    @router.get("/reconciliation")
    async def list_discrepancies() -> ReconciliationOut:
        """The orders on which ledger and payments disagree."""
        async with db.reading() as session:
            count, found = await discrepancies.list_open(session)
        listed = [DiscrepancyOut.model_validate(discrepancy) for discrepancy in found]
        return ReconciliationOut(count=count, discrepancies=listed)

    @router.post("/reconciliation/corrections")
    async def create_corrections(wanted: CorrectionsIn) -> CorrectionsOut:
        """Bring the ledger of some orders to what payments captured for them."""
        corrections = await ledger.correct(await reconciler.charged(wanted.order_ids))
        return CorrectionsOut(
            corrections=[CorrectionOut.model_validate(correction) for correction in corrections]
        )

    return router
