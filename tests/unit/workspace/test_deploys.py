"""From the participants' workspace to a release, without trusting anything in it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import UnknownName, UsageError
from harness.workspace.workspace import Workspace
from tests.unit.workspace.conftest import git

DOMAIN = "services/payments/domain.py"


def edit(workspace: Workspace, path: str = DOMAIN, text: str = "FIXED = True\n") -> Path:
    target = workspace.shop.workspace / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


def commit(workspace: Workspace, message: str = "payments: fix") -> str:
    root = workspace.shop.workspace
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)
    return git(root, "rev-parse", "HEAD").strip()


def test_a_commit_becomes_the_next_version(workspace: Workspace) -> None:
    edit(workspace)
    head = commit(workspace)
    built = workspace.build_from_workspace("payments", None, "Kim")
    assert (built.version, built.commit) == ("2.4.3", head)
    assert (built.path / DOMAIN).read_text() == "FIXED = True\n"
    assert [path.name for path in built.path.iterdir()] == ["services"]
    assert git(workspace.shop.workspace, "rev-parse", "payments/v2.4.3").strip() == head
    assert "+FIXED = True" in workspace.diff("payments", "2.4.2", "2.4.3")
    assert workspace.notes("payments", "2.4.3").author_name == "Test"
    assert workspace.of("payments") == ["2.4.1", "2.4.2", "2.4.3"]


def test_uncommitted_changes_without_a_message_are_named(workspace: Workspace) -> None:
    edit(workspace)
    edit(workspace, "services/payments/new.py")
    (workspace.shop.workspace / "services/payments/__init__.py").unlink()
    with pytest.raises(UsageError, match="uncommitted changes") as caught:
        workspace.build_from_workspace("payments", None, "Kim")
    for name in ("domain.py", "new.py", "__init__.py"):
        assert f"services/payments/{name}" in caught.value.message
    assert "commit, or pass -m" in caught.value.hint
    assert workspace.of("payments")[-1] == "2.4.2"


def test_a_message_commits_the_files_as_they_are_for_the_participants(
    workspace: Workspace,
) -> None:
    edit(workspace)
    edit(workspace, "services/payments/tools/new.py")
    (workspace.shop.workspace / "services/payments/tests/test_domain.py").unlink()
    before = git(workspace.shop.workspace, "rev-parse", "HEAD").strip()
    built = workspace.build_from_workspace("payments", "raise the limits", 'Kim "K" <k@x>\nevil')
    root = workspace.shop.workspace
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "fsck", "--strict").strip() == ""
    assert git(root, "rev-parse", "HEAD~1").strip() == before
    assert git(root, "rev-parse", "main", "payments/v2.4.3").split() == [built.commit] * 2
    assert git(root, "log", "-1", "--format=%an|%s").strip() == "Kim K kxevil|raise the limits"
    assert not (built.path / "services/payments/tests").exists()
    assert (built.path / "services/payments/tools/new.py").exists()


def test_deploys_follow_one_another(workspace: Workspace) -> None:
    for number in range(3, 6):
        edit(workspace, text=f"TRY = {number}\n")
        built = workspace.build_from_workspace("payments", f"try {number}", "Kim")
        assert built.version == f"2.4.{number}"
    edit(workspace, text="TRY = 9\n")
    commit(workspace)
    assert workspace.build_from_workspace("payments", None, "Kim").version == "2.4.6"


def test_nothing_changed_is_said_to_be_so(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match=r"nothing in payments has changed since 2\.4\.2"):
        workspace.build_from_workspace("payments", None, "Kim")
    edit(workspace, "services/gateway/domain.py")
    with pytest.raises(UsageError, match="nothing in payments has changed"):
        workspace.build_from_workspace("payments", "gateway only", "Kim")
    assert git(workspace.shop.workspace, "status", "--porcelain") != ""


def test_a_revert_is_a_new_version_while_the_bad_one_runs(workspace: Workspace) -> None:
    git(workspace.shop.workspace, "revert", "--no-edit", "payments/v2.4.2")
    built = workspace.build_from_workspace("payments", None, "Kim", running="2.4.2")
    assert built.version == "2.4.3"
    assert "VALUE_5 = 5\n" in (built.path / DOMAIN).read_text()
    with pytest.raises(UsageError, match=r"since 2\.4\.1"):
        workspace.build_from_workspace("payments", None, "Kim", running="2.4.1")


def test_a_change_to_shared_code_counts_for_every_service(workspace: Workspace) -> None:
    edit(workspace, "services/chassis/db.py")
    assert workspace.build_from_workspace("users", "chassis", "Kim").service == "users"


def test_other_branches_packed_refs_and_detached_heads_are_read(workspace: Workspace) -> None:
    root = workspace.shop.workspace
    git(root, "checkout", "-q", "-b", "fix/pool")
    edit(workspace, text="ONE = 1\n")
    commit(workspace)
    git(root, "gc", "-q")
    git(root, "pack-refs", "--all")
    assert workspace.build_from_workspace("payments", None, "Kim").version == "2.4.3"
    edit(workspace, text="TWO = 2\n")
    head = commit(workspace)
    git(root, "checkout", "-q", "--detach", head)
    edit(workspace, text="THREE = 3\n")
    built = workspace.build_from_workspace("payments", "three", "Kim")
    assert git(root, "rev-parse", "HEAD").strip() == built.commit
    assert git(root, "status", "--porcelain") == ""


def test_caches_are_no_change(workspace: Workspace) -> None:
    edit(workspace, "services/payments/__pycache__/domain.cpython-311.pyc", "x")
    edit(workspace, "services/.pytest_cache/README.md", "x")
    with pytest.raises(UsageError, match="nothing in payments has changed"):
        workspace.build_from_workspace("payments", None, "Kim")


def test_an_unknown_service_comes_with_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match="paymnts"):
        workspace.build_from_workspace("paymnts", None, "Kim")


def symlink(folder: Path) -> None:
    (folder / "secret.py").symlink_to("/etc/hostname")


def linked_folder(folder: Path) -> None:
    (folder / "secret").symlink_to("/etc")


def hard_link(folder: Path) -> None:
    os.link(folder / "domain.py", folder / "again.py")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")


def unix_socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("s.py")
    finally:
        os.chdir(here)


def large_file(folder: Path) -> None:
    (folder / "large.bin").write_bytes(b"x" * 5_000_001)


def many_files(folder: Path) -> None:
    for number in range(5_100):
        (folder / f"f{number}").touch()


def much_in_all(folder: Path) -> None:
    for number in range(11):
        (folder / f"f{number}").write_bytes(b"x" * 4_900_000)


def case_collision(folder: Path) -> None:
    (folder / "Domain.py").touch()


def nested_repository(folder: Path) -> None:
    git(folder, "init", "-q", "inner")


def deep_folders(folder: Path) -> None:
    (folder / "/".join("d" * 30)).mkdir(parents=True)


def odd_name(folder: Path) -> None:
    (folder / os.fsdecode(b"\xff.py")).touch()


REFUSED: list[tuple[Callable[[Path], None], str]] = [
    (symlink, "secret.py is a symbolic link"),
    (linked_folder, "secret is a symbolic link"),
    (hard_link, "hard link"),
    (pipe, "pipe.py is not a plain file"),
    (unix_socket, "s.py is not a plain file"),
    (large_file, "larger than 5 MB"),
    (many_files, "more than 5000 files"),
    (much_in_all, "more than 50 MB"),
    (case_collision, "differ by case alone"),
    (nested_repository, "repository within the repository"),
    (deep_folders, "nested more than"),
    (odd_name, "not UTF-8"),
]


@pytest.mark.parametrize(("make", "complaint"), REFUSED)
def test_what_no_release_may_hold_is_refused(
    workspace: Workspace, make: Callable[[Path], None], complaint: str
) -> None:
    edit(workspace)
    make(workspace.shop.workspace / "services/payments")
    with pytest.raises(UsageError, match=complaint):
        workspace.build_from_workspace("payments", "try it", "Kim")
    assert workspace.of("payments")[-1] == "2.4.2"


def test_a_committed_link_is_refused_too(workspace: Workspace) -> None:
    link = workspace.shop.workspace / "services/payments/link.py"
    link.symlink_to("/etc/hostname")
    commit(workspace)
    link.unlink()
    with pytest.raises(UsageError, match=r"link\.py is not a plain file"):
        workspace.build_from_workspace("payments", "try it", "Kim")


def test_nothing_of_the_participants_configuration_ever_runs(
    workspace: Workspace, tmp_path: Path
) -> None:
    root, proof = workspace.shop.workspace, tmp_path / "ran"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\necho $0 >> {proof}\ncat\n")
    program.chmod(0o755)
    hooks = root / ".git/hooks"
    hooks.mkdir()
    for name in ("post-checkout", "pre-commit", "post-commit", "reference-transaction",
                 "post-index-change", "pre-push", "update", "post-receive"):  # fmt: skip
        (hooks / name).symlink_to(program)
    for key in ("core.fsmonitor", "core.sshCommand", "diff.external", "filter.x.clean",
                "filter.x.smudge", "core.pager", "core.editor", "diff.x.textconv",
                "core.alternateRefsCommand", "gpg.program"):  # fmt: skip
        with (root / ".git/config").open("a") as config:
            section, _, name = key.rpartition(".")
            parts = section.split(".")
            header = f'[{parts[0]} "{parts[1]}"]' if len(parts) > 1 else f"[{parts[0]}]"
            config.write(f"{header}\n\t{name} = {program}\n")
    edit(workspace, "services/.gitattributes", "* filter=x diff=x eol=crlf ident\n")
    edit(workspace, text="ID = '$Id$'\n")
    built = workspace.build_from_workspace("payments", "try it", "Kim")
    workspace.diff("payments", "2.4.2", "2.4.3")
    workspace.show("payments", "2.4.3")
    assert not proof.exists()
    assert (built.path / DOMAIN).read_bytes() == b"ID = '$Id$'\n"
    git(root, "status")
    assert proof.exists(), "the trap itself does not work"


def git_folder_elsewhere(root: Path, outside: Path) -> None:
    (root / ".git").rename(outside / "git")
    (root / ".git").symlink_to(outside / "git")


def git_file(root: Path, outside: Path) -> None:
    (root / ".git").rename(outside / "git")
    (root / ".git").write_text(f"gitdir: {outside / 'git'}\n")


def alternates(root: Path, outside: Path) -> None:
    (root / ".git/objects/info").mkdir(exist_ok=True)
    (root / ".git/objects/info/alternates").write_text(f"{outside}\n")


def head_pipe(root: Path, outside: Path) -> None:
    (root / ".git/HEAD").unlink()
    os.mkfifo(root / ".git/HEAD")


def head_link(root: Path, outside: Path) -> None:
    (root / ".git/HEAD").rename(outside / "HEAD")
    (root / ".git/HEAD").symlink_to(outside / "HEAD")


def head_outside(root: Path, outside: Path) -> None:
    (root / ".git/HEAD").write_text("ref: refs/heads/../../../secret\n")


def head_gone(root: Path, outside: Path) -> None:
    (root / ".git/HEAD").unlink()


def head_unknown(root: Path, outside: Path) -> None:
    (root / ".git/refs/heads/main").write_text("0123456789" * 4 + "\n")


def unborn_branch(root: Path, outside: Path) -> None:
    git(root, "symbolic-ref", "HEAD", "refs/heads/none")


def linked_refs(root: Path, outside: Path) -> None:
    (root / ".git/refs/tags").rename(outside / "tags") if (root / ".git/refs/tags").exists() else 0
    (outside / "tags").mkdir(exist_ok=True)
    (root / ".git/refs/tags").symlink_to(outside / "tags")


def locked_index(root: Path, outside: Path) -> None:
    (root / ".git/index.lock").touch()


def no_services(root: Path, outside: Path) -> None:
    (root / "services").rename(outside / "services")


def linked_services(root: Path, outside: Path) -> None:
    (root / "services").rename(outside / "services")
    (root / "services").symlink_to(outside / "services")


@pytest.mark.parametrize(
    "spoil",
    [
        git_folder_elsewhere, git_file, alternates, head_pipe, head_link, head_outside, head_gone,
        head_unknown, unborn_branch, linked_refs, locked_index, no_services, linked_services,
    ],
)  # fmt: skip
def test_a_tampered_repository_is_refused_and_nothing_outside_is_written(
    workspace: Workspace, tmp_path: Path, spoil: Callable[[Path, Path], None]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    edit(workspace)
    spoil(workspace.shop.workspace, outside)
    before = {str(path): path.stat().st_mtime_ns for path in outside.rglob("*")}
    with pytest.raises(UsageError):
        workspace.build_from_workspace("payments", "try it", "Kim")
    assert {str(path): path.stat().st_mtime_ns for path in outside.rglob("*")} == before


@pytest.mark.parametrize("folder", ["payments", "chassis"])
@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_a_release_without_what_starts_it_is_not_built(
    workspace: Workspace, folder: str, committed: bool, whole: bool
) -> None:
    root = workspace.shop.workspace
    edit(workspace)
    if whole:
        shutil.rmtree(root / "services" / folder)
    else:
        (root / "services" / folder / "app.py").unlink()
    if committed:
        commit(workspace)
    missing = f"services/{folder}/app.py is missing in the workspace: payments could not start"
    with pytest.raises(UsageError, match=missing) as caught:
        workspace.build_from_workspace("payments", "remove it", "Kim")
    assert workspace.of("payments")[-1] == "2.4.2", "no version is used up"
    assert "payments/v2.4.3" not in git(root, "tag").split()
    hint = caught.value.hint.removeprefix("bring it back: git ").split()
    git(root, *hint)
    edit(workspace)
    assert workspace.build_from_workspace("payments", "fix it", "Kim").version == "2.4.3"


def test_another_service_that_is_gone_is_none_of_this_one(workspace: Workspace) -> None:
    edit(workspace)
    shutil.rmtree(workspace.shop.workspace / "services" / "users")
    assert workspace.build_from_workspace("payments", "fix", "Kim").version == "2.4.3"


def test_a_pushed_commit_becomes_the_next_version(workspace: Workspace) -> None:
    edit(workspace)
    pushed = commit(workspace)
    git(workspace.shop.workspace, "push", "-q", "origin", "HEAD:ada/fix")
    built = workspace.build_from_commit("payments", pushed[:12])
    assert (built.version, built.commit) == ("2.4.3", pushed)
    assert (built.path / DOMAIN).read_text() == "FIXED = True\n"
    assert workspace.git.text("rev-parse", "refs/tags/payments/v2.4.3") == pushed


def test_a_commit_that_no_branch_of_ours_has_is_not_deployed(workspace: Workspace) -> None:
    edit(workspace)
    unpushed = commit(workspace)
    who = ("-c", "user.name=us", "-c", "user.email=us@northgoods.example")
    tree = "refs/heads/main^{tree}"
    hidden = workspace.git.text(*who, "commit-tree", tree, "-m", "ours alone")
    for name in (unpushed, hidden, "refs/heads/main", "--all", "0" * 40):
        with pytest.raises(UsageError, match="no branch here has"):
            workspace.build_from_commit("payments", name)


def test_a_pushed_commit_without_a_change_is_not_deployed(workspace: Workspace) -> None:
    head = workspace.git.text("rev-parse", "refs/heads/main")
    with pytest.raises(UsageError, match="nothing in payments has changed"):
        workspace.build_from_commit("payments", head)
