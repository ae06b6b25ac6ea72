"""Reading a page of Markdown: its sections, tables and code spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FOLDERS = (
    "compose/", "docs/", "faults/", "grafana/", "harness/",
    "loadgen/", "services/", "tests/", "tools/",
)  # fmt: skip
"""How a path of the repository begins; what a drill makes (`var/`) is not there to be found."""


def section(page: str, heading: str) -> str:
    """The text below `## heading`, up to the next heading of that level; empty without one."""
    wanted = rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)"
    found = re.search(wanted, page, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def table(text: str, first: str) -> Iterator[list[str]]:
    """The cells of each row of the tables whose first column is headed `first`."""
    is_wanted = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            is_wanted = False
        elif cells[0] == first:
            is_wanted = True
        elif is_wanted and not line.startswith("| ---"):
            yield [cell.strip("| ") for cell in cells]


def spans(text: str) -> list[str]:
    """The code spans of a text, those of fenced blocks left out."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`]+)`", prose)


def missing_paths(page: str) -> list[str]:
    """Files and folders of the repository that a page names and that do not exist."""
    named = {one for one in spans(page) if one.startswith(FOLDERS)}
    # A pattern names many, a command has words, and an image of containers has a tag.
    paths = {one for one in named if not re.search(r"[<*\s:]", one)}
    return sorted(one for one in paths if not (ROOT / one).exists())
