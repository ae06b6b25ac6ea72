"""What a built workspace consists of, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harness.model import BuiltRelease, PlannedRelease
from harness.record.deploys import Deploy


@dataclass(frozen=True)
class ReleaseNotes:
    """The commit that a version is."""

    service: str
    version: str
    commit: str
    subject: str
    body: str
    author_name: str
    author_email: str
    authored_at: datetime


@dataclass(frozen=True)
class BuiltShop:
    """The shop's repositories and checkouts as the drill begins."""

    git_dir: Path
    """Bare, ours; the participants' clone has it as its origin."""
    workspace: Path
    releases: dict[tuple[str, str], BuiltRelease]
    """(service, version) → release, of every version that can be deployed."""
    initial: dict[str, BuiltRelease]
    """Service → what runs when the shop comes up."""
    live: tuple[PlannedRelease, ...]
    """What is deployed during the drill, in that order."""
    log: tuple[Deploy, ...]
    """What was deployed before the drill, oldest first."""
