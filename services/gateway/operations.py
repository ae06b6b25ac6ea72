"""What operations may do: switch feature flags and set the banner."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header
from pydantic import SecretStr

from services.chassis.errors import Problem
from services.gateway.domain import Banner, Storefront, UnknownFlag
from services.gateway.schemas import BannerIn, BannerOut, FlagIn, FlagsOut, ShownBanner

log = structlog.stdlib.get_logger(__name__)


def build_router(storefront: Storefront, token: SecretStr | None) -> APIRouter:
    """The internal routes; each wants `Authorization: Bearer <token>`."""

    async def authorise(authorization: Annotated[str, Header()] = "") -> None:
        if token is None or not hmac.compare_digest(
            authorization.encode(), f"Bearer {token.get_secret_value()}".encode()
        ):
            raise Problem(403, "Not allowed", "this is for operations only")

    router = APIRouter(prefix="/internal", dependencies=[Depends(authorise)])

    @router.put("/flags/{name}")
    async def switch_flag(name: str, state: FlagIn) -> FlagsOut:
        """Switch a feature flag."""
        try:
            storefront.switch(name, enabled=state.enabled)
        except UnknownFlag as unknown:
            raise Problem(404, "No such flag", str(unknown)) from unknown
        log.info("feature flag switched", flag=name, enabled=state.enabled)
        return FlagsOut(flags=storefront.flags)

    @router.put("/banner")
    async def set_banner(wanted: BannerIn) -> BannerOut:
        """Set the banner; an empty message takes it down."""
        message = wanted.message.strip()
        banner = Banner(wanted.level, message, datetime.now(UTC)) if message else None
        storefront.banner = banner
        log.info("banner set", banner_level=wanted.level.value, message_length=len(message))
        return BannerOut(banner=ShownBanner.model_validate(banner) if banner else None)

    return router
