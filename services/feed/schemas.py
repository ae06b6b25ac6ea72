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
