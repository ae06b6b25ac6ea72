"""One basket at a time: so the bad release and its cheats work, healthy code and the fix do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalog import Catalog
from tests.faults.patched import ROOT, ChecksFailed, PatchedServices

FAULT = Catalog(ROOT).fault("worker-shortage")
assert FAULT.release is not None
assert FAULT.release.patch is not None
RELEASE, FIX, CHEATS = FAULT.release.patch, FAULT.fix_patch, FAULT.cheat_patches
PROBE = """
import asyncio

from aiohttp import web

from services import sampledata
from services.b.app import create_app
from services.b.seed import seed
from services.chassis.testing import fake_peer, running

LINE = {"sku": sampledata.products()[0].sku, "quantity": 1}
RATES = {"rates": [{"carrier": "PickUp", "amount": "2.90", "days": 4}]}


async def test_four_baskets_are_priced_at_once(fresh_database, monkeypatch):
    seed(url := fresh_database("b"))
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("PEER_TIMEOUT_MS", "1500")
    four = asyncio.Barrier(4)

    async def rates(_request):  # once four ask for them
        await four.wait()
        return web.json_response(RATES)

    async def promotions(_request):
        return web.json_response({"lines": [LINE | {"discount": "0.00", "campaign": None}]})

    async with (
        fake_peer({("GET", "/carriers/v1/rates"): rates}) as carrier,
        fake_peer({("POST", "/promotions"): promotions}) as campaigns,
    ):
        monkeypatch.setenv("CARRIER_URL", carrier.url)
        monkeypatch.setenv("C_URL", campaigns.url)
        async with running(create_app()) as client:
            asked = (client.post("/baskets", json={"lines": [LINE]}) for _ in range(4))
            answers = await asyncio.gather(*asked)
    refused = {answer.status_code for answer in answers} - {200}
    assert not refused, f"answered {sorted(refused)}"
"""


def probe(folder: Path, *patches: Path) -> None:
    """Raises ChecksFailed where b, with `patches`, does not work on four baskets at a time."""
    services = PatchedServices(folder)
    for patch in patches:
        services.apply(patch)
    (services.root / "services/b/tests/test_at_once.py").write_text(PROBE)
    services.test("b", "test_at_once.py")


@pytest.mark.parametrize("patches", [(), (RELEASE, FIX)], ids=["healthy", "fix"])
def test_healthy_code_and_the_fix_do_not_keep_baskets_waiting(
    tmp_path: Path, patches: tuple[Path, ...]
) -> None:
    probe(tmp_path, *patches)


@pytest.mark.parametrize(
    "patches",
    [(RELEASE,), *((RELEASE, cheat) for cheat in CHEATS)],
    ids=["release", *(cheat.stem for cheat in CHEATS)],
)
def test_the_release_and_every_cheat_take_one_after_the_other(
    tmp_path: Path, patches: tuple[Path, ...]
) -> None:
    with pytest.raises(ChecksFailed, match=r"AssertionError: answered \[.*50\d"):
        probe(tmp_path, *patches)
