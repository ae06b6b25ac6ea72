"""The command line's way to the hub of this machine, as its owner."""

from __future__ import annotations

import json
from pathlib import Path

from harness.drill_client import DrillClient
from harness.errors import EnvironmentMissing, NotAllowed
from harness.paths import home_dir

FOLDER = "hub"
"""In a home: everything that a hub keeps."""


def hub_home() -> Path:
    """Where the hub of this home keeps its files."""
    return home_dir() / FOLDER


def hub_url() -> str:
    """Where the hub answers. Raises EnvironmentMissing where none runs from this home."""
    path = hub_home() / "hub.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["url"])
    except PermissionError:
        raise NotAllowed(
            f"you may not read {path}", "the hub is another user's: open it in a browser"
        ) from None
    except (OSError, ValueError, KeyError):
        raise EnvironmentMissing("no hub is running", "start one with: make serve") from None


def hub_client() -> DrillClient:
    """A client of the hub as its owner. Raises EnvironmentMissing and NotAllowed."""
    url = hub_url()
    path = hub_home() / "owner.token"
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError:
        raise NotAllowed(f"you may not read {path}", "ask the hub's owner") from None
    return DrillClient(url, token, drill="the hub")
