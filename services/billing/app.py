"""Wiring of billing.

By hand: `DATABASE_URL=… PAYMENTS_URL=… uvicorn services.billing.app:create_app --factory
--port 8003`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.billing.ledger import Ledger
from services.billing.reconciliation import Reconciler
from services.billing.routes import build_routers
from services.billing.settings import Settings
from services.chassis.app import create_service
from services.chassis.db import Database
from services.chassis.http import PeerClient


def create_app() -> FastAPI:
    """The application, as the environment configures it."""
    settings = Settings()
    db = Database(
        settings.require_database_url(),
        pool_size=settings.pool_size * settings.capacity_units,
    )
    payments = PeerClient(
        "payments",
        settings.peer_url("payments"),
        connect_timeout_ms=1000,
        read_timeout_ms=settings.payments_timeout_ms,
    )
    reconciler = Reconciler(db, payments, interval_ms=settings.reconciliation_interval_ms)
    return create_service(
        settings,
        routers=build_routers(db, Ledger(db), reconciler),
        resources=[db.resource, payments.resource, reconciler.resource],
        ready_checks=[db.check],
    )
