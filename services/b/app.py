"""The bundles service, wired."""

from __future__ import annotations

from fastapi import FastAPI

from services.b.campaigns import Campaigns
from services.b.carrier import Carrier
from services.b.pricing import Pricing
from services.b.routes import build_router
from services.b.settings import Settings
from services.chassis.app import create_service
from services.chassis.blocking_db import BlockingDatabase
from services.chassis.blocking_http import BlockingPeerClient


def create_app() -> FastAPI:
    """The application, from the environment's settings."""
    settings = Settings()
    slots = settings.worker_slots * settings.capacity_units
    database = BlockingDatabase(settings.require_database_url(), pool_size=slots)
    carrier, campaigns = (
        BlockingPeerClient(
            name,
            settings.peer_url(name),
            connect_timeout_ms=settings.connect_timeout_ms,
            read_timeout_ms=settings.peer_timeout_ms,
            pool_size=slots,
        )
        for name in ("carrier", "c")
    )
    pricing = Pricing(database, Carrier(carrier), Campaigns(campaigns))
    return create_service(
        settings,
        routers=[build_router(pricing, settings.currency)],
        resources=[database.resource, carrier.resource, campaigns.resource],
        ready_checks=[database.check],
    )
