"""Wiring of the gateway.

By hand: `ORDERS_URL=… USERS_URL=… FEED_URL=… uvicorn services.gateway.app:create_app --factory
--port 8000`
"""

from __future__ import annotations

from fastapi import FastAPI

from services.chassis.app import create_service
from services.chassis.http import PeerClient
from services.gateway import operations, pages, routes
from services.gateway.domain import Storefront
from services.gateway.peers import Feed, Orders, Users
from services.gateway.settings import Settings


def create_app() -> FastAPI:
    """The application, as the environment configures it."""
    settings = Settings()

    def client(name: str, timeout_ms: int) -> PeerClient:
        return PeerClient(
            name,
            settings.peer_url(name),
            connect_timeout_ms=settings.connect_timeout_ms,
            read_timeout_ms=timeout_ms,
        )

    orders_client = client("orders", settings.default_timeout_ms)
    checkout_client = client("orders", settings.checkout_timeout_ms)
    users_client = client("users", settings.default_timeout_ms)
    feed_client = client("feed", settings.feed_timeout_ms)
    orders, users = Orders(orders_client, checkout_client), Users(users_client)
    storefront = Storefront()
    return create_service(
        settings,
        routers=[
            routes.build_router(orders, users, Feed(feed_client), storefront),
            operations.build_router(storefront, settings.operations_token),
            pages.build_router(),
        ],
        resources=[
            orders_client.resource,
            checkout_client.resource,
            users_client.resource,
            feed_client.resource,
        ],
    )
