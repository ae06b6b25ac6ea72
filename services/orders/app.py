"""Wiring of orders.

By hand: `DATABASE_URL=… USERS_URL=… uvicorn services.orders.app:create_app --factory --port 8001`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.chassis.app import create_service
from services.chassis.db import Database
from services.chassis.http import PeerClient
from services.orders.history import History
from services.orders.invoicing import Invoicing
from services.orders.peers import Assistant, Availability, Billing, Campaigns, Payments, Users
from services.orders.placement import Peers, Placement
from services.orders.routes import build_router
from services.orders.settings import Settings
from services.orders.summaries import Summaries


def create_app() -> FastAPI:
    """The application, as the environment configures it."""
    settings = Settings()
    db = Database(
        settings.require_database_url(),
        pool_size=settings.pool_size * settings.capacity_units,
    )

    def client(name: str, timeout_ms: int) -> PeerClient:
        return PeerClient(
            name,
            settings.peer_url(name),
            connect_timeout_ms=settings.connect_timeout_ms,
            read_timeout_ms=timeout_ms,
        )

    clients = {
        "assistant": client("assistant", settings.assistant_timeout_ms),
        "users": client("users", settings.users_timeout_ms),
        "a": client("a", settings.availability_timeout_ms),
        "c": client("c", settings.campaigns_timeout_ms),
        "billing": client("billing", settings.billing_timeout_ms),
        "payments": client("payments", settings.payments_timeout_ms),
    }
    users, availability = Users(clients["users"]), Availability(clients["a"])
    billing, payments = Billing(clients["billing"]), Payments(clients["payments"])
    summaries = Summaries(db, Assistant(clients["assistant"]))
    invoicing = Invoicing(db, billing)
    placement = Placement(
        db, Peers(users, availability, billing, payments), invoicing, settings.currency
    )
    history = History(db, users, Campaigns(clients["c"]))
    return create_service(
        settings,
        routers=[build_router(db, placement, history, availability, payments, summaries)],
        resources=[db.resource, *(c.resource for c in clients.values()), invoicing.resource],
        ready_checks=[db.check],
    )
