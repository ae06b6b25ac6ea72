"""Wiring of assistant.

By hand: `DATABASE_URL=… MODEL_PROVIDER_URL=… uvicorn services.assistant.app:create_app --factory
--port 8007`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.assistant.model import PEER, Model
from services.assistant.rankings import Rankings
from services.assistant.routes import build_router
from services.assistant.settings import Settings
from services.assistant.summaries import Summaries
from services.assistant.workers import Workers
from services.chassis.app import create_service
from services.chassis.breaker import CircuitBreaker
from services.chassis.db import Database
from services.chassis.http import PeerClient

RANKING_BREAKER = "model-provider-rankings"
"""Of its own: rankings that miss their short budget must not keep summaries from the model."""


def create_app() -> FastAPI:
    """The application, as the environment configures it."""
    settings = Settings()
    db = Database(
        settings.require_database_url(),
        pool_size=settings.pool_size * settings.capacity_units,
    )
    patient = _client(settings, settings.summary_timeout_ms)
    hasty = _client(settings, settings.ranking_timeout_ms)
    summaries = Summaries(
        db, _model(settings, patient, PEER, settings.summary_max_tokens), settings
    )
    rankings = Rankings(_model(settings, hasty, RANKING_BREAKER, settings.ranking_max_tokens))
    workers = Workers(
        db,
        summaries.attempt,
        count=settings.workers * settings.capacity_units,
        lease_ms=settings.lease_ms,
        poll_ms=settings.poll_ms,
    )
    return create_service(
        settings,
        routers=[build_router(db, rankings, workers.wake)],
        resources=[db.resource, patient.resource, hasty.resource, workers.resource],
        ready_checks=[db.check],
    )


def _client(settings: Settings, read_timeout_ms: int) -> PeerClient:
    return PeerClient(
        PEER,
        settings.model_provider_url,
        connect_timeout_ms=settings.connect_timeout_ms,
        read_timeout_ms=read_timeout_ms,
    )


def _model(settings: Settings, client: PeerClient, breaker: str, max_tokens: int) -> Model:
    guard = CircuitBreaker(
        breaker, failures=settings.breaker_failures, reset_ms=settings.breaker_reset_ms
    )
    return Model(client, guard, model=settings.model, max_tokens=max_tokens)
