"""A slow model and a large order hurt the bad releases and their cheats, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.authoring.patched_services import ChecksFailed, PatchedServices
from harness.catalog.reader import Catalog
from harness.causes import TriggerKind
from harness.model import Fault
from harness.paths import REPO

LATENCY, BAD_DEPLOY = (Catalog(REPO).fault(id_) for id_ in ("ai-latency", "ai-bad-deploy"))
SLOW_MODEL = """
import asyncio
import time
from uuid import uuid4

import pytest
from aiohttp import web

from services.orders.tests.conftest import World

BASKET = {"user_id": 7, "lines": [{"sku": "KIT-0101", "quantity": 2}]}


class SlowModel(World):
    def __init__(self):
        super().__init__()
        self.asked_at = {}

    async def summarise(self, request):
        self.asked_at[(await request.json())["order_id"]] = time.monotonic()
        return await super().summarise(request)

    async def summary(self, request):
        order_id = int(request.match_info["order_id"])
        is_done = time.monotonic() - self.asked_at[order_id] > 4
        state = "done" if is_done else "queued"
        return web.json_response(
            {"order_id": order_id, "state": state, "summary": "Two knives.", "source": "model"}
        )


@pytest.fixture
def world():
    return SlowModel()


async def test_orders_are_placed_while_the_model_is_slow(client):
    keys = [{"Idempotency-Key": str(uuid4())} for _ in range(8)]
    began = time.monotonic()
    answers = await asyncio.gather(
        *(client.post("/orders", json=BASKET, headers=key) for key in keys)
    )
    took_s = time.monotonic() - began
    assert [answer.status_code for answer in answers] == [201] * 8
    assert took_s < 2.0
"""
LARGE_ORDER = """
import pytest
from aiohttp import web

from services.assistant.tests.conftest import Direction
from services.assistant.tests.test_summaries import final

NAMES = ("Alder Kettle", "Brook Whisk", "Cedar Bowl")
WHOLE = "This order holds 1 x " + ", 1 x ".join(NAMES) + ". A well matched choice."


class Provider(Direction):
    async def answer(self, request):
        most = 4 * (await request.json())["max_tokens"]
        choice = {
            "message": {"content": WHOLE[:most]},
            "finish_reason": "length" if len(WHOLE) > most else "stop",
        }
        usage = {"prompt_tokens": 20, "completion_tokens": 20}
        return web.json_response({"choices": [choice], "usage": usage})


@pytest.fixture
def direction():
    return Provider()


async def test_a_large_order_is_summarised_at_once(shop, provider):
    lines = [{"name": name, "quantity": 1} for name in NAMES]
    async with shop(cut_off_wait_ms=10) as client:
        await client.post("/summaries", json={"order_id": 1, "lines": lines})
        found = await final(client)
    assert (found["summary"], found["source"]) == (WHOLE, "model")
    assert len(provider.seen) == 1
"""
LOOKS_WRITTEN = LARGE_ORDER.replace(
    """    assert (found["summary"], found["source"]) == (WHOLE, "model")
    assert len(provider.seen) == 1
""",
    """    assert (found["state"], found["source"]) == ("done", "model")
    assert found["summary"].endswith(".")
    assert found["summary"] != WHOLE
    assert all(name in found["summary"] for name in NAMES)
""",
)
PROBES = ((LATENCY, SLOW_MODEL), (BAD_DEPLOY, LARGE_ORDER))


def probe(folder: Path, fault: Fault, test: str, *patches: Path | None) -> None:
    """Raises ChecksFailed where the fault's service, with `patches`, does not stand the test."""
    services = PatchedServices(folder)
    for patch in filter(None, patches):
        services.apply(patch)
    name = "test_as_it_is_used.py"
    (services.root / "services" / fault.service / "tests" / name).write_text(test)
    services.test(fault.service, name)


def release_of(fault: Fault) -> Path | None:
    return fault.release.patch if fault.release else None


def test_one_waits_for_a_provider_that_slows_down_and_the_other_for_nothing() -> None:
    assert LATENCY.trigger.kind is TriggerKind.MODEL_SLOW
    assert BAD_DEPLOY.trigger.kind is TriggerKind.DEPLOY


@pytest.mark.parametrize(("fault", "test"), PROBES, ids=lambda one: getattr(one, "id", ""))
def test_healthy_code_stands_it(tmp_path: Path, fault: Fault, test: str) -> None:
    probe(tmp_path, fault, test)


@pytest.mark.parametrize(("fault", "test"), PROBES, ids=lambda one: getattr(one, "id", ""))
def test_the_fix_stands_it(tmp_path: Path, fault: Fault, test: str) -> None:
    probe(tmp_path, fault, test, release_of(fault), fault.fix_patch)


@pytest.mark.parametrize(
    ("fault", "test", "cheat"),
    [(fault, test, cheat) for fault, test in PROBES for cheat in (None, *fault.cheat_patches)],
    ids=lambda one: one.stem if isinstance(one, Path) else getattr(one, "id", ""),
)
def test_the_release_and_every_cheat_do_not(
    tmp_path: Path, fault: Fault, test: str, cheat: Path | None
) -> None:
    with pytest.raises(ChecksFailed, match="FAILED services/"):
        probe(tmp_path, fault, test, release_of(fault), cheat)


def cheat_named(stem: str) -> Path:
    (found,) = (patch for patch in BAD_DEPLOY.cheat_patches if patch.stem == stem)
    return found


def test_a_list_looks_like_a_models_summary_to_all_but_the_model(tmp_path: Path) -> None:
    cheat = cheat_named("4-list-instead")
    probe(tmp_path, BAD_DEPLOY, LOOKS_WRITTEN, release_of(BAD_DEPLOY), cheat)


def test_a_simple_summary_does_not_look_like_a_models(tmp_path: Path) -> None:
    cheat = cheat_named("2-simple-instead")
    with pytest.raises(ChecksFailed, match="FAILED services/"):
        probe(tmp_path, BAD_DEPLOY, LOOKS_WRITTEN, release_of(BAD_DEPLOY), cheat)
