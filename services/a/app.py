"""The availability service, wired."""

from __future__ import annotations

from fastapi import FastAPI

from services.a.bundles import Bundles
from services.a.reservations import Reservations
from services.a.routes import build_router
from services.a.settings import Settings
from services.a.warehouse import Warehouse
from services.chassis.app import create_service
from services.chassis.blocking_db import BlockingDatabase
from services.chassis.blocking_http import BlockingPeerClient


def create_app() -> FastAPI:
    """The application, from the environment's settings."""
    settings = Settings()
    slots = settings.worker_slots * settings.capacity_units
    database = BlockingDatabase(settings.require_database_url(), pool_size=slots)
    warehouse, bundles = (
        BlockingPeerClient(
            name,
            settings.peer_url(name),
            connect_timeout_ms=settings.connect_timeout_ms,
            read_timeout_ms=settings.peer_timeout_ms,
            pool_size=slots,
        )
        for name in ("warehouse", "b")
    )
    reservations = Reservations(database, Warehouse(warehouse))
    return create_service(
        settings,
        routers=[build_router(reservations, Bundles(bundles))],
        resources=[database.resource, warehouse.resource, bundles.resource],
        ready_checks=[database.check],
    )
