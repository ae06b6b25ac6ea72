"""Nothing that a participant can look at says what the drill is about."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.paths import REPO
from tests.e2e import hunting
from tests.e2e.live import LiveDrill, live_drill
from tests.lanes import in_lane

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
PORT_OFFSET = in_lane(12_000)


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDrill]:
    """A drill whose page has come: the bad release runs, and failures are in the logs."""
    with live_drill(tmp_path_factory.mktemp("home"), "deadlock", PORT_OFFSET) as running:
        running.wait_said("PAGE")
        yield running


def test_the_history_of_the_workspace_tells_nothing(drill: LiveDrill) -> None:
    assert hunting.hunt(hunting.git_history(drill.workspace)) == []


def test_processes_of_the_shop_tell_nothing(drill: LiveDrill) -> None:
    looked_at = list(hunting.processes_of_the_shop())
    assert len(looked_at) >= 3 * len(hunting.SERVICES)
    assert hunting.hunt(looked_at) == []


def test_metrics_and_logs_of_the_shop_tell_nothing(drill: LiveDrill) -> None:
    status = drill.answer("status")
    urls = {row["name"]: row["url"] for row in status["services"]}  # type: ignore[index]
    assert hunting.hunt(hunting.metrics(urls)) == []
    assert hunting.hunt(hunting.logs(drill.run_dir / "logs")) == []


def test_traces_tell_nothing(drill: LiveDrill) -> None:
    traces = drill.answer("trace", "-n", "50")
    assert traces["traces"]  # type: ignore[index]
    assert hunting.hunt([("traces", json.dumps(traces))]) == []


def test_what_the_commands_show_tells_nothing(drill: LiveDrill) -> None:
    shown = [
        (" ".join(words), drill.drill(*words).stdout)
        for words in (("page",), ("deploys",), ("events",), ("diff", "c"))
    ]
    names = [(where, text) for where, text in shown if hunting.NAMES.search(text)]
    assert names == []


def test_every_faults_release_tells_nothing_in_its_difference() -> None:
    releases = [fault.release for fault in Catalog(REPO).faults()]
    patches = [release.patch for release in releases if release]
    assert len(patches) >= 4
    assert hunting.hunt((str(p.name), p.read_text()) for p in patches if p) == []


def test_a_planted_word_is_found(tmp_path: Path) -> None:
    """Negative control for the history and for processes."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run(
        [*git, "commit", "--quiet", "--allow-empty", "-m", "the drill breaks here"], check=True
    )
    assert hunting.hunt(hunting.git_history(tmp_path))
    planted = "import sys, setproctitle; setproctitle.setproctitle('orders deadlock'); "
    with subprocess.Popen(
        [sys.executable, "-c", planted + "print(flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        found = hunting.hunt(hunting.processes_of_the_shop())
        process.stdin.close()
    assert any("deadlock" in line for line in found)
    assert hunting.hunt([("a metric", 'requests{kind="n-plus-one"} 1')])
