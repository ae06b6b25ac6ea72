"""The public API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query

from services.chassis.errors import Problem
from services.gateway.domain import Storefront
from services.gateway.peers import Feed, Orders, Users
from services.gateway.schemas import BannerOut, BasketIn, FlagsOut, Id, ShownBanner

KEY_LENGTH_MAX = 255
USERS_MAX = 100


def build_router(orders: Orders, users: Users, feed: Feed, storefront: Storefront) -> APIRouter:
    """What customers' browsers and apps, and the support desk, may call."""
    router = APIRouter(prefix="/api")

    @router.post("/checkout", status_code=201)
    async def check_out(
        basket: BasketIn, idempotency_key: Annotated[str | None, Header()] = None
    ) -> Any:
        """Place an order. The same Idempotency-Key again is answered with the first order."""
        return await orders.place(basket.model_dump(), _checked(idempotency_key))

    @router.post("/basket")
    async def price_basket(basket: BasketIn) -> Any:
        """Price a basket; nothing is stored or reserved."""
        return await orders.price(basket.model_dump())

    @router.get("/history")
    async def history(
        user_id: Annotated[list[Id], Query(min_length=1, max_length=USERS_MAX)],
    ) -> Any:
        """The newest orders of one customer, or of many for the support desk."""
        return await orders.history(user_id)

    @router.get("/track/{order_id}")
    async def track(order_id: Annotated[Id, Path()]) -> Any:
        """Where an order stands, and its payment."""
        return await orders.track(order_id)

    @router.get("/summary/{order_id}")
    async def summary(order_id: Annotated[Id, Path()]) -> Any:
        """An order in a sentence or two."""
        return await orders.summary(order_id)

    @router.get("/feed")
    async def home_feed(user_id: Annotated[Id, Query()]) -> Any:
        """What the home page shows to a customer."""
        return await feed.of(user_id)

    @router.get("/account/{user_id}")
    async def account(user_id: Annotated[Id, Path()]) -> Any:
        """A customer's profile."""
        return await users.profile(user_id)

    @router.get("/flags")
    async def flags() -> FlagsOut:
        """All feature flags."""
        return FlagsOut(flags=storefront.flags)

    @router.get("/banner")
    async def banner() -> BannerOut:
        """What customers are told at the moment."""
        shown = storefront.banner
        return BannerOut(banner=ShownBanner.model_validate(shown) if shown else None)

    return router


def _checked(key: str | None) -> str:
    if not key:
        raise Problem(400, "Idempotency-Key missing", "send one with every checkout")
    if len(key) > KEY_LENGTH_MAX:
        raise Problem(400, "Idempotency-Key too long", f"at most {KEY_LENGTH_MAX} characters")
    return key
