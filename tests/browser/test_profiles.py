"""A service looked into from the console: its flame graph, its hottest functions, its threads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.child_env import program_env
from harness.drill.actions import profiling
from harness.model import ProcessInfo
from tests.browser.axe import violations
from tests.browser.consoles import DESK, Open, complaints, drill, open_console
from tests.browser.drill import SCRIPT, ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PHONE = {"width": 390, "height": 844}
BUSY = """
import threading, time
def wait_for_an_order():
    time.sleep(1000)
def add(count):
    at = 0
    for _ in range(count): at += 1
def take_orders():
    while True:
        add(20_000); sorted(range(20_000))
threading.Thread(target=wait_for_an_order, daemon=True).start()
print("ready", flush=True)
take_orders()
"""


@pytest.fixture
def busy(drill: ServedDrill) -> Iterator[int]:
    """A process that is known as the one of payments."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY], stdout=subprocess.PIPE, env=program_env()
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    runtime: Any = drill.session.services.runtime
    runtime.processes = lambda: (ProcessInfo("payments", process.pid, alive=True),)
    yield process.pid
    process.kill()
    process.wait()
    process.stdout.close()


def looking_at(open_console: Open, drill: ServedDrill, service: str, **options: Any) -> Any:
    page = open_console("profiles", **options)
    page.goto(f"{drill.url}/#/profiles?service={service}")
    page.get_by_role("combobox", name="for").select_option("5")
    return page


def record(page: Any) -> Any:
    """The flame graph of what is chosen."""
    page.get_by_role("button", name="Record profile").click()
    graph = page.get_by_role("tree", name="Flame graph")
    graph.wait_for()
    return graph


def test_a_profile_is_recorded_zoomed_into_and_downloaded(
    open_console: Open, drill: ServedDrill, busy: int, complaints: list[str]
) -> None:
    page = looking_at(open_console, drill, "payments")
    graph = record(page)
    box = graph.get_by_role("treeitem", name="add (")
    narrow = box.bounding_box()["width"]
    box.click()
    assert box.bounding_box()["width"] > narrow
    page.get_by_role("button", name="Show all").click()
    assert box.bounding_box()["width"] == pytest.approx(narrow, abs=1)
    page.get_by_role("row", name="add").first.wait_for()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download for speedscope").click()
    assert downloading.value.suggested_filename == "payments.speedscope.json"
    found = json.loads(Path(downloading.value.path()).read_text())
    assert "speedscope" in found["$schema"]
    assert complaints == []


def test_the_arrows_go_from_box_to_box(open_console: Open, drill: ServedDrill, busy: int) -> None:
    page = looking_at(open_console, drill, "payments")
    graph = record(page)
    graph.focus()
    page.keyboard.press("ArrowDown")
    chosen = graph.locator("[aria-selected=true]")
    assert "MainThread" in chosen.inner_text()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show all").wait_for()
    page.keyboard.press("Escape")
    assert "all threads" in chosen.inner_text()


def test_every_thread_says_where_it_is_and_it_stays_there_when_one_comes_back(
    open_console: Open, drill: ServedDrill, busy: int
) -> None:
    page = looking_at(open_console, drill, "payments")
    page.get_by_role("button", name="Show thread stacks").click()
    threads = page.get_by_role("region", name="payments: 2 threads")
    threads.get_by_text("take_orders").first.wait_for()
    threads.get_by_text("waits").click()
    threads.get_by_text("wait_for_an_order").first.wait_for()
    page.goto(f"{drill.url}/#/logs")
    page.locator("main.view-logs").wait_for()
    page.goto(f"{drill.url}/#/profiles")
    threads.wait_for()


def test_a_service_that_cannot_be_looked_into_is_said_to_be_so(
    open_console: Open, drill: ServedDrill, busy: int
) -> None:
    page = looking_at(open_console, drill, "orders")
    page.get_by_role("button", name="Record profile").click()
    page.get_by_role("alert").filter(has_text="orders has no process now").wait_for()
    assert page.get_by_role("tree").count() == 0


def test_names_in_a_profile_are_text(
    open_console: Open,
    drill: ServedDrill,
    busy: int,
    complaints: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = [{"name": SCRIPT, "file": f"services/{SCRIPT}.py", "line": 1}]
    profile = {"name": SCRIPT, "samples": [[0]], "weights": [1]}

    async def look_into(*_: Any, **__: Any) -> str:
        return json.dumps({"shared": {"frames": frames}, "profiles": [profile]})

    monkeypatch.setattr(profiling, "look_into", look_into)
    page = looking_at(open_console, drill, "payments")
    record(page).get_by_role("treeitem", name=SCRIPT).first.wait_for()
    assert page.evaluate("window.owned") is None
    assert page.locator("img[src=x]").count() == 0
    assert complaints == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_profile_fits_and_is_accessible(
    open_console: Open,
    drill: ServedDrill,
    busy: int,
    shots: Path,
    size: dict[str, int],
    scheme: str,
) -> None:
    page = looking_at(
        open_console, drill, "payments", viewport=size, color_scheme=scheme, bypass_csp=True
    )
    page.get_by_label("count threads that wait").check()
    record(page)
    page.get_by_role("button", name="Show thread stacks").click()
    page.get_by_role("region", name="payments: 2 threads").wait_for()
    page.screenshot(path=shots / f"profiles-{size['width']}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert violations(page) == []
