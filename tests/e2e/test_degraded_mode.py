"""A surge on a live shop, without and with the degraded mode: who is served, and who stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from harness.waiting import wait_until_sync
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane

pytestmark = [pytest.mark.live, pytest.mark.timeout(500)]
PORT_OFFSET = in_lane(13_000)
SEEN_MIN = 100
"""So many home feeds of each kind, before anything is said of them."""


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDrill]:
    with live_drill(tmp_path_factory.mktemp("home"), "feed-overload", PORT_OFFSET) as running:
        running.wait_healthy()
        yield running


def engagement(shop: LiveDrill) -> dict[str, dict[str, Any]]:
    rows: Any = shop.answer("engagement")
    return {row["content"]: row for row in rows}


def wait_seen(shop: LiveDrill, *contents: str) -> None:
    def seen() -> bool:
        found = engagement(shop)
        return sum(found[one]["views"] for one in contents if one in found) >= SEEN_MIN

    wait_until_sync(seen, timeout_s=90, what=f"{SEEN_MIN} feeds that are {contents}")


def verified(shop: LiveDrill) -> tuple[list[str], dict[str, float]]:
    """The measures that do not hold, and the values of all."""
    done = shop.drill("verify", "--json", timeout_s=180)
    results = json.loads(done.stdout)["results"]
    missed = [f"{row['measure']} is {row['value']}" for row in results if not row["holds"]]
    assert bool(missed) is (done.returncode == 1)
    return missed, {row["measure"]: row["value"] for row in results}


def verified_in(shop: LiveDrill, attempts: int) -> tuple[list[str], dict[str, float]]:
    """As a team does it: what waited since the surge is worked off first, so that the first proof
    may come too early."""
    for _ in range(attempts):
        missed, measures = verified(shop)
        if not missed:
            break
    return missed, measures


def test_degraded_mode_serves_under_the_surge_that_fails_without_it(shop: LiveDrill) -> None:
    wait_until_sync(lambda: shop.answer("page"), timeout_s=90, what="a page", interval_s=1)
    wait_seen(shop, "failing")
    missed, without = verified(shop)
    assert missed
    assert without["feed_success_ratio"] < 0.9

    assert shop.drill("flag", "ranking", "off", "--expect", "errors < 1%",
                      "--probability", "90").returncode == 0  # fmt: skip
    flags: Any = shop.answer("flag")
    assert {one["name"]: one["enabled"] for one in flags}["ranking"] is False
    wait_seen(shop, "cached", "default")
    missed, degraded = verified_in(shop, attempts=3)
    assert not missed
    assert degraded["feed_success_ratio"] >= 0.99

    found = engagement(shop)
    simple = [found[one] for one in ("cached", "default") if one in found]
    for one in simple:
        assert found["failing"]["continuing_share"] < one["continuing_share"]
        assert one["continuing_share"] < 0.9
    assert found["failing"]["returning_share"] < 0.75
    assert any(event["type"] == "flag.switched" for event in shop.answer("events"))  # type: ignore[attr-defined]
