"""What the responder saw of real drills, cut down, and the pieces to make up others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECORDINGS = Path(__file__).with_name("recordings")

Recorded = Callable[[str], dict[str, Any]]


@pytest.fixture
def recorded() -> Recorded:
    """The answers of the API in one of the recorded drills, fresh each time."""

    def load(name: str) -> dict[str, Any]:
        raw: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text())
        return raw

    return load
