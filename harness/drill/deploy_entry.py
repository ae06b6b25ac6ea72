"""One line of the deploy log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DeployEntry:
    """One line of the deploy log, from before the drill or during it."""

    at: datetime
    deploy_id: str
    service: str
    version_from: str
    version_to: str
    commit: str
    kind: str
    by: str
    summary: str
    outcome: str
    error: str = ""
