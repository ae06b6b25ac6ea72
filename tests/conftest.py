"""For all tests: those that need a Docker engine say so by the marker `engine`."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.engine import REQUIRED, why_not
from tests.pressure import UnderPressure

WHOLE_SHOPS = frozenset({"containers", "e2e"})
"""Folders whose tests start a shop."""


def pytest_configure(config: pytest.Config) -> None:
    """Whoever is told to end takes down the shops that it started, as after Ctrl-C. And an example
    may take as long as a busy machine makes it take: what is tested is what comes out."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A shell that starts the tests in the background lets them ignore it, and with them whatever
    # they start and mean to end by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile("shared machine", deadline=None)
    settings.load_profile("shared machine")
    if not hasattr(config, "workerinput"):  # one for all workers of a parallel run
        config.pluginmanager.register(UnderPressure())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a whole shop (`make test` goes by it), as whatever uses the engine does."""
    here = Path(__file__).parent
    for item in items:
        inside = item.path.relative_to(here).parts if item.path.is_relative_to(here) else ("",)
        if inside[0] in WHOLE_SHOPS or item.get_closest_marker("engine"):
            item.add_marker("shop")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs an engine where none answers; fail it where it is required."""
    if item.get_closest_marker("engine") is None or not (why := why_not()):
        return
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"this test must run here, and cannot: {why}", pytrace=False)
    pytest.skip(why)
