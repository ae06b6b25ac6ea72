"""What goes over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.gateway.domain import Level

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class LineIn(BaseModel):
    """A line of a basket."""

    model_config = ConfigDict(extra="forbid")

    sku: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=1000)]


class BasketIn(BaseModel):
    """A customer's basket."""

    model_config = ConfigDict(extra="forbid")

    user_id: Id
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=50)]


class FlagIn(BaseModel):
    """The new state of a flag."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool


class FlagsOut(BaseModel):
    """All feature flags."""

    flags: dict[str, bool]


class BannerIn(BaseModel):
    """A new banner; an empty message takes the banner down."""

    model_config = ConfigDict(extra="forbid")

    level: Level = Level.INFO
    message: Annotated[str, Field(max_length=280)]


class ShownBanner(BaseModel):
    """The banner that customers see."""

    model_config = ConfigDict(from_attributes=True)

    level: Level
    message: str
    since: datetime


class BannerOut(BaseModel):
    """The banner, or null where there is none."""

    banner: ShownBanner | None
