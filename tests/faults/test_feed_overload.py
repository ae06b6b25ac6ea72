"""A crowd is too much for the clean feed and for its cheats; a flag or the fix is enough.

A small crowd for a single place at the model, so that a busy machine is not what is measured.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.authoring.patched_services import ChecksFailed, PatchedServices
from harness.catalog.reader import Catalog
from harness.causes import TriggerKind
from harness.paths import REPO

FAULT = Catalog(REPO).fault("feed-overload")
PROBE = """
import asyncio
import time

import pytest

from services.feed.tests.conftest import TOKEN, Direction

RATE_PER_S, FOR_S, RANKING_S = 20, 3, 0.12


class Slow(Direction):
    async def rank(self, request):
        await asyncio.sleep(RANKING_S)
        return await super().rank(request)


@pytest.fixture
def direction():
    return Slow()


async def test_a_crowd_is_served(shop):
    async with shop(rankings_at_a_time=1) as client:
        headers = {{"Authorization": f"Bearer {{TOKEN}}"}}
        switched = await client.put(
            "/flags/ranking", json={{"enabled": {ranking}}}, headers=headers
        )
        assert switched.status_code == 200
        visitors = []
        for number in range(RATE_PER_S * FOR_S):
            visitors.append(asyncio.create_task(visit(client, number + 1)))
            await asyncio.sleep(1 / RATE_PER_S)
        served = await asyncio.gather(*visitors)
        share = sum(served) / len(served)
        assert share >= 0.99, f"only {{share:.0%}} have a home page within a second"


async def visit(client, user_id):
    began = time.monotonic()
    answer = await client.get("/feed", params={{"user_id": user_id}})
    took_s = time.monotonic() - began
    return answer.status_code == 200 and len(answer.json()["items"]) == 12 and took_s < 1
"""


def probe(folder: Path, *patches: Path, ranking: bool = True) -> None:
    """Raises ChecksFailed where the feed, with `patches`, does not serve a crowd."""
    services = PatchedServices(folder)
    for patch in patches:
        services.apply(patch)
    test = services.root / "services/feed/tests/test_crowd.py"
    test.write_text(PROBE.format(ranking=ranking))
    services.test("feed", "test_crowd.py")


def test_nobody_released_anything() -> None:
    assert FAULT.release is None
    assert FAULT.trigger.kind is TriggerKind.TRAFFIC
    assert FAULT.mitigation.flag == "ranking"


def test_the_clean_feed_does_not_carry_a_crowd(tmp_path: Path) -> None:
    with pytest.raises(ChecksFailed, match=r"FAILED .*test_a_crowd_is_served"):
        probe(tmp_path)


def test_without_rankings_it_does(tmp_path: Path) -> None:
    probe(tmp_path, ranking=False)


def test_the_fix_carries_it_with_rankings(tmp_path: Path) -> None:
    probe(tmp_path, FAULT.fix_patch)


@pytest.mark.parametrize("cheat", FAULT.cheat_patches, ids=lambda path: path.stem)
def test_no_cheat_carries_it(tmp_path: Path, cheat: Path) -> None:
    with pytest.raises(ChecksFailed, match=r"FAILED .*test_a_crowd_is_served"):
        probe(tmp_path, cheat)
