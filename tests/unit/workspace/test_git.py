"""Git runs bounded and deaf to the machine; mails are read as git writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import BadFile, EnvironmentMissing
from harness.workspace import git as git_module
from harness.workspace.git import Git, GitFailed
from harness.workspace.mail import message_of
from harness.workspace.objects import create_bare, with_version


@pytest.fixture
def bare(tmp_path: Path) -> Git:
    return create_bare(tmp_path / "x y:z.git")


def test_a_refusal_says_what_git_said(bare: Git) -> None:
    with pytest.raises(GitFailed, match="git cat-file failed: fatal: Not a valid object name"):
        bare.run("cat-file", "-p", "0" * 7)


def test_a_git_that_never_answers_is_ended(bare: Git, monkeypatch, tmp_path: Path) -> None:
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    with pytest.raises(GitFailed, match=r"no answer within 0\.2 s"):
        bare.run("status", timeout_s=0.2)


def test_a_git_that_says_too_much_is_ended(bare: Git, monkeypatch) -> None:
    monkeypatch.setattr(git_module, "OUTPUT_BYTES_MAX", 100)
    with pytest.raises(GitFailed, match="says more than"):
        bare.run("help", "-a")


def test_a_machine_without_git_is_said_to_be_so(bare: Git, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentMissing, match="git was not found"):
        bare.run("status")


def test_nobodys_settings_have_a_say(bare: Git, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Somebody\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.email")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "somebody@shop.example")
    monkeypatch.setenv("GIT_WORK_TREE", "/etc")
    settings = bare.text("config", "--list")
    assert "somebody" not in settings.lower()
    assert "core.hookspath=/dev/null" in settings


def test_a_foreign_object_directory_with_an_odd_name_is_read(bare: Git, tmp_path: Path) -> None:
    other = create_bare(tmp_path / 'odd "quoted":name\\.git')
    blob = other.text("hash-object", "-w", "--stdin", stdin=b"content")
    with pytest.raises(GitFailed):
        bare.run("cat-file", "blob", blob)
    assert bare.run("cat-file", "blob", blob, objects=other.git_dir / "objects") == b"content"


MAIL = """\
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Dana Kim <dana@shop.example>
Date: Mon, 2 Mar 2026 10:00:00 +0000
Subject: [PATCH 1/2] =?UTF-8?q?payments:=20r=C3=A9vise=20the?=
 =?UTF-8?q?=20timeouts?=
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

For faster failover.

Discussed with Zoë.
---
 services/payments/timeouts.toml | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/x b/x
"""


def test_a_mail_gives_its_message_without_the_wrapping(tmp_path: Path) -> None:
    patch = tmp_path / "x.patch"
    patch.write_text(MAIL)
    assert message_of(patch) == (
        "payments: révise the timeouts\n\nFor faster failover.\n\nDiscussed with Zoë.\n"
    )
    patch.write_text(MAIL.replace("For faster failover.\n\nDiscussed with Zoë.\n", ""))
    assert message_of(patch) == "payments: révise the timeouts\n"


def test_a_bare_diff_is_no_mail(tmp_path: Path) -> None:
    (tmp_path / "x.patch").write_text("diff --git a/x b/x\n")
    with pytest.raises(BadFile, match="no Subject"):
        message_of(tmp_path / "x.patch")


TOPOLOGY = '[[service]]\nname = "a"\nport = 1\nversion = "1.0.0"\n\n[[service]]\nname = "b"\n'


def test_a_version_is_set_in_its_own_row_only() -> None:
    text = TOPOLOGY + 'version = "2.0.0"\n'
    assert with_version(text, "b", "2.0.1") == TOPOLOGY + 'version = "2.0.1"\n'
    assert with_version(text, "a", "1.0.1") == text.replace("1.0.0", "1.0.1")
    assert with_version(TOPOLOGY, "b", "2.0.1") == TOPOLOGY


def test_another_git_is_run_where_the_setting_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "my-git"
    mine.write_text("#!/bin/sh\necho mine\n")
    mine.chmod(0o755)
    git = Git(tmp_path / "none")
    assert git.text("--version").startswith("git version")
    monkeypatch.setenv("DRILL_GIT", str(mine))
    assert git.text("--version") == "mine"
