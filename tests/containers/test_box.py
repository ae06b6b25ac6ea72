"""A whole drill in one container, run as `docs/box.md` has it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from harness.paths import REPO
from harness.waiting import wait_until_sync

pytestmark = [pytest.mark.engine, pytest.mark.live, pytest.mark.timeout(900)]

PORT = 8719
NAME = "threeam-test-box"
VOLUMES = (f"{NAME}-home", f"{NAME}-cache")
IMAGE_S = 600
READY_S = 60.0
DRILL_S = 240.0


def docker(*words: str, check: bool = True) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def in_box(*words: str) -> str:
    return docker("exec", NAME, "drill", *words)


def documented() -> list[str]:
    """The page's `docker run`, with names and port of this test."""
    page = (REPO / "docs" / "box.md").read_text()
    found = re.search(r"^docker (run .*?)\n(?:docker|```)", page, re.DOTALL | re.MULTILINE)
    assert found
    text = found[1].replace("\\\n", " ")
    for old, new in (
        ("--name 3am ", f"--name {NAME} "),
        ("3am-home:", f"{VOLUMES[0]}:"),
        ("3am-cache:", f"{VOLUMES[1]}:"),
        ("127.0.0.1:8700:", f"127.0.0.1:{PORT}:"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return shlex.split(text)


@pytest.fixture(scope="module")
def box() -> Iterator[None]:
    argv = [sys.executable, "-m", "harness.runtime.compose.box"]
    subprocess.run(argv, cwd=REPO, check=True, timeout=IMAGE_S)
    docker(*documented())
    try:
        wait_until_answering()
        yield
    finally:
        docker("rm", "--force", NAME, check=False)
        docker("volume", "rm", *VOLUMES, check=False)


def wait_until_answering() -> None:
    wait_until_sync(
        lambda: (
            "no hub is running" not in docker("exec", NAME, "drill", "runs", "list", check=False)
        ),
        timeout_s=READY_S,
        what="the hub in the box",
        interval_s=1,
    )
    wait_until_sync(
        lambda: docker("inspect", "-f", "{{.State.Health.Status}}", NAME).strip() == "healthy",
        timeout_s=READY_S,
        what="a healthy box",
        interval_s=0.5,
    )


def phase() -> str:
    (run,) = json.loads(in_box("runs", "list", "--json"))
    return str(run["phase"])


def test_a_drill_in_the_box_comes_up_and_ends_in_order_with_the_box(box: None) -> None:
    assert "invite=" in in_box("people", "invite", "red")
    in_box("runs", "start", "healthy", "--team", "red")

    def is_up() -> bool:
        assert phase() in {"starting", "running"}, in_box("runs", "list")
        return phase() == "running" and "healthy:" in log()

    def log() -> str:
        return docker("exec", NAME, "sh", "-c", "cat /var/lib/threeam/hub/teams/*/hub-run.log")

    wait_until_sync(is_up, timeout_s=DRILL_S, what="a healthy shop in the box", interval_s=1)
    docker("stop", NAME)
    exit_code = docker("inspect", "-f", "{{.State.ExitCode}} {{.State.OOMKilled}}", NAME).strip()
    assert exit_code == "0 false", docker("logs", NAME)
    docker("start", NAME)
    wait_until_answering()
    wait_until_sync(
        lambda: phase() not in {"starting", "running"},
        timeout_s=READY_S,
        what="what became of the drill",
        interval_s=1,
    )
    assert phase() == "over", in_box("runs", "list")
