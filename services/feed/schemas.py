"""Feeds as they cross the wire."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from services.feed.domain import Mode


class ItemOut(BaseModel):
    """A product."""

    model_config = ConfigDict(from_attributes=True)

    sku: str
    name: str
    category: str


class FeedOut(BaseModel):
    """A feed; degraded unless `mode` is `personalised`."""

    model_config = ConfigDict(from_attributes=True)

    mode: Mode
    items: list[ItemOut]


class FlagIn(BaseModel):
    """The new state of a flag."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool


class FlagsOut(BaseModel):
    """All feature flags."""

    flags: dict[str, bool]
