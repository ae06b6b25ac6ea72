"""External programs: found in a set order, fetched whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing, UnknownName
from harness.runtime.programs import cache, external, fetch
from harness.runtime.programs.cache import User, cache_dir, made_whole, reachable
from harness.runtime.programs.external import Piece, ensure, find_all

STRANGER = User(12345, 12345)


def program(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {path.name} {version}\n")
    path.chmod(0o755)
    return path


def found(name: str) -> Piece:
    return next(piece for piece in find_all() if piece.name == name)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Unlike pytest's own, one that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="threeam-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(autouse=True)
def bare_machine(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed and nothing is cached."""
    for requirement in external.REQUIREMENTS.values():
        monkeypatch.delenv(requirement.setting, raising=False)
    monkeypatch.setenv("PATH", str(open_folder / "path"))
    monkeypatch.setenv("THREEAM_CACHE", str(open_folder / "cache"))
    monkeypatch.setattr(external, "SYSTEM_POSTGRES", open_folder / "system")


def test_a_bare_machine_says_of_each_piece_how_it_is_had() -> None:
    pieces = find_all()
    assert {piece.name for piece in pieces if piece.path is None} >= {"prometheus", "git"}
    assert all(piece.how_to_get for piece in pieces)
    assert [piece.name for piece in pieces if piece.optional] == [
        "alertmanager",
        "amtool",
        "chromium",
    ]


def test_an_explicit_setting_wins_over_path(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(open_folder / "path" / "prometheus", "2.50.1")
    assert (found("prometheus").source, found("prometheus").version) == ("PATH", "2.50.1")
    mine = program(open_folder / "mine" / "prometheus", "2.53.3")
    monkeypatch.setenv("DRILL_PROMETHEUS", str(mine))
    assert found("prometheus").path == mine == ensure("prometheus")
    assert found("prometheus").version == "2.53.3"


def test_a_setting_that_leads_nowhere_is_an_error_and_nothing_else_is_taken(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(open_folder / "path" / "prometheus", "2.50.1")
    monkeypatch.setenv("DRILL_PROMETHEUS", "/nowhere/prometheus")
    with pytest.raises(EnvironmentMissing, match="DRILL_PROMETHEUS names /nowhere/prometheus"):
        ensure("prometheus")


def test_the_newest_postgres_of_the_system_is_taken(open_folder: Path) -> None:
    for version in ("9.6", "15", "16"):
        for name in ("postgres", "initdb"):
            program(open_folder / "system" / version / "bin" / name, version)
    assert ensure("postgres") == open_folder / "system" / "16" / "bin"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("prometheus", "2.42.0", "2.50.0"),
        ("promtool", "2.49.1", "3.0.1"),
        ("git", "2.34.9", "2.35.0"),
        ("postgres", "13.11", "14.0"),
    ],
)
def test_a_program_older_than_what_is_asked_for_is_not_taken(
    name: str, old: str, new: str, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(open_folder / "path" / "initdb", old)
    program(open_folder / "path" / name, old)
    assert found(name).path is None or found(name).source != "PATH"
    assert f"{name} is {old}, older than" in found(name).how_to_get or found(name).path
    program(open_folder / "path" / name, new)
    assert found(name).source == "PATH"
    program(open_folder / "path" / name, "unknown")
    assert found(name).source != "PATH"
    old_one = program(open_folder / "mine" / name, old)
    program(open_folder / "mine" / "initdb", old)
    mine = old_one.parent if name == "postgres" else old_one
    monkeypatch.setenv(external.REQUIREMENTS[name].setting, str(mine))
    with pytest.raises(EnvironmentMissing, match=f"is {old}, older than"):
        ensure(name)


def test_behind_an_old_program_a_new_one_is_found(open_folder: Path) -> None:
    program(open_folder / "path" / "prometheus", "2.42.0")
    cached = fetch.package_folder() / "prometheus/usr/bin/prometheus"
    program(cached, "2.53.3")
    assert ensure("prometheus") == cached


def test_what_package_sources_have_is_held_to_the_same_version(open_folder: Path) -> None:
    cached = fetch.package_folder() / "prometheus/usr/bin/prometheus"
    program(cached, "2.42.0")
    with pytest.raises(EnvironmentMissing, match="package sources have no fit prometheus"):
        ensure("prometheus")


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("postgres (PostgreSQL) 18beta1", "18"),
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18"),
        ("prometheus, version 2.53.3+ds1 (branch: debian/sid)", "2.53.3"),
        ("git version 2.39.5", "2.39.5"),
        ("prometheus, version  (branch: , revision: unknown)\n  go version:  go1.22.1", ""),
    ],
)
def test_a_version_is_read_from_the_first_line(line: str, version: str, open_folder: Path) -> None:
    told = program(open_folder / "path" / "told", "")
    told.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{line}\nEND\n")
    assert external.version_of(told) == version


def test_a_postgres_without_initdb_is_not_taken(open_folder: Path) -> None:
    program(open_folder / "path" / "postgres", "15.1")
    assert found("postgres").source != "PATH"


def test_a_missing_piece_that_cannot_be_fetched_says_how_to_get_it() -> None:
    with pytest.raises(EnvironmentMissing, match="install git"):
        ensure("git")
    with pytest.raises(EnvironmentMissing, match="no apt-get"):
        ensure("prometheus")


def test_an_unknown_piece_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="prometheus"):
        ensure("promethius")


def test_a_failed_fetch_leaves_nothing_and_says_why(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = program(open_folder / "path" / "apt-get", "0")
    tool.write_text("#!/bin/sh\necho no route to the mirror\nexit 100\n")
    program(open_folder / "path" / "dpkg", "0")
    monkeypatch.setenv("PATH", f"{open_folder / 'path'}:{os.defpath}")
    said: list[str] = []
    with pytest.raises(EnvironmentMissing, match="no route to the mirror"):
        ensure("prometheus", said.append)
    assert "  no route to the mirror" in said
    assert list(fetch.package_folder().iterdir()) == []


def test_a_folder_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "piece"

    def interrupted() -> None:
        with made_whole(target) as part:
            (part / "file").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    with made_whole(target) as part:
        (part / "file").write_text("whole")
        assert not target.exists()
    assert (target / "file").read_text() == "whole"


def test_of_two_that_make_the_same_folder_the_first_stays(tmp_path: Path) -> None:
    target = tmp_path / "piece"
    with made_whole(target) as slow:
        with made_whole(target) as fast:
            (fast / "by").write_text("fast")
        (slow / "by").write_text("slow")
    assert (target / "by").read_text() == "fast"
    assert list(tmp_path.iterdir()) == [target]


def test_a_private_folder_is_out_of_a_strangers_reach(tmp_path: Path, open_folder: Path) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    assert reachable(open_folder / "not yet there", STRANGER)
    assert not reachable(private / "data", STRANGER)
    assert reachable(private / "data", None)


def test_roots_cache_is_where_the_servers_user_can_go(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = open_folder / "home"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(cache, "unprivileged_user", lambda: STRANGER)
    monkeypatch.setattr(cache, "SYSTEM_CACHE", open_folder / "system-cache")
    monkeypatch.delenv("THREEAM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(private))
    assert cache_dir() == open_folder / "system-cache"
    monkeypatch.setenv("THREEAM_CACHE", str(private / "mine"))
    with pytest.raises(EnvironmentMissing, match="cannot enter THREEAM_CACHE"):
        cache_dir()
