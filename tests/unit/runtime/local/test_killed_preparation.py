"""Prepared databases, whoever else starts at the same time and wherever one is killed: what bears
the name is whole, or not there."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from harness.runtime.local import databases
from harness.runtime.local.databases import UNUSED_S, Preparer
from harness.runtime.programs import cache as cache_module
from harness.runtime.programs.cache import if_nobody_else, made_whole, only_one, unfinished

CONTENT = {f"data/{name}": name for name in ("PG_VERSION", "base", "global", "pg_wal")}
STEPS_IN = frozenset({databases.__file__, cache_module.__file__, shutil.__file__, __file__})
NOTHING: Any = None


async def fill(_: Preparer, folder: Path) -> None:
    """Instead of Postgres."""
    for name, text in CONTENT.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with (folder.parent / "fills").open("a") as noted:
        noted.write("x")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(databases, "cache_dir", lambda: tmp_path)
    monkeypatch.setattr(databases, "version_of", lambda _: "18")
    monkeypatch.setattr(databases, "content_key", lambda *_: "k1")
    monkeypatch.setattr(Preparer, "_fill", fill)
    return tmp_path


def preparer() -> Preparer:
    return Preparer(NOTHING, NOTHING, Path("/nowhere"), (), Path("/nowhere"), lambda _: None)


def prepare() -> None:
    asyncio.run(preparer().prepare())


def held(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def an_old_one(cache: Path) -> Path:
    """Prepared databases that no drill used for long."""
    folder = cache / "postgres" / "old"
    with made_whole(folder) as part:
        asyncio.run(fill(NOTHING, part))
    long_ago = time.time() - UNUSED_S - 60
    os.utime(folder, (long_ago, long_ago))
    return folder


def killed_at(step: int, act: Callable[[], None]) -> bool:
    """Whether `act`, in a process of its own, was killed as it came to that line of ours."""
    pid = os.fork()
    if pid == 0:
        left = step

        def trace(frame: FrameType, event: str, _: object) -> Any:
            nonlocal left
            if frame.f_code.co_filename not in STEPS_IN:
                return None
            if event == "line":
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            threading.settrace(trace)
            sys.settrace(trace)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed by itself"
    return os.WIFSIGNALED(status)


def halves(cache: Path, act: Callable[[], None], folder: Path, again: Callable[[], None]) -> int:
    """How often half of `folder` was there after a kill at each step of `act`, which begins anew
    after `again`."""
    found = step = 0
    again()
    while killed_at(step, act):
        found += folder.is_dir() and held(folder) != CONTENT
        again()
        step += 1
    assert step > 20, "it was killed at each of its lines"
    assert held(cache / "postgres" / "k1") == CONTENT, "and at last it came to its end"
    return found


def test_wherever_a_preparation_is_killed_the_next_start_finds_all_or_nothing(cache: Path) -> None:
    target = cache / "postgres" / "k1"

    def again() -> None:
        if target.exists():
            shutil.rmtree(target)

    assert halves(cache, prepare, target, again) == 0
    again()
    prepare()
    left = [one.name for one in target.parent.iterdir() if one.is_dir()]
    assert left == ["k1"], "what the killed ones left is gone"


def test_wherever_forgetting_is_killed_what_is_left_of_the_old_one_does_not_count(
    cache: Path,
) -> None:
    assert halves(cache, prepare, cache / "postgres" / "old", lambda: renew(cache)) == 0


def test_taken_away_in_its_place_half_of_it_would(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(databases, "take_away", shutil.rmtree)
    assert halves(cache, prepare, cache / "postgres" / "old", lambda: renew(cache)) > 0


def renew(cache: Path) -> None:
    """An old folder, whole, and nothing of the one before, which would be more steps each time."""
    for left in (cache / "postgres").glob("old*"):
        shutil.rmtree(left, ignore_errors=True)
    an_old_one(cache)


async def test_of_many_starts_at_once_one_fills_and_all_find_it_whole(cache: Path) -> None:
    found = await asyncio.gather(*(preparer().prepare() for _ in range(8)))
    assert {one.name for one in found} == {"k1"}
    assert held(found[0]) == CONTENT
    assert (cache / "postgres" / "fills").read_text() == "x"


async def test_what_somebody_is_about_to_use_is_not_forgotten(cache: Path) -> None:
    old = await asyncio.to_thread(an_old_one, cache)
    async with only_one(old.with_suffix(".lock")):
        databases._forget_unused(old.parent)
    assert held(old) == CONTENT
    databases._forget_unused(old.parent)  # negative control: it is the lock that kept it
    assert not old.exists()


def test_of_what_was_used_meanwhile_nothing_is_forgotten(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the lock another start may have come, and gone."""
    old = an_old_one(cache)

    def touched(lock: Path) -> Any:
        os.utime(old)
        return if_nobody_else(lock)

    monkeypatch.setattr(databases, "if_nobody_else", touched)
    databases._forget_unused(old.parent)
    assert held(old) == CONTENT


def test_a_folder_that_a_sweep_took_before_it_was_claimed_is_made_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process may have been held up between the two."""
    swept: list[Path] = []
    really = cache_module.tempfile.mkdtemp

    def made(**given: Any) -> str:
        folder = really(**given)
        if not swept:
            swept.append(Path(folder))
            Path(folder).rmdir()
        return folder

    monkeypatch.setattr(cache_module.tempfile, "mkdtemp", made)
    with made_whole(cache / "postgres" / "one") as part:
        (part / "x").touch()
        assert part not in swept
        assert list(unfinished(cache)) == []
    assert (cache / "postgres" / "one" / "x").exists()
