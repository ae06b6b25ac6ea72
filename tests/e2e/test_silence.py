"""A healthy shop pages nobody, through every ordinary restart and deploy.

`make torture` watches for ten minutes; the ordinary test run for as long as the restarts take.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle

import pytest

from tests.e2e.hunting import SERVICES
from tests.e2e.live import LiveDrill, live_drill

pytestmark = [pytest.mark.alone, pytest.mark.timeout(900)]
PORT_OFFSET = 17_000
LONG_S = 600.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDrill]:
    with live_drill(tmp_path_factory.mktemp("home"), "healthy", PORT_OFFSET) as running:
        running.wait_healthy()
        yield running


def alerts(shop: LiveDrill) -> list[str]:
    recorded = shop.answer("events")
    return [
        f"{event['drilltimems']} {event['data']['name']}: {event['data']['summary']}"
        for event in recorded  # type: ignore[attr-defined]
        if event["type"] == "alert.fired"
    ]


def test_restarting_every_service_pages_nobody(shop: LiveDrill) -> None:
    for service in SERVICES:
        assert shop.drill("restart", service).returncode == 0
    assert alerts(shop) == []


def test_an_ordinary_deploy_pages_nobody(shop: LiveDrill) -> None:
    module = shop.workspace / "services" / "users" / "domain.py"
    module.write_text(module.read_text() + "\n# read again, and found in order\n")
    assert shop.drill("deploy", "users", "-m", "users: a comment").returncode == 0
    assert shop.drill("rollback", "users").returncode == 0
    assert alerts(shop) == []


@pytest.mark.torture
def test_ten_minutes_of_health_with_restarts_page_nobody(shop: LiveDrill) -> None:
    until = time.monotonic() + LONG_S
    for service in cycle(SERVICES):
        assert shop.drill("restart", service).returncode == 0
        # For its stress; what it finds, latencies among it, is for other tests to judge.
        assert shop.drill("verify", timeout_s=180).returncode in (0, 1)
        if time.monotonic() > until:
            break
    assert alerts(shop) == []
