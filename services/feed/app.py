"""Wiring of feed.

By hand: `DATABASE_URL=… ASSISTANT_URL=… GATEWAY_URL=… uvicorn services.feed.app:create_app
--factory --port 8006`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.chassis.app import create_service
from services.chassis.db import Database
from services.chassis.http import PeerClient
from services.feed.feeds import Feeds
from services.feed.flags import FlagWatch
from services.feed.ranker import PEER, Ranker
from services.feed.routes import build_router
from services.feed.settings import Settings


def create_app() -> FastAPI:
    """The application, as the environment configures it."""
    settings = Settings()
    units = settings.capacity_units
    db = Database(settings.require_database_url(), pool_size=settings.pool_size * units)
    assistant = _client(settings, PEER, settings.ranking_timeout_ms)
    gateway = _client(settings, "gateway", settings.flags_timeout_ms)
    flags = FlagWatch(gateway, settings.flags_every_ms)
    feeds = Feeds(db, Ranker(assistant, settings.rankings_in_flight_max * units), settings)
    return create_service(
        settings,
        routers=[build_router(feeds, flags, settings.requests_in_flight_max * units)],
        resources=[db.resource, assistant.resource, gateway.resource, flags.resource],
        ready_checks=[db.check],
    )


def _client(settings: Settings, peer: str, read_timeout_ms: int) -> PeerClient:
    return PeerClient(
        peer,
        settings.peer_url(peer),
        connect_timeout_ms=settings.connect_timeout_ms,
        read_timeout_ms=read_timeout_ms,
    )
