"""One basket at a time, or one without asking the carriers: so the bad release and its cheats work,
healthy code and the fix do not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from harness.authoring.patched_services import ChecksFailed, PatchedServices
from harness.catalog.reader import Catalog
from harness.paths import REPO
from harness.thirdparty.logistics import rates
from harness.verification.api_calls import Basket
from harness.verification.product_catalogue import Catalogue, choose_baskets
from harness.verification.stress_plan import StressPlan
from services import sampledata

FAULT = Catalog(REPO).fault("worker-shortage")
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
RATES = {"rates": [{"carrier": "Velo", "amount": "8.95", "days": 1}]}


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
    carriers = {answer.json()["delivery"]["carrier"] for answer in answers}
    assert carriers == {"Velo"}, f"delivered by {sorted(carriers)}"
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


WAITING = [cheat for cheat in CHEATS if cheat.stem != "3-always-the-locker"]


@pytest.mark.parametrize(
    "patches",
    [(RELEASE,), *((RELEASE, cheat) for cheat in WAITING)],
    ids=["release", *(cheat.stem for cheat in WAITING)],
)
def test_the_release_and_most_cheats_take_one_after_the_other(
    tmp_path: Path, patches: tuple[Path, ...]
) -> None:
    with pytest.raises(ChecksFailed, match=r"AssertionError: answered \[.*50\d"):
        probe(tmp_path, *patches)


def test_whoever_asks_no_carrier_names_one_that_is_not_the_cheapest(tmp_path: Path) -> None:
    (unasked,) = set(CHEATS) - set(WAITING)
    with pytest.raises(ChecksFailed, match=r"AssertionError: delivered by \['PickUp'\]"):
        probe(tmp_path, RELEASE, unasked)


def cheapest(basket: Basket) -> str:
    grams = {product.sku: product.weight_g for product in sampledata.products()}
    weight_g = sum(line.quantity * grams[line.sku] for line in basket.lines)
    found = rates([line.sku for line in basket.lines], weight_g)["rates"]
    return str(min(found, key=lambda rate: Decimal(rate["amount"]))["carrier"])


@pytest.mark.parametrize("seed", range(40))
def test_the_locker_is_never_right_for_all_baskets_of_a_verification(seed: int) -> None:
    catalogue = Catalogue(
        prices={product.sku: product.net_price for product in sampledata.products()},
        bundles={bundle.code: tuple(bundle.skus) for bundle in sampledata.bundles()},
        campaigns={},
        users={1: "Ada"},
    )
    asked = StressPlan.stress(capacity_units=1).reference_baskets
    carriers = [cheapest(basket) for basket in choose_baskets(catalogue, asked, Random(seed))]
    assert set(carriers) - {"PickUp"}
