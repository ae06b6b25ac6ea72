"""The shop's dashboards, read from the files that Grafana reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import BadFile, UnknownName
from harness.paths import REPO

FOLDER = REPO / "grafana" / "dashboards"
FIRST = "drill"
"""The one that everybody in the room looks at: it comes before the others."""


def dashboards(folder: Path = FOLDER) -> list[dict[str, str]]:
    """Every dashboard's `uid title description`, the one for the room first, then by title."""
    found = _read(folder).values()
    listed = [
        {"uid": one["uid"], "title": one["title"], "description": one.get("description", "")}
        for one in found
    ]
    return sorted(listed, key=lambda one: (one["uid"] != FIRST, one["title"]))


def dashboard(uid: str, folder: Path = FOLDER) -> dict[str, Any]:
    """One dashboard as Grafana's JSON. Raises UnknownName, BadFile."""
    found = _read(folder)
    if uid not in found:
        raise UnknownName("dashboard", uid, found)
    return found[uid]


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    """uid → dashboard. The uid is looked up in what was read: it never becomes a path."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            found[str(content["uid"])] = content
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadFile(path, None, f"is no dashboard: {error}") from error
    return found
