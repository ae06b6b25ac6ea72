"""A shop of one tiny service without a database, on the local runtime."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harness.runtime.local.runtime import LocalRuntime
from tests.contract.shop_fixture import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, first_offset=14_000)


@pytest.fixture
async def runtime() -> AsyncIterator[LocalRuntime]:
    made = LocalRuntime()
    yield made
    await made.down()
