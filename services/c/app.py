"""The campaigns service, wired."""

from __future__ import annotations

from fastapi import FastAPI

from services.c.partners import Partners
from services.c.promotions import Promotions
from services.c.routes import build_router
from services.c.settings import Settings
from services.chassis.app import create_service
from services.chassis.blocking_db import BlockingDatabase
from services.chassis.blocking_http import BlockingPeerClient


def create_app() -> FastAPI:
    """The application, from the environment's settings."""
    settings = Settings()
    slots = settings.worker_slots * settings.capacity_units
    database = BlockingDatabase(settings.require_database_url(), pool_size=slots)
    partners = BlockingPeerClient(
        "partners",
        settings.peer_url("partners"),
        connect_timeout_ms=settings.connect_timeout_ms,
        read_timeout_ms=settings.peer_timeout_ms,
        pool_size=slots,
    )
    promotions = Promotions(database, Partners(partners))
    return create_service(
        settings,
        routers=[build_router(promotions)],
        resources=[database.resource, partners.resource],
        ready_checks=[database.check],
    )
