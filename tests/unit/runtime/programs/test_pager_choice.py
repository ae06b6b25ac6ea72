"""Which pager a local drill has, and why: told in words, whatever this machine lacks."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing, UnknownName
from harness.runtime.programs import pager_choice
from harness.runtime.programs.pager_choice import OVERLAY, choose_pager, command_of

PROGRAM = "prometheus-alertmanager"


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No Alertmanager is installed or cached, and nobody asks for one; its folder of programs."""
    for name in ("DRILL_ALERTMANAGER", "DRILL_PAGER"):
        monkeypatch.delenv(name, raising=False)
    programs = tmp_path / "usr" / "bin"
    programs.mkdir(parents=True)
    monkeypatch.setenv("PATH", str(programs))
    tmp_path.chmod(0o755)
    monkeypatch.setenv("THREEAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(pager_choice, "SHARE", tmp_path / "installed")
    # Root's cache must be one that everybody may enter; pytest's folders are not.
    monkeypatch.setattr("harness.runtime.programs.cache.unprivileged_user", lambda: None)
    return programs


def alertmanager(folder: Path, script: str = "echo alertmanager, version 0.28.1") -> Path:
    path = folder / PROGRAM
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def templates(share: Path) -> None:
    file = share / pager_choice.TEMPLATE
    file.parent.mkdir(parents=True)
    file.touch()


def test_an_installed_one_is_run_as_it_is(bare_machine: Path) -> None:
    program = alertmanager(bare_machine)
    pager = choose_pager()
    assert pager.command == (str(program),)
    assert str(pager) == "Alertmanager: 0.28.1 (PATH)"


def test_one_whose_files_are_installed_needs_no_namespace(
    bare_machine: Path, tmp_path: Path
) -> None:
    program = alertmanager(bare_machine)
    templates(bare_machine.parent / "share")
    assert command_of(program)[0] == "unshare"
    templates(tmp_path / "installed")
    assert command_of(program) == (str(program),)


def test_where_no_namespace_may_be_made_the_host_stands_in(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alertmanager(bare_machine)
    templates(bare_machine.parent / "share")
    refused = ("sh", "-c", "echo 'unshare failed: Operation not permitted' >&2; exit 1")
    monkeypatch.setattr(pager_choice, "command_of", lambda _: refused)
    pager = choose_pager()
    assert pager.command == ()
    assert "no namespace may be made for it: unshare failed: Operation not perm" in pager.why
    monkeypatch.setenv("DRILL_PAGER", "alertmanager")
    with pytest.raises(EnvironmentMissing, match="no namespace"):
        choose_pager()


def test_the_namespace_shows_the_files_to_it_alone(bare_machine: Path, tmp_path: Path) -> None:
    """The kernel's own answer, where it allows one."""
    probe = subprocess.run(
        ["/usr/bin/unshare", "-Urm", "true"], env={}, capture_output=True, check=False
    )
    if probe.returncode != 0:
        pytest.skip("this machine forbids namespaces")
    share = bare_machine.parent / "share"
    templates(share)
    seen = Path("/usr/share") / pager_choice.TEMPLATE
    argv = ["/usr/bin/unshare", "-Urm", "sh", "-c", OVERLAY, str(share), "/bin/ls", str(seen)]
    env = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(seen), done.stderr
    (share / pager_choice.TEMPLATE).unlink()
    if not seen.exists():  # negative control: without them it is not started
        assert subprocess.run(argv, env=env, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo alertmanager, version 0.25.0", "older than 0.28"),
        ("exit 3", "does not tell its version"),
    ],
)
def test_one_that_is_too_old_or_broken_is_not_taken(
    bare_machine: Path, script: str, why: str
) -> None:
    alertmanager(bare_machine, script)
    pager = choose_pager()
    assert pager.command == ()
    assert why in pager.why


def test_without_one_it_is_said_how_it_is_had() -> None:
    pager = choose_pager()
    assert pager.command == ()
    assert "drill doctor --fetch" in str(pager)


def test_without_a_hash_for_its_passwords_it_is_not_run(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control of access: it never runs open to everybody."""
    alertmanager(bare_machine)
    monkeypatch.setattr("harness.tokens.CRYPT_LIBRARIES", ("libnothing.so.0",))
    pager = choose_pager()
    assert pager.command == ()
    assert "bcrypt" in pager.why


def test_the_setting_forces_either_and_nothing_else(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alertmanager(bare_machine)
    monkeypatch.setenv("DRILL_PAGER", "embedded")
    assert choose_pager().command == ()
    assert "DRILL_PAGER" in choose_pager().why
    monkeypatch.setenv("DRILL_PAGER", "alertmanager")
    assert choose_pager().command
    monkeypatch.setenv("DRILL_PAGER", "alertmanger")
    with pytest.raises(UnknownName, match="alertmanager"):
        choose_pager()


def test_asked_for_by_name_and_not_to_be_had_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DRILL_PAGER", "alertmanager")
    with pytest.raises(EnvironmentMissing):
        choose_pager()  # nor can it be fetched: there is no apt-get on this PATH
    assert "apt-get" not in os.environ["PATH"]
