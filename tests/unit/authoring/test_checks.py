"""What is wrong with a fault's folder is told in a line, before any stack is started."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.authoring.checks import FaultChecks
from harness.authoring.patched_services import ChecksFailed, telling_line
from harness.errors import UnknownName
from harness.paths import REPO

FAULT = "float-drift"
PARTS = (
    "faults", "services", "loadgen", "compose/prometheus/rules", "docs/runbooks",
    "harness/agendas",
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What a checkout has that the checks look at."""
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
        shutil.copytree(REPO / part, tmp_path / part, ignore=ignored)
    return tmp_path


def problem(root: Path, what: str) -> str:
    """Of the first check whose name begins so; those after it are not run."""
    checks = FaultChecks(root, FAULT).run()
    return next(one.problem for one in checks if one.what.startswith(what))


def reverting(folder: Path) -> None:
    """Make the fix take the release back and do nothing else."""
    root = folder.parents[1]

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        return done.stdout

    git("init", "-q")
    git("apply", str(folder / "release.patch"))
    git("add", "services")
    git("commit", "-qm", "released")
    git("apply", "-R", str(folder / "release.patch"))
    head = (folder / "fix.patch").read_text().partition("diff --git")[0]
    (folder / "fix.patch").write_text(head + git("diff"))
    git("checkout", "-q", "--", "services")
    git("apply", "-R", str(folder / "release.patch"))


def rewritten(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


def cheat_that_does_not_apply(folder: Path) -> None:
    cheat = min(folder.glob("cheats/*.patch"))
    cheat.write_text("nothing of the kind\n")


@pytest.mark.parametrize(
    ("what", "change", "told"),
    [
        ("every name", rewritten("fault.toml", "mechanism = ", "mechanisn = "), "mechanisn"),
        ("patches hold", rewritten("release.patch", "\n---\n", "\nA drill.\n---\n"), "drill"),
        (
            "each patch",
            rewritten("fix.patch", "+++ b/services/billing/", "+++ b/services/orders/"),
            "fix.patch touches services/orders/",
        ),
        ("the fix is more", reverting, "takes the release back"),
        ("cheat ", cheat_that_does_not_apply, "No valid patches"),
    ],
    ids=["key", "word", "other-service", "revert", "cheat"],
)
def test_a_mistake_is_named_and_without_it_the_check_holds(
    root: Path, what: str, change: Callable[[Path], None], told: str
) -> None:
    assert problem(root, what) == ""
    change(root / "faults" / FAULT)
    assert told in problem(root, what)


def test_after_files_that_cannot_be_read_nothing_else_is_tried(root: Path) -> None:
    (root / "faults" / FAULT / "fault.toml").write_text("title = 1\n")
    found = list(FaultChecks(root, FAULT).run())
    assert len(found) == 1
    assert not found[0].holds


def test_a_fault_that_there_is_not_is_named(root: Path) -> None:
    with pytest.raises(UnknownName, match="float-drif"):
        FaultChecks(root, "float-drif")


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("F\n    assert 1 == 2\nE       assert 1 == 2\n1 failed in 0.1s\n", "assert 1 == 2"),
        ("services/c/x.py:3: error: no such thing  [attr]\nFound 1\n", None),
        ("a.py:1:1: F821 Undefined name `x`\nFound 1 error.\n", None),
        ("error: patch failed: services/c/x.py:3\n", None),
        ("nothing of these\nthe end\n", "the end"),
        ("", "it failed without a word"),
    ],
)
def test_of_a_failed_check_the_line_that_matters_is_told(output: str, line: str | None) -> None:
    assert telling_line(output) == (line or output.splitlines()[0])
    assert (
        ChecksFailed("pytest", output).message.splitlines()[0] == f"pytest: {telling_line(output)}"
    )
