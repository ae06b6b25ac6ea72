"""A tiny shop, and the runtime that runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harness.runtime.local import LocalRuntime
from tests.contract.shop_fixture import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
async def runtime() -> AsyncIterator[LocalRuntime]:
    made = LocalRuntime()
    yield made
    await made.down()
