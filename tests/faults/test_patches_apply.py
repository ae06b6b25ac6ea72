"""Every patch applies to today's clean tree; a failure names the file that has to be renewed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.catalog.reader import Catalog
from harness.errors import BadFile
from harness.people import PEOPLE
from harness.workspace.build import commit_on_top
from harness.workspace.git import Git
from harness.workspace.mail import message_of
from harness.workspace.objects import CommitText, NewCommit, create_bare, import_commits
from harness.workspace.tree import read_tree

ROOT = Path(__file__).parents[2]
CATALOG = Catalog(ROOT)
FAULTS = CATALOG.fault_ids()
DECOYS = CATALOG.decoy_ids()


@dataclass(frozen=True)
class CleanTree:
    """The services as one commit, to apply patches to."""

    git: Git
    commit: str

    def with_patch(self, service: str, patch: Path | None, parent: str | None = None) -> str:
        text = CommitText(PEOPLE[0], datetime.now(UTC), message_of(patch) if patch else "none\n")
        return commit_on_top(self.git, parent or self.commit, patch, service, "99.0.0", text)


def clean_tree(folder: Path, root: Path) -> CleanTree:
    git = create_bare(folder / "shop.git")
    text = CommitText(PEOPLE[0], datetime.now(UTC), "clean\n")
    [commit] = import_commits(
        git, "refs/heads/main", [NewCommit(text, read_tree(root, "services"))]
    )
    return CleanTree(git, commit)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> CleanTree:
    return clean_tree(tmp_path_factory.mktemp("patches"), ROOT)


@pytest.mark.parametrize("name", DECOYS)
def test_a_decoy_applies_to_the_clean_tree(clean: CleanTree, name: str) -> None:
    release = CATALOG.decoy(name).release
    changed = changes(clean, clean.commit, clean.with_patch(release.service, release.patch))
    assert all(path.startswith(f"services/{release.service}/") for path in changed)
    assert bool(changed) == (release.patch is not None)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_and_what_goes_on_top_of_it_apply(clean: CleanTree, name: str) -> None:
    fault = CATALOG.fault(name)
    bad = clean.commit
    if fault.release is not None:
        bad = clean.with_patch(fault.service, fault.release.patch)
        assert changes(clean, clean.commit, bad)
    for patch in (fault.fix_patch, *fault.cheat_patches):
        assert changes(clean, bad, clean.with_patch(fault.service, patch, bad)), patch
    fixed = clean.with_patch(fault.service, fault.fix_patch, bad)
    assert changes(clean, clean.commit, fixed), f"{fault.fix_patch} is only the revert"


def test_a_patch_whose_source_has_moved_is_named(tmp_path: Path) -> None:
    release = next(
        CATALOG.decoy(name).release for name in DECOYS if CATALOG.decoy(name).release.patch
    )
    assert release.patch is not None
    shutil.copytree(ROOT / "services" / release.service, tmp_path / "services" / release.service)
    shutil.copy(ROOT / "services/topology.toml", tmp_path / "services/topology.toml")
    for source in (tmp_path / "services" / release.service).glob("*.py"):
        source.write_text("MOVED = True\n")
    with pytest.raises(BadFile, match="does not apply") as caught:
        clean_tree(tmp_path, tmp_path).with_patch(release.service, release.patch)
    assert caught.value.path == release.patch


def changes(clean: CleanTree, old: str, new: str) -> list[str]:
    """The files that differ, versions aside."""
    paths = clean.git.text("diff", "--name-only", old, new).splitlines()
    return [path for path in paths if path != "services/topology.toml"]
