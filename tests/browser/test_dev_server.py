"""The console's sources served with a drill behind them, and the page of components."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.paths import REPO
from harness.tokens import Caller
from harness.waiting import wait_until_sync
from tests.browser.axe import violations
from tests.browser.consoles import complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

WEB = REPO / "harness" / "console" / "web"
VITE = WEB / "node_modules" / ".bin" / "vite"
READY_S = 90.0
FETCHED_MS = 90_000
"""Each source is compiled when it is first asked for."""


@pytest.fixture
def sources(drill: ServedDrill, tmp_path: Path) -> Iterator[str]:
    """`npm run dev` beside the drill: where it serves the console."""
    if shutil.which("node") is None or not VITE.exists():
        pytest.skip("Node, or the console's packages, are not installed: tools/console ready")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (tmp_path / "vite.log").open("wb") as log:
        process = subprocess.Popen(
            [VITE, "--host", "127.0.0.1", "--port", str(port), "--strictPort"],
            cwd=WEB,
            env=os.environ | {"DRILL_API": drill.url},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}/static/"
    try:
        wait_until_sync(lambda: _answers(url), timeout_s=READY_S, what="the sources' server")
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


def opened(browser: Any, address: str, **options: Any) -> Any:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
    context.set_default_timeout(FETCHED_MS)
    page = context.new_page()
    page.goto(address, timeout=FETCHED_MS)
    return page


def test_the_sources_show_and_do_what_the_build_does(
    browser: Any, drill: ServedDrill, sources: str
) -> None:
    token = drill.tokens.token(Caller.PARTICIPANT)
    page = opened(browser, f"{sources}#token={token}")
    page.locator(".brand .badge.good").wait_for()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("acknowledged by").wait_for()
    page.context.close()


def test_every_component_in_every_state_is_on_one_page(
    browser: Any, sources: str, shots: Path
) -> None:
    for scheme in ("light", "dark"):
        page = opened(browser, f"{sources}gallery.html", color_scheme=scheme)
        page.get_by_role("figure", name="Stacked: ").wait_for()
        page.get_by_role("cell", name="1", exact=True).wait_for()
        page.screenshot(path=shots / f"gallery-{scheme}.png", full_page=True)
        assert violations(page) == []
        page.context.close()
