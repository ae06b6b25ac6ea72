"""A copy of the services that patches are applied to, and the checks that its engineers run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from harness.errors import DrillError
from harness.model import Fault
from harness.paths import REPO

CHECK_TIMEOUT_S = 100.0
TOLD_LINES = 40
TELLING_LINE = re.compile(r"^(?:E  +\S.*|.*: error: .*|error: .*|\S+:\d+:\d+: .*)$", re.MULTILINE)
"""Of pytest, mypy, git and ruff."""
NOT_PASSED_ON = frozenset({"CI", "BUILD_NUMBER", "PYTHONDONTWRITEBYTECODE"})
"""Where one of the first two is set pytest prints failures at length; here they read the same
everywhere. And what a check compiles is kept: without that each pays for the libraries again."""
MYPY_CACHE = REPO / ".mypy_cache"
"""The one that `make lint` and `make test` fill: libraries are analysed once, not for each patch.
mypy compares every file with its entry, so that a patched file never passes for the clean one."""


def released(fault: Fault) -> list[Path]:
    """What the fault's fix and cheats go on top of; nothing where it is the clean tree's own."""
    if fault.release is None:
        return []
    return [] if fault.release.patch is None else [fault.release.patch]


def shipped(fault: Fault) -> dict[str, list[Path]]:
    """The patches of each state of the services that passed its author's checks: the fix's, which
    is on top of the release, and the release's, where there is one."""
    release = released(fault)
    states = {"release": release, "fix": [*release, fault.fix_patch]}
    return {state: patches for state, patches in states.items() if patches}


class ChecksFailed(DrillError):
    """A check of a service failed: the command and the line that matters, then its last words;
    `output` has all of them."""

    def __init__(self, command: str, output: str) -> None:
        first = f"{command}: {telling_line(output)}"
        super().__init__("\n".join([first, *output.splitlines()[-TOLD_LINES:]]))
        self.output = output


def telling_line(output: str) -> str:
    """The first line of a check's output that says what is wrong; its last one where none does."""
    if found := TELLING_LINE.search(output):
        return re.sub(r"^E\s+", "", found.group()).strip()
    lines = output.strip().splitlines()
    return lines[-1] if lines else "it failed without a word"


class PatchedServices:
    """`services/` as it would be in a participant's workspace."""

    def __init__(self, folder: Path, source: Path = REPO) -> None:
        """A copy in `folder` of the services of the checkout at `source`."""
        self.root = folder
        shutil.copytree(
            source / "services",
            folder / "services",
            ignore=shutil.ignore_patterns("__pycache__", ".*_cache"),
        )

    def apply(self, patch: Path, *, only: str = "*") -> None:
        """Apply a patch to the files that are like `only`. Raises ChecksFailed where it does not
        fit."""
        self._run("git", "apply", "--whitespace=nowarn", f"--include={only}", str(patch))

    def lint(self, service: str) -> None:
        """Style and types of one service. Raises ChecksFailed."""
        tool = (sys.executable, "-m")
        self._run(*tool, "ruff", "check", "--no-cache", f"services/{service}")
        self._run(*tool, "ruff", "format", "--no-cache", "--check", f"services/{service}")
        self._run(
            *tool, "mypy", "--config-file", "services/pyproject.toml",
            "--cache-dir", str(MYPY_CACHE), f"services/{service}",
        )  # fmt: skip

    def test(self, service: str, file: str = "") -> None:
        """The service's own tests, or those in one `file` of its tests. Raises ChecksFailed."""
        only = f"/tests/{file}" if file else ""
        self._run(
            sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
            f"services/{service}{only}",
        )  # fmt: skip

    def find_mistakes(self, service: str) -> None:
        """What would keep the service from running at all: syntax and unknown names. Raises
        ChecksFailed."""
        self._run(
            sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "E9,F63,F7,F82",
            f"services/{service}",
        )  # fmt: skip

    def _run(self, *command: str) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in NOT_PASSED_ON and not name.startswith("PYTEST_")
        }
        told = " ".join(command[-4:])
        try:
            done = subprocess.run(
                command,
                cwd=self.root,
                env=kept | {"GIT_CEILING_DIRECTORIES": str(self.root.parent)},
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=CHECK_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            raise ChecksFailed(told, f"it took longer than {CHECK_TIMEOUT_S:g} s") from None
        if done.returncode != 0:
            raise ChecksFailed(told, done.stdout + done.stderr)
