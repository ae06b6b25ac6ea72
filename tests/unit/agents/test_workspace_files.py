"""The workspace's files: read, written and pushed, and none beside them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.agents import workspace_files
from harness.agents.workspace_files import WorkspaceFiles
from harness.child_env import program_env
from harness.errors import DrillError, NotAllowed, UnknownName, UsageError

SECRET = "the answer"


@pytest.fixture
def files(tmp_path: Path) -> WorkspaceFiles:
    root = tmp_path / "workspace"
    (root / "services" / "payments").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text(SECRET)
    (root / "services" / "payments" / "app.py").write_text("one\ntwo\nthree\n")
    (tmp_path / "outside.txt").write_text(SECRET)
    (root / "link").symlink_to(tmp_path)
    return WorkspaceFiles(root)


def test_a_file_is_read_line_by_line_and_a_folder_by_its_names(files: WorkspaceFiles) -> None:
    found = files.read("services/payments/app.py", 2, 1)
    assert (found["text"], found["lines_of_file"]) == ("two\n", 3)
    assert files.read("services", 1, 10)["names"] == ["payments/"]
    assert ".git/" not in files.read(".", 1, 10)["names"]  # type: ignore[operator]


def test_a_file_that_is_not_there_is_told_by_its_neighbours(files: WorkspaceFiles) -> None:
    with pytest.raises(UnknownName):
        files.read("services/payments/ap.py", 1, 10)


OUTSIDE = ("../outside.txt", "/etc/passwd", "link/outside.txt", ".git/config", ".GIT/config", "..")


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_lies_elsewhere_is_neither_read_nor_written(files: WorkspaceFiles, path: str) -> None:
    with pytest.raises(NotAllowed):
        files.read(path, 1, 10)
    with pytest.raises(NotAllowed):
        files.write(path, "x")


def test_without_the_check_it_would_be(
    files: WorkspaceFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkspaceFiles, "_place", lambda self, path: self.root / path)
    assert files.read("../outside.txt", 1, 10)["text"] == SECRET


def test_a_new_file_gets_its_folders(files: WorkspaceFiles) -> None:
    assert files.write("services/new/app.py", "x = 1\n")["is_new"]
    assert (files.root / "services" / "new" / "app.py").read_text() == "x = 1\n"


@pytest.mark.parametrize("path", ["services", "services/payments/app.py/x", "a\0b"])
def test_what_is_no_place_for_a_file_is_said(files: WorkspaceFiles, path: str) -> None:
    with pytest.raises(UsageError):
        files.write(path, "x")


def test_a_file_beyond_the_bound_is_refused(
    files: WorkspaceFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace_files, "FILE_BYTES_MAX", 3)
    with pytest.raises(UsageError, match="are the most"):
        files.write("x", "four")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True, capture_output=True, encoding="utf-8", env=program_env(),
    )  # fmt: skip
    return done.stdout.strip()


def test_in_a_clone_what_is_deployed_is_committed_and_pushed_first(tmp_path: Path) -> None:
    hub, clone = tmp_path / "hub.git", tmp_path / "clone"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(hub))
    git(tmp_path, "clone", "-q", str(hub), str(clone))
    for name, value in (("user.name", "robot"), ("user.email", "robot@example.test")):
        git(clone, "config", name, value)
    git(clone, "commit", "-q", "--allow-empty", "-m", "begin")
    git(clone, "push", "-q", "origin", "HEAD:main")
    files = WorkspaceFiles(clone, is_pushed=True)
    files.write("app.py", "x = 1\n")
    commit = files.pushed_commit("app: mend it")
    assert git(hub, "log", "-1", "--format=%H %s", "main") == f"{commit} app: mend it"


def test_what_git_says_is_passed_on(files: WorkspaceFiles) -> None:
    with pytest.raises(DrillError, match="git push failed"):
        WorkspaceFiles(files.root, is_pushed=True).pushed_commit(None)
    assert files.pushed_commit("here the drill commits by itself") is None
