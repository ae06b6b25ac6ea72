"""What a check that an earlier drill's action item was bound to said of a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.record.events import Event

GuardVerdict = Literal["passed", "objected", "unknown"]
"""Nothing to object; an objection; it could not be told."""


@dataclass(frozen=True)
class GuardChecked(Event, type="guard.checked"):
    """One check of one release. It warns: the release goes on."""

    check: str
    item_id: str
    """The action item that it is bound to, of the drill `from_drill`."""
    from_drill: str
    service: str
    version: str
    verdict: GuardVerdict
    why: str
