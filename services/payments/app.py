"""Wiring of payments.

By hand: `DATABASE_URL=… PAYMENT_PROVIDER_URL=… uvicorn services.payments.app:create_app --factory
--port 8002`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.chassis.app import create_service
from services.chassis.breaker import CircuitBreaker
from services.chassis.db import Database
from services.chassis.http import PeerClient
from services.payments.charging import Charging
from services.payments.provider import PEER, Provider
from services.payments.routes import build_router
from services.payments.settings import Settings
from services.payments.timeouts import read_timeouts

KEEP_ALIVE_S = 30.0
"""A new connection to the provider is dear: two round trips for TLS, far away."""


def create_app() -> FastAPI:
    """The application, as the environment and timeouts.toml configure it."""
    settings, timeouts = Settings(), read_timeouts()
    db = Database(
        settings.require_database_url(),
        pool_size=settings.pool_size * settings.capacity_units,
    )
    client = PeerClient(
        PEER,
        settings.payment_provider_url,
        connect_timeout_ms=timeouts.provider_connect_timeout_ms,
        read_timeout_ms=timeouts.provider_read_timeout_ms,
        ssl_ca_file=settings.payment_provider_ca_file,
        keep_alive_s=KEEP_ALIVE_S,
    )
    breaker = CircuitBreaker(
        PEER, failures=settings.breaker_failures, reset_ms=settings.breaker_reset_ms
    )
    charging = Charging(db, Provider(client, breaker, timeouts))
    return create_service(
        settings,
        routers=[build_router(db, charging)],
        resources=[db.resource, client.resource],
        ready_checks=[db.check],
    )
