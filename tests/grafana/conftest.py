"""Where the tests find promtool."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.runtime.programs.external import ensure


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Found or fetched; without it the tests fail, saying how to get it."""
    return ensure("promtool")
