"""The drill of a home, as the short commands find it; and one whose host died."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.cli import api_client, host, review
from harness.cli.api_client import active_drill
from harness.drill.lifecycle.home import Home
from harness.errors import AlreadyRunning, EnvironmentMissing, NotAllowed, UsageError
from harness.paths import ACTIVE, LOCK, is_owned
from harness.record import events
from harness.record.store import Record
from harness.record.story import fold


@pytest.fixture
def dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a drill whose host was killed."""
    monkeypatch.setenv("DRILL_HOME", str(tmp_path))
    run_dir = tmp_path / "runs" / "d-dead"
    (run_dir / "secrets").mkdir(parents=True)
    (run_dir / "secrets" / "participant.token").write_text("x")
    with Record(run_dir / "record.db", "d-dead") as record:
        record.append(events.DrillStarting(), actor="harness")
    Home(tmp_path).announce("d-dead", "http://127.0.0.1:1", run_dir)
    (tmp_path / LOCK).touch()
    return tmp_path


@contextmanager
def living_host(home: Path) -> Iterator[None]:
    with (home / LOCK).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_a_drill_whose_host_died_does_not_run_and_the_hint_helps(dead: Path) -> None:
    with pytest.raises(EnvironmentMissing, match=r"the host of d-dead .* died") as told:
        active_drill()
    assert "drill run --resume" in told.value.hint
    assert "drill down" in told.value.hint
    assert "drill status" not in told.value.hint
    with living_host(dead):  # negative control: the same file, and somebody who holds the home
        assert active_drill().drill_id == "d-dead"


def test_one_whose_host_died_while_it_showed_a_review_is_opened_again_not_resumed(
    dead: Path,
) -> None:
    run_dir = dead / "runs" / "d-dead"
    Home(dead).announce("d-dead", "http://127.0.0.1:1", run_dir, is_review=True)
    with pytest.raises(EnvironmentMissing) as told:
        active_drill()
    assert "drill review" in told.value.hint
    assert "resume" not in told.value.hint


@pytest.mark.parametrize("asked", [None, "d-dead"])
def test_a_review_that_a_drill_went_over_into_is_opened_where_it_is(
    dead: Path, capsys: pytest.CaptureFixture[str], asked: str | None
) -> None:
    run_dir = dead / "runs" / "d-dead"
    (run_dir / "secrets" / "instructor.token").write_text("y")
    with living_host(dead):
        Home(dead).announce("d-dead", "http://127.0.0.1:1", run_dir, is_review=True)
        review.review(asked)
        assert capsys.readouterr().out.splitlines() == [
            "http://127.0.0.1:1/#token=y",
            "http://127.0.0.1:1/#token=x",
        ]
        Home(dead).announce("d-dead", "http://127.0.0.1:1", run_dir)
        with pytest.raises(UsageError, match="not over yet"):  # negative control: it goes on
            review.review(asked)


def test_down_clears_what_a_dead_host_left(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    host.down()
    said = capsys.readouterr().err
    assert "the host of d-dead" in said
    assert "it is recorded as aborted" in said
    assert not (dead / ACTIVE).exists()
    assert not (dead / "runs" / "d-dead" / "secrets").exists()
    with Record(dead / "runs" / "d-dead" / "record.db") as record:
        assert fold(record.events()).state.was_aborted
    with pytest.raises(EnvironmentMissing, match=r"^no drill is running\n"):
        active_drill()


def test_down_where_there_never_was_a_drill_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "none"))
    host.down()
    assert not (tmp_path / "none").exists()


def test_down_leaves_a_host_alone_that_is_just_starting(
    dead: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.drill.lifecycle.home.HOME_LOCK_S", 0.05)
    (dead / ACTIVE).unlink()
    with living_host(dead), pytest.raises(AlreadyRunning, match="just starting"):
        host.down()
    assert (dead / "runs" / "d-dead" / "secrets").exists()


def test_whoever_looks_does_not_keep_a_host_from_starting(dead: Path) -> None:
    with (dead / LOCK).open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        asked: list[bool] = []

        def reap(_: Path) -> list[str]:
            asked.append(True)
            return []

        def look_ends(*_: object, **__: object) -> None:
            fcntl.flock(looking, fcntl.LOCK_UN)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("harness.waiting.time.sleep", look_ends)
            with Home(dead).owned(reap):
                assert is_owned(dead)
    assert asked == [True]
    assert not is_owned(dead)


def test_the_home_of_another_user_is_not_called_empty(
    dead: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(api_client.Path, "read_text", refuse)
    with pytest.raises(NotAllowed, match=ACTIVE):
        active_drill()


def test_what_cannot_be_told_counts_as_owned(tmp_path: Path) -> None:
    (tmp_path / ACTIVE).write_text(json.dumps({}))
    assert is_owned(tmp_path), "there is no lock to look at"
