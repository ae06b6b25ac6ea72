"""For all tests: those that need a Docker engine say so by the marker `engine`."""

from __future__ import annotations

import os

import pytest

from tests.engine import REQUIRED, why_not


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs an engine where none answers; fail it where it is required."""
    if item.get_closest_marker("engine") is None or not (why := why_not()):
        return
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"this test must run here, and cannot: {why}", pytrace=False)
    pytest.skip(why)
