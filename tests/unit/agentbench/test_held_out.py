"""Scenarios from elsewhere: played, and never named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.agentbench.held_out import LABEL, VARIABLE, held_out_folder, offered
from harness.catalog.reader import Catalog
from harness.errors import BadFile, UsageError
from harness.paths import REPO

SECRET = "midnight-mystery"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One fault and one scenario that the repository does not have."""
    shutil.copytree(REPO / "faults" / "deadlock", tmp_path / SECRET)
    (tmp_path / "scenarios").mkdir()
    text = (REPO / "faults" / "scenarios" / "deadlock.toml").read_text(encoding="utf-8")
    changed = text.replace('"deadlock"', f'"{SECRET}"')
    (tmp_path / "scenarios" / f"{SECRET}.toml").write_text(changed, encoding="utf-8")
    return tmp_path


def test_without_a_folder_our_own_are_offered() -> None:
    with offered(None) as there:
        assert there.root == REPO
        assert there.labels == {}
        assert there.label_of("deadlock") == "deadlock"


def test_what_is_held_out_is_offered_beside_our_own_and_has_a_label_for_a_name(
    folder: Path,
) -> None:
    with offered(folder) as there:
        catalog = Catalog(there.root)
        assert catalog.scenario(SECRET).faults == (SECRET,)
        assert catalog.fault(SECRET).service == "c"
        assert set(Catalog(REPO).scenario_ids()) < set(catalog.scenario_ids())
        assert there.labels.keys() == {SECRET}
        label = there.label_of(SECRET)
        assert label.startswith(LABEL)
        assert SECRET not in label
        kept = there.root
    assert not kept.exists()


def test_a_label_stays_and_follows_the_content(folder: Path) -> None:
    with offered(folder) as there:
        first = there.label_of(SECRET)
    with offered(folder) as there:
        assert there.label_of(SECRET) == first
    notes = folder / SECRET / "notes.md"
    notes.write_text(notes.read_text(encoding="utf-8") + "\nmore\n", encoding="utf-8")
    with offered(folder) as there:
        assert there.label_of(SECRET) != first


def test_a_name_that_we_have_is_refused(folder: Path) -> None:
    (folder / SECRET).rename(folder / "deadlock")
    with pytest.raises(UsageError, match="'deadlock' is in"), offered(folder):
        pass


def test_a_folder_in_the_repository_and_none_at_all_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert held_out_folder() is None
    monkeypatch.setenv(VARIABLE, str(REPO / "faults"))
    with pytest.raises(UsageError, match="inside the repository"):
        held_out_folder()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(BadFile):
        held_out_folder()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert held_out_folder() == tmp_path
