"""One request of the load, and who makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Visit:
    """One request, and who makes it: a customer's or an agent's name, counted when it fails."""

    who: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    at_stake: float = 0.0
    """Revenue that is lost where this fails, in currency units."""
    about: int | str | None = None
    """The customer or order that the answer must name; None where nothing is known of it."""
