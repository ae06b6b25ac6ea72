"""A headless Chromium, and the storefront served by the real gateway.

Needs a Chromium, installed or named by DRILL_CHROMIUM; where there is none, the tests here are
skipped with one line that says how to get it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness.paths import REPO
from harness.waiting import wait_until_sync
from tests.browser.chromium import chromium

if TYPE_CHECKING:
    from tests.browser.shop import Answers

READY_S = 20.0


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One browser for all tests here, and gone after them.

    While playwright runs, its event loop is the running one of the main thread: tests elsewhere
    that are coroutines would be refused.
    """
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def gateway_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gateway as it runs in production, with nobody behind it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    nobody = "http://127.0.0.1:9"
    command = [sys.executable, "-m", "uvicorn", "services.gateway.app:create_app", "--factory"]
    log = (tmp_path_factory.mktemp("gateway") / "log").open("wb")
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        cwd=REPO,
        env={
            **os.environ,
            **{f"{peer}_URL": nobody for peer in ("ORDERS", "USERS", "FEED")},
            "PYTHONPATH": str(REPO),
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_sync(lambda: _answers(url), timeout_s=READY_S, what="the gateway")
        yield url
    finally:
        process.terminate()
        process.wait(10)
        log.close()


@pytest.fixture
def answers() -> Answers:
    """What the shop's API answers in this test."""
    from tests.browser.shop import Answers

    return Answers()


@pytest.fixture
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: `STOREFRONT_SHOTS`, or a folder that is thrown away."""
    wanted = os.environ.get("STOREFRONT_SHOTS")
    folder = Path(wanted) if wanted else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).is_success
    except httpx.TransportError:
        return False
