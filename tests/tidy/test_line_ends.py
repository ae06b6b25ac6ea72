"""A clone has the line ends that scripts and patches need, whatever git is set to."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ("tools/setup", "faults/deadlock/release.patch", "services/orders/domain.py")


def _git(folder: Path, *arguments: str) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    author = ["-c", "user.name=one", "-c", "user.email=one@localhost"]
    subprocess.run(["git", *author, *arguments], cwd=folder, env=env, check=True)


def _with_cr(tmp_path: Path, *, attributes: bool) -> set[str]:
    """Which of the samples have CR in a clone by somebody with core.autocrlf=true."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    for name in (*SAMPLES, ".gitattributes"):
        (origin / name).parent.mkdir(parents=True, exist_ok=True)
        if attributes or name != ".gitattributes":
            shutil.copyfile(ROOT / name, origin / name)
    _git(origin, "init", "-q")
    _git(origin, "add", "-A")
    _git(origin, "commit", "-qm", "all")
    _git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(origin), str(clone))
    return {name for name in SAMPLES if b"\r" in (clone / name).read_bytes()}


@pytest.mark.parametrize(("attributes", "damaged"), [(True, set()), (False, set(SAMPLES))])
def test_no_file_of_a_clone_has_other_line_ends(
    attributes: bool, damaged: set[str], tmp_path: Path
) -> None:
    assert _with_cr(tmp_path, attributes=attributes) == damaged
