"""The command line's way to the hub: where one signed in, or of this home as its owner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.cli.profiles import Profile, kept_profile, named_profile, place_of
from harness.drill_client import DrillClient
from harness.errors import EnvironmentMissing, NotAllowed
from harness.paths import home_dir

FOLDER = "hub"
"""In a home: everything that a hub keeps."""
OWNER = "owner"


def hub_home() -> Path:
    """Where the hub of this home keeps its files."""
    return home_dir() / FOLDER


def hub_url() -> str:
    """What people call the hub that is meant. Raises EnvironmentMissing where there is none."""
    elsewhere = _elsewhere()
    return elsewhere.place.url if elsewhere else str(_announced()["public_url"])


def hub_client() -> DrillClient:
    """A client of the hub that is meant: the one that the environment names, the one of this home,
    or the one where this user signed in. Raises EnvironmentMissing and NotAllowed."""
    return hub_profile().client()


def hub_profile() -> Profile:
    """Who one is at the hub that is meant. Raises EnvironmentMissing and NotAllowed."""
    return _elsewhere() or _owner()


def _elsewhere() -> Profile | None:
    if (named := named_profile()) is not None:
        return named
    return None if (hub_home() / "hub.json").exists() else kept_profile()


def _announced() -> dict[str, Any]:
    path = hub_home() / "hub.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {"public_url": found["url"], "fingerprint": "", **found}
    except PermissionError:
        raise NotAllowed(
            f"you may not read {path}", "the hub is another user's: open it in a browser"
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise EnvironmentMissing(
            "no hub is running", "start one with: make serve; or sign in at one: drill login INVITE"
        ) from None


def _owner() -> Profile:
    """Who started the hub of this home."""
    found = _announced()
    path = hub_home() / "owner.token"
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError:
        raise NotAllowed(f"you may not read {path}", "ask the hub's owner") from None
    return Profile(OWNER, place_of(found["url"], found["fingerprint"]), token, person=OWNER)
