"""Nothing in a drill's workspace gives the answer away: no name of a fault, no word of ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.workspace.git import Git
from harness.workspace.workspace import Workspace

ROOT = Path(__file__).parents[2]
CATALOG = Catalog(ROOT)
WORDS = ("fault", "faults", "chaos", "inject", "drill", "simulate", "harness")
IDS = (*CATALOG.fault_ids(), *CATALOG.decoy_ids())


def build(run_dir: Path, name: str | None, clean_root: Path = ROOT) -> Workspace:
    release = CATALOG.fault(name).release if name else None
    faults = [release] if release else []
    decoys = CATALOG.decoys()
    return Workspace.build(
        run_dir, clean_root, CATALOG.topology(), faults, decoys, seed=5, now=datetime.now(UTC)
    )


def telling(workspace: Workspace) -> set[str]:
    """What a participant could read in the history, the files and the repository's own files."""
    theirs = Git(workspace.shop.workspace / ".git")
    texts = [theirs.text("log", "--all", "-p", "--format=fuller", "--decorate")]
    run_dir = str(workspace.shop.git_dir.parent)
    for path in sorted(workspace.shop.workspace.rglob("*")):
        texts.append(str(path.relative_to(workspace.shop.workspace)))
        if path.is_file() and "objects" not in path.parts:
            texts.append(path.read_bytes().decode(errors="replace").replace(run_dir, ""))
    return {
        word
        for word in (*WORDS, *IDS)
        for text in texts
        if re.search(rf"(?i)(?<![\w-]){re.escape(word)}(?![\w-])", text)
    }


@pytest.mark.parametrize("name", [None, *CATALOG.fault_ids()])
def test_the_workspace_gives_nothing_away(tmp_path: Path, name: str | None) -> None:
    assert telling(build(tmp_path / "run", name)) == set()


@pytest.mark.parametrize("word", [*WORDS[:2], *IDS[:1]])
def test_the_hunt_finds_what_is_planted(tmp_path: Path, word: str) -> None:
    workspace = build(tmp_path / "run", None)
    planted = workspace.shop.workspace / "services/users/domain.py"
    planted.write_text(planted.read_text() + f"\n# see {word}\n")
    assert telling(workspace) == {word}
