"""Profiles as they cross the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.users.domain import Tier

UserId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ProfileOut(BaseModel):
    """One profile."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    email: str
    city: str
    joined_on: date
    tier: Tier


class LookupIn(BaseModel):
    """Whose profiles are asked for; an id given twice is looked up once."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[UserId], Field(min_length=1, max_length=500)]


class LookupOut(BaseModel):
    """The profiles that exist, by ascending id; unknown ids are simply absent."""

    users: list[ProfileOut]
