"""The browser: an installed Chromium, without a window."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.runtime.programs.external import find_all


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser; skips the test, saying how to get one, where none is installed."""
    piece = next(piece for piece in find_all() if piece.name == "chromium")
    if piece.path is None:
        pytest.skip(f"no Chromium here ({piece.how_to_get})")
    older = "the environment is older than its lock (make setup)"
    playwright = pytest.importorskip("playwright.sync_api", reason=older)
    with playwright.sync_playwright() as play:
        # Chromium's own sandbox needs a user namespace, which containers and root do not have.
        sandbox = os.geteuid() != 0
        browser = play.chromium.launch(executable_path=piece.path, chromium_sandbox=sandbox)
        try:
            yield browser
        finally:
            browser.close()
