"""What is built: our repository, the participants' clone, checkouts, the deploy log."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from harness.errors import BadFile, UnknownName
from harness.model import Answer, Decoy, Fault, Mechanism, Release
from harness.workspace.workspace import Workspace
from tests.unit.workspace.conftest import (
    NOW,
    SERVICES,
    TOPOLOGY,
    MakePatch,
    clean_files,
    git,
    release,
)


def test_the_workspace_is_an_ordinary_clone_of_the_newest_state(workspace: Workspace) -> None:
    root = workspace.shop.workspace
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "rev-parse", "--abbrev-ref", "HEAD").strip() == "main"
    assert git(root, "fsck", "--strict", "--unreachable").strip() == ""
    assert {path.name for path in root.iterdir()} == {".git", "services"}
    assert "VALUE_5 = 500" in (root / "services/payments/domain.py").read_text()
    git(root, "pull", "-q")


def test_the_workspace_remembers_nothing_of_its_making(
    workspace: Workspace, culprit: Release
) -> None:
    root = workspace.shop.workspace
    assert not (root / ".git/logs").exists()
    assert not (root / ".git/objects/info/alternates").exists()
    assert not (root / ".git/hooks").exists()
    for path in (root / ".git").rglob("*"):
        assert not path.is_file() or path.stat().st_nlink == 1
    story = git(root, "log", "--all", "-p", "--format=fuller")
    assert "author-" not in story
    assert "Some One" not in story
    assert ".pyc" not in story


def test_each_version_is_tagged_where_its_files_are(workspace: Workspace) -> None:
    root = workspace.shop.workspace
    tags = set(git(root, "tag").split())
    assert {f"{name}/v{version}" for name, version in SERVICES.items()} <= tags
    assert "payments/v2.4.2" in tags
    bad = git(root, "rev-parse", "payments/v2.4.2").strip()
    assert workspace.release("payments", "2.4.2").commit == bad
    assert git(root, "show", f"{bad}:services/payments/domain.py").count("VALUE_5 = 500") == 1


def test_the_message_is_the_mails_and_says_who_reviewed_it(workspace: Workspace) -> None:
    notes = workspace.notes("payments", "2.4.2")
    assert notes.subject == "payments: updated timeout configs"
    assert notes.body.startswith("For faster failover.\n\nTicket: SHOP-")
    assert "Reviewed-by: " in notes.body
    assert notes.authored_at < NOW
    assert notes.commit[:12] in str(workspace.release("payments", "2.4.2").path)
    assert notes.subject in workspace.show("payments", "2.4.2")


def test_a_release_without_a_patch_changes_the_version_alone(workspace: Workspace) -> None:
    version = next(
        v for s, v in workspace.shop.releases if (s, v) in {("users", "3.1.1"), ("a", "1.4.3")}
    )
    service = "users" if version == "3.1.1" else "a"
    assert workspace.diff(service, SERVICES[service], version) == ""
    shown = workspace.show(service, version)
    assert f'+version = "{version}"' in shown
    assert shown.count("\n+") == 2


def test_the_shop_begins_with_what_was_deployed_before(workspace: Workspace) -> None:
    shop = workspace.shop
    recent = {entry.service: entry.version_to for entry in shop.log if entry.version_from}
    assert recent
    for service, clean in SERVICES.items():
        running = shop.initial[service]
        assert running.version == recent.get(service, clean)
        topology = (running.path / "services/topology.toml").read_text()
        assert f'version = "{running.version}"' in topology
    assert shop.initial["payments"].version == "2.4.1"
    bad = shop.initial["payments"].path / "services/payments/domain.py"
    assert "VALUE_5 = 5\n" in bad.read_text()
    assert [entry.at for entry in shop.log] == sorted(e.at for e in shop.log)
    assert [one.release.service for one in shop.live if one.is_culprit] == ["payments"]


def test_a_checkout_holds_the_services_and_nothing_else(workspace: Workspace) -> None:
    for built in workspace.shop.releases.values():
        assert [path.name for path in built.path.iterdir()] == ["services"]
        found = {str(path.relative_to(built.path)) for path in built.path.rglob("*.*")}
        assert found == set(clean_files())


def test_the_diff_shows_the_services_own_change_only(workspace: Workspace) -> None:
    diff = workspace.diff("payments", "2.4.1", "2.4.2")
    assert "-VALUE_5 = 5\n+VALUE_5 = 500\n" in diff
    assert diff.count("diff --git") == 1


def test_an_unknown_version_or_service_comes_with_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match=r"version of payments '2\.4\.9'") as caught:
        workspace.diff("payments", "2.4.1", "2.4.9")
    assert "2.4.1" in caught.value.near
    with pytest.raises(UnknownName, match="service 'paymets'"):
        workspace.release("paymets", "2.4.1")


def test_a_patch_that_does_not_apply_is_named(
    tmp_path: Path, clean_root: Path, culprit: Release
) -> None:
    (clean_root / "services/payments/domain.py").write_text("VALUE_5 = 55\n")
    with pytest.raises(BadFile, match="does not apply") as caught:
        Workspace.build(tmp_path / "run", clean_root, TOPOLOGY, [culprit], [], seed=1, now=NOW)
    assert caught.value.path == culprit.patch


def test_patches_of_one_file_build_on_each_other(
    tmp_path: Path, clean_root: Path, make_patch: MakePatch
) -> None:
    top = make_patch("services/chassis/db.py", "WAIT", "# a\nWAIT", "gateway: x")
    other = make_patch("services/a/domain.py", "VALUE_1 = 1\n", "VALUE_1 = 11\n", "users: y")
    again = make_patch("services/a/domain.py", "VALUE_18 = 18", "VALUE_18 = 0", "a: z")
    decoys = [
        Decoy("x", release("gateway", "1.8.1", top)),
        Decoy("y", release("users", "3.1.1", other)),
        Decoy("z", release("a", "1.4.3", again)),
    ]
    for seed in range(4):
        built = Workspace.build(
            tmp_path / f"run{seed}", clean_root, TOPOLOGY, [], decoys, seed=seed, now=NOW
        )
        text = (built.shop.workspace / "services/a/domain.py").read_text()
        assert "VALUE_1 = 11" in text
        assert "VALUE_18 = 0" in text


def fault_with(culprit: Release, tmp_path: Path) -> Fault:
    return Fault(
        "x", "x", tmp_path, "payments", Mechanism.OVERLOAD, "x", culprit,
        (), (), (), (), Answer((), ()), (), tmp_path, (), tmp_path,
    )  # fmt: skip


def test_a_fix_is_composed_on_the_bad_release_and_shown_nowhere(
    workspace: Workspace, culprit: Release, make_patch: MakePatch, tmp_path: Path
) -> None:
    assert culprit.patch is not None
    fix = make_patch(
        "services/payments/domain.py", "VALUE_5 = 500", "VALUE_5 = 50", "fix", (culprit.patch,)
    )
    fault = fault_with(culprit, tmp_path)
    fixed = workspace.compose(fault, fix)
    again = workspace.compose(fault, fix)
    assert (fixed.version, again.version) == ("2.4.3", "2.4.4")
    assert "VALUE_5 = 50\n" in (fixed.path / "services/payments/domain.py").read_text()
    assert "-VALUE_5 = 500\n+VALUE_5 = 50\n" in workspace.diff("payments", "2.4.2", "2.4.3")
    git(workspace.shop.workspace, "fetch", "-q", "--tags")
    assert "payments/v2.4.3" not in git(workspace.shop.workspace, "tag")
    with pytest.raises(BadFile, match="does not apply"):
        workspace.compose(
            fault, make_patch("services/payments/domain.py", "VALUE_5 = 5", "VALUE_5 = 6")
        )


def test_building_is_quick(tmp_path: Path, clean_root: Path, decoys: list[Decoy]) -> None:
    for number in range(150):
        path = clean_root / f"services/b/module_{number}.py"
        path.write_text(f"LINES = {list(range(number))}\n" * 20)
    started = time.perf_counter()
    Workspace.build(tmp_path / "run", clean_root, TOPOLOGY, [], decoys, seed=1, now=NOW)
    assert time.perf_counter() - started < 5


def test_what_a_participant_checks_out_is_what_was_written(workspace: Workspace) -> None:
    root = workspace.shop.workspace
    file = root / "services/payments/domain.py"
    (root / ".gitconfig").write_text("[core]\n\tautocrlf = true\n")

    def checked_out() -> bytes:
        file.unlink()
        git(root, "checkout", "--", str(file))
        return file.read_bytes()

    assert b"\r" not in checked_out()
    git(root, "config", "--unset", "core.autocrlf")
    assert b"\r" in checked_out(), "what it would be without our setting"
