"""One kept drill for all tests of a run: it is only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.review.kept import kept_drill


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a drill that is over."""
    return kept_drill(tmp_path_factory.mktemp("home"))
