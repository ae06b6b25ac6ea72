"""What the shop knows of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Tier(StrEnum):
    """Loyalty tiers, lowest first."""

    STANDARD = "standard"
    SILVER = "silver"
    GOLD = "gold"


@dataclass(frozen=True)
class Profile:
    """A customer's profile."""

    id: int
    name: str
    email: str
    city: str
    joined_on: date
    tier: Tier
