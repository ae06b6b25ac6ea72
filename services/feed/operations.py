"""What operations may do: read the feature flags, and switch them."""

from __future__ import annotations

import hmac
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import SecretStr

from services.chassis.errors import Problem
from services.feed.flags import FlagBoard, UnknownFlag
from services.feed.schemas import FlagIn, FlagsOut


def build_operations(flags: FlagBoard, token: SecretStr | None) -> APIRouter:
    """`/flags`; switching one wants `Authorization: Bearer <token>`."""

    async def authorise(authorization: Annotated[str, Header()] = "") -> None:
        if token is None or not hmac.compare_digest(
            authorization.encode(), f"Bearer {token.get_secret_value()}".encode()
        ):
            raise Problem(403, "Not allowed", "this is for operations only")

    router = APIRouter(prefix="/flags")

    @router.get("")
    async def show_flags() -> FlagsOut:
        """All feature flags of the feed."""
        return FlagsOut(flags=asdict(flags.now))

    @router.put("/{name}", dependencies=[Depends(authorise)])
    async def switch_flag(name: str, state: FlagIn) -> FlagsOut:
        """Switch a feature flag, until it is switched again."""
        try:
            await flags.switch(name, enabled=state.enabled)
        except UnknownFlag as unknown:
            raise Problem(404, "No such flag", str(unknown)) from unknown
        return FlagsOut(flags=asdict(flags.now))

    return router
