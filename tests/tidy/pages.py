"""Reading a page of Markdown: its sections, tables and code spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


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
    """The code spans of a text."""
    return re.findall(r"`([^`]+)`", text)
