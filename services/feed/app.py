"""Wiring of feed.

By hand: `DATABASE_URL=… ASSISTANT_URL=… uvicorn services.feed.app:create_app --factory --port 8006`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.chassis.app import create_service
from services.chassis.db import Database
from services.chassis.http import PeerClient
from services.feed.feeds import Feeds
from services.feed.flags import FlagBoard
from services.feed.operations import build_operations
from services.feed.ranker import PEER, Ranker
from services.feed.routes import build_router
from services.feed.settings import Settings


def create_app() -> FastAPI:
    """The application, as the environment configures it."""
    settings = Settings()
    units = settings.capacity_units
    db = Database(settings.require_database_url(), pool_size=settings.pool_size * units)
    assistant = PeerClient(
        PEER,
        settings.peer_url(PEER),
        connect_timeout_ms=settings.connect_timeout_ms,
        read_timeout_ms=settings.ranking_timeout_ms,
    )
    flags = FlagBoard(db)
    ranker = Ranker(assistant, settings.rankings_at_a_time * units, settings.ranking_wait_ms)
    feeds = Feeds(db, ranker, settings)
    return create_service(
        settings,
        routers=[
            build_router(feeds, flags, settings.requests_in_flight_max * units),
            build_operations(flags, settings.operations_token),
        ],
        resources=[db.resource, assistant.resource, ranker.resource, flags.resource],
        ready_checks=[db.check],
    )
