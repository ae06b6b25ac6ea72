"""The cache: whoever runs Postgres can use it, and where there can be none, a line says so."""

from __future__ import annotations

import asyncio
import os
import pwd
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.runtime.programs import cache, fetch
from harness.runtime.programs.cache import (
    User,
    cache_dir,
    made_whole,
    make_folder,
    only_one,
    reachable,
    require_account,
    unprivileged_user,
)

STRANGER = User(12345, 12345)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Unlike pytest's own, one that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="threeam-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(params=[0o022, 0o027, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _made_by_cache_dir(folder: Path) -> Path:
    os.environ["THREEAM_CACHE"] = str(folder / "some" / "cache")
    return cache_dir()


def _made_whole(folder: Path) -> Path:
    with made_whole(folder / "wheels" / "one"):
        pass
    return folder / "wheels" / "one"


def _locked(folder: Path) -> Path:
    async def lock() -> None:
        async with only_one(folder / "postgres" / "x.lock"):
            pass

    asyncio.run(lock())
    return folder / "postgres"


def _fetched(folder: Path) -> Path:
    fetch.run_tool(["mkdir", "-p", str(folder / "a" / "b")], "a folder", lambda _: None)
    return folder / "a" / "b"


WAYS = [_made_by_cache_dir, _made_whole, _locked, _fetched]


@pytest.mark.parametrize("made", WAYS)
@pytest.mark.usefixtures("umask")
def test_others_can_enter_what_the_cache_holds_whatever_the_umask(
    made: Callable[[Path], Path], open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREEAM_CACHE", str(open_folder))
    assert reachable(made(open_folder), STRANGER)


def test_an_ordinary_folder_is_closed_by_the_umask(open_folder: Path) -> None:
    """What the cache's own way of making folders is for."""
    before = os.umask(0o077)
    try:
        (open_folder / "plain" / "deep").mkdir(parents=True)
    finally:
        os.umask(before)
    assert not reachable(open_folder / "plain" / "deep", STRANGER)


def test_a_folder_that_was_there_keeps_its_mode(open_folder: Path) -> None:
    (open_folder / "mine").mkdir(mode=0o700)
    make_folder(open_folder / "mine" / "new")
    assert (open_folder / "mine").stat().st_mode & 0o777 == 0o700


def test_a_cache_that_cannot_be_made_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("/dev/null/cache", "/proc/cache", "/etc/passwd", f"/tmp/{'x' * 300}"):
        monkeypatch.setenv("THREEAM_CACHE", place)
        with pytest.raises(EnvironmentMissing, match="the cache cannot be made at"):
            cache_dir()


def test_a_cache_that_cannot_be_written_to_is_told(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREEAM_CACHE", str(open_folder))
    monkeypatch.setattr(cache.os, "access", lambda *_: False)
    with pytest.raises(EnvironmentMissing, match="Permission denied"):
        cache_dir()


def test_who_has_neither_home_nor_account_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: object) -> pwd.struct_passwd:
        raise KeyError

    for name in ("HOME", "XDG_CACHE_HOME", "THREEAM_CACHE"):
        monkeypatch.delenv(name, raising=False)
    require_account()
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(EnvironmentMissing, match="has no home directory"):
        cache_dir()
    with pytest.raises(EnvironmentMissing, match="who has no account"):
        require_account()


def test_root_without_a_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: object) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(cache.os, "geteuid", lambda: 0)
    assert unprivileged_user() is not None
    monkeypatch.setattr(pwd, "getpwnam", nobody)
    with pytest.raises(EnvironmentMissing, match="no user nobody"):
        unprivileged_user()
