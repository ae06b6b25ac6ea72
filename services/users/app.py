"""Wiring of users.

By hand: `DATABASE_URL=… uvicorn services.users.app:create_app --factory --port 8004`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.chassis.app import create_service
from services.chassis.db import Database
from services.users.routes import build_router
from services.users.settings import Settings


def create_app() -> FastAPI:
    """The application, as the environment configures it."""
    settings = Settings()
    db = Database(
        settings.require_database_url(),
        pool_size=settings.pool_size * settings.capacity_units,
    )
    return create_service(
        settings,
        routers=[build_router(db)],
        resources=[db.resource],
        ready_checks=[db.check],
    )
