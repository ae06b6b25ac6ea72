"""A tiny shop, and the runtimes that run it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from harness.runtime.base import Runtime
from harness.runtime.local import databases, server_data
from tests.contract.kits import KITS, Kit
from tests.contract.shop_fixture import Shop


@pytest.fixture(autouse=True)
def prepared_apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Databases of these tiny shops are of use to nobody else; fetched programs are."""
    with tempfile.TemporaryDirectory(prefix="threeam-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # unlike pytest's own, one that the server's user may enter
        for module in (databases, server_data):
            monkeypatch.setattr(module, "cache_dir", lambda: folder)
        yield


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture(params=["local", pytest.param("compose", marks=pytest.mark.engine)])
def kit_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def kit(kit_name: str) -> Kit:
    return KITS[kit_name]


@pytest.fixture
async def runtime(kit: Kit) -> AsyncIterator[Runtime]:
    made = kit.make()
    yield made
    await made.down()
