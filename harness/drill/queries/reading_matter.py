"""What a team reads beside its signals: runbooks of alerts, and the files that phases unlock."""

from __future__ import annotations

from pathlib import Path

from harness.drill.outputs.incident_files import folder_of
from harness.drill.spec import DrillSpec
from harness.errors import BadFile, UnknownName
from harness.paths import REPO

FOLDER = REPO / "docs" / "runbooks"
FILE_MAX_BYTES = 500_000
"""Longer ones are cut: a page shows the beginning, the file is in the drill's folder."""


def runbooks(folder: Path = FOLDER) -> list[dict[str, str]]:
    """Every runbook, by the alert that it is for, as Markdown without its heading."""
    return [
        {"alert": path.stem, "text": _body(path.read_text(encoding="utf-8"))}
        for path in sorted(folder.glob("*.md"))
    ]


def unlocked_file(spec: DrillSpec, name: str) -> dict[str, str]:
    """A file that a phase has unlocked. The name is looked up in what is there: it never becomes a
    path. Raises UnknownName, BadFile."""
    found = {path.name: path for path in folder_of(spec).glob("*") if path.is_file()}
    if name not in found:
        raise UnknownName("file", name, found)
    try:
        with found[name].open("rb") as opened:
            text = opened.read(FILE_MAX_BYTES).decode(errors="replace")
    except OSError as error:
        raise BadFile(found[name], None, f"cannot be read: {error}") from error
    return {"name": name, "text": text}


def _body(markdown: str) -> str:
    first, _, rest = markdown.partition("\n")
    return rest.strip() if first.startswith("# ") else markdown.strip()
