"""`tools/console` on machines that have no Node, an old one, or no packages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.paths import REPO

TOOL = REPO / "tools" / "console"


def run(
    tmp_path: Path, *words: str, node: str = "", npm: str = "", required: bool = False
) -> subprocess.CompletedProcess[str]:
    """The tool in a checkout of its own, on a machine with these programs and little else."""
    web = tmp_path / "checkout" / "harness" / "console" / "web"
    web.mkdir(parents=True)
    (web / "package-lock.json").touch()
    tools = tmp_path / "checkout" / "tools"
    tools.mkdir()
    shutil.copy(TOOL, tools)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "mkdir", "touch"):
        (programs / name).symlink_to(str(shutil.which(name)))
    for name, script in (("node", node), ("npm", npm)):
        if script:
            (programs / name).write_text(f"#!{shutil.which('bash')}\n{script}\n")
            (programs / name).chmod(0o755)
    return subprocess.run(
        [tools / "console", *words],
        env={"PATH": str(programs)} | ({"THREEAM_NODE": "required"} if required else {}),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


MACHINES = [
    pytest.param("", "", "Node is not on PATH", id="no node"),
    pytest.param("echo v18.19.1", "", "Node is v18.19.1, and they need 20", id="old node"),
    pytest.param("echo v22.3.0", "", "npm is not on PATH", id="no npm"),
    pytest.param("echo v20.20.2", "exit 1", "could not be installed", id="no registry"),
]


@pytest.mark.parametrize(("node", "npm", "why"), MACHINES)
@pytest.mark.parametrize("what", ["check", "ready"])
def test_a_check_says_what_is_missing_and_is_content(
    tmp_path: Path, node: str, npm: str, why: str, what: str
) -> None:
    done = run(tmp_path, what, node=node, npm=npm)
    assert done.returncode == 0
    assert why in done.stderr


@pytest.mark.parametrize(("node", "npm", "why"), MACHINES)
@pytest.mark.parametrize(("what", "required"), [("check", True), ("ready", True), ("build", False)])
def test_what_must_be_there_fails_with_a_hint(
    tmp_path: Path, node: str, npm: str, why: str, what: str, required: bool
) -> None:
    done = run(tmp_path, what, node=node, npm=npm, required=required)
    assert done.returncode == 3
    assert why in done.stderr
    assert "hint: " in done.stderr


def test_with_all_that_it_needs_it_does_what_it_is_told(tmp_path: Path) -> None:
    """Negative control."""
    npm = '[ "$1" != ci ] || mkdir node_modules\necho "npm $*"'
    done = run(tmp_path, "check", node="echo v22.3.0", npm=npm, required=True)
    assert (done.returncode, done.stdout) == (0, "npm run --silent check\n")


def test_a_word_that_it_does_not_know_is_a_mistake(tmp_path: Path) -> None:
    assert run(tmp_path, "biuld", node="echo v22.3.0").returncode == 2
