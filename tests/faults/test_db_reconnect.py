"""A database that fails over hurts the bad release and its cheats for good, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.authoring.patched_services import ChecksFailed, PatchedServices
from harness.catalog.reader import Catalog
from harness.causes import TriggerKind
from harness.drill.lifecycle.disturbances import FAIL_OVER
from harness.paths import REPO

FAULT = Catalog(REPO).fault("db-reconnect")
assert FAULT.release.patch is not None
RELEASE, FIX, CHEATS = FAULT.release.patch, FAULT.fix_patch, FAULT.cheat_patches
PROBE = f'''
import asyncio

import asyncpg

from services.chassis.testing import running
from services.users.app import create_app
from services.users.seed import seed


async def test_users_is_well_after_a_failover(fresh_database, monkeypatch):
    url = fresh_database("users")
    seed(url)
    monkeypatch.setenv("DATABASE_URL", url)
    async with running(create_app()) as client:
        await burst(client)
        other = await asyncpg.connect(url)
        assert await other.fetchval("""{FAIL_OVER}""") > 0
        await other.close()
        await burst(client)  # who was in the middle of something may fail
        for _ in range(3):
            refused = {{answer.status_code for answer in await burst(client)}} - {{200}}
            assert not refused, f"answered {{sorted(refused)}}"


async def burst(client):
    return await asyncio.gather(*(client.get(f"/users/{{one}}") for one in range(1, 13)))
'''


def probe(folder: Path, *patches: Path) -> None:
    """Raises ChecksFailed where users, with `patches`, does not recover."""
    services = PatchedServices(folder)
    for patch in patches:
        services.apply(patch)
    (services.root / "services/users/tests/test_failover.py").write_text(PROBE)
    services.test("users", "test_failover.py")


def test_the_fault_is_set_off_by_the_database() -> None:
    assert FAULT.trigger.kind is TriggerKind.DATABASE_FAILOVER


@pytest.mark.parametrize("patches", [(), (RELEASE, FIX)], ids=["healthy", "fix"])
def test_healthy_code_and_the_fix_recover(tmp_path: Path, patches: tuple[Path, ...]) -> None:
    probe(tmp_path, *patches)


@pytest.mark.parametrize(
    "patches",
    [(RELEASE,), *((RELEASE, cheat) for cheat in CHEATS)],
    ids=["release", *(cheat.stem for cheat in CHEATS)],
)
def test_the_release_and_every_cheat_stay_broken(tmp_path: Path, patches: tuple[Path, ...]) -> None:
    with pytest.raises(ChecksFailed) as failed:
        probe(tmp_path, *patches)
    assert re.search(r"AssertionError: answered \[.*(404|500)", failed.value.output)
