"""One drill a home; what a dead one left is closed and tidied, and nothing else is touched."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from harness.drill.lifecycle import home as home_module
from harness.drill.lifecycle.home import Home
from harness.errors import AlreadyRunning, EnvironmentMissing
from harness.record import events
from harness.record.store import Record
from harness.record.story import fold


def reap_nothing(_: Path) -> list[str]:
    return []


def leave_a_dead_drill(home: Path, *, finished: bool = False) -> Path:
    run_dir = home / "runs" / "d-dead"
    (run_dir / "workspace").mkdir(parents=True)
    (run_dir / "releases" / "abc").mkdir(parents=True)
    (run_dir / "secrets").mkdir()
    with Record(run_dir / "record.db", "d-dead") as record:
        record.append(events.DrillStarting(), actor="harness")
        if finished:
            record.append(events.DrillFinished(reason="done"), actor="harness")
    return run_dir


def test_a_second_owner_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with Home(tmp_path).owned(reap_nothing):
        Home(tmp_path).announce("d-1234", "http://127.0.0.1:1", tmp_path)
        with pytest.raises(AlreadyRunning, match="d-1234"), Home(tmp_path).owned(reap_nothing):
            pass


def test_whoever_comes_while_a_review_is_shown_is_told_so(tmp_path: Path) -> None:
    with Home(tmp_path).owned(reap_nothing):
        for is_review, told in ((True, "the review of drill d-1234 "), (False, "drill d-1234 ")):
            Home(tmp_path).announce("d-1234", "http://127.0.0.1:1", tmp_path, is_review=is_review)
            with (
                pytest.raises(AlreadyRunning, match=f"^{told}.*\n.*drill finish"),
                Home(tmp_path).owned(reap_nothing),
            ):
                pass


def test_a_home_is_free_again_after_its_owner_is_gone(tmp_path: Path) -> None:
    with Home(tmp_path).owned(reap_nothing):
        pass
    with Home(tmp_path).owned(reap_nothing) as put_in_order:
        assert put_in_order == []


def test_a_dead_drill_is_recorded_as_aborted_and_tidied(tmp_path: Path) -> None:
    run_dir = leave_a_dead_drill(tmp_path)
    with Home(tmp_path).owned(reap_nothing) as put_in_order:
        (said,) = put_in_order
        assert said.startswith("drill d-dead had died; it is recorded as aborted")
    with Record(run_dir / "record.db") as record:
        assert fold(record.events()).state.was_aborted
    assert {path.name for path in run_dir.iterdir()} == {"record.db", "record.db-end", "workspace"}


def test_a_finished_drill_stays_finished(tmp_path: Path) -> None:
    run_dir = leave_a_dead_drill(tmp_path, finished=True)
    with Home(tmp_path).owned(reap_nothing):
        pass
    with Record(run_dir / "record.db") as record:
        state = fold(record.events()).state
    assert state.end_reason == "done"
    assert not state.was_aborted


def test_what_died_before_its_record_was_begun_is_removed(tmp_path: Path) -> None:
    (tmp_path / "runs" / "d-none" / "secrets").mkdir(parents=True)
    with Home(tmp_path).owned(reap_nothing):
        assert list((tmp_path / "runs").iterdir()) == []


def test_a_damaged_record_does_not_keep_the_next_drill_from_starting(tmp_path: Path) -> None:
    run_dir = leave_a_dead_drill(tmp_path)
    (run_dir / "record.db").write_bytes(b"not a database at all" * 500)
    with Home(tmp_path).owned(reap_nothing) as put_in_order:
        assert "could not be closed" in put_in_order[0]
    assert (run_dir / "record.db").exists()


def test_the_active_drill_is_announced_whole_or_not_at_all(tmp_path: Path) -> None:
    with Home(tmp_path).owned(reap_nothing):
        Home(tmp_path).announce("d-1", "http://127.0.0.1:1", tmp_path / "runs" / "d-1")
        assert json.loads((tmp_path / "active.json").read_text())["drill_id"] == "d-1"
    assert not (tmp_path / "active.json").exists()


def test_the_papers_of_a_drill_stay_with_its_record(tmp_path: Path) -> None:
    run_dir = leave_a_dead_drill(tmp_path)
    (run_dir / "incident").mkdir()
    for name in ("postmortem.md", "postmortem-draft.md", "learning.json", "scratch"):
        (run_dir / name).write_text("x")
    with Home(tmp_path).owned(reap_nothing):
        pass
    left = {path.name for path in run_dir.iterdir()}
    assert left == {
        "incident", "learning.json", "postmortem-draft.md", "postmortem.md", "record.db",
        "record.db-end", "workspace",
    }  # fmt: skip


def test_what_was_saved_of_a_damaged_record_is_not_tidied_away(tmp_path: Path) -> None:
    run_dir = leave_a_dead_drill(tmp_path)
    (run_dir / "record.db").write_bytes(b"no record at all" * 500)
    with Home(tmp_path).owned(reap_nothing) as put_in_order:
        assert "could not be closed" in put_in_order[0]
    left = {path.name for path in run_dir.iterdir()}
    assert any(name.startswith("record.damaged-") for name in left)
    assert any(name.endswith(".readable.jsonl") for name in left)
    assert "secrets" not in left


def test_a_home_that_cannot_be_written_to_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_module.os, "access", lambda *_: False)
    with (
        pytest.raises(EnvironmentMissing, match=r"drills cannot be kept in .*: Permission denied"),
        Home(tmp_path).owned(reap_nothing),
    ):
        pass


def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(EnvironmentMissing, match=r"drills cannot be kept in .*: Not a directory"),
        Home(tmp_path / "file").owned(reap_nothing),
    ):
        pass


def test_a_disk_without_locks_is_not_another_drill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(home_module.fcntl, "flock", refuse)
    with (
        pytest.raises(EnvironmentMissing, match="nothing can be locked") as told,
        Home(tmp_path).owned(reap_nothing),
    ):
        pass
    assert not isinstance(told.value, AlreadyRunning)


@pytest.mark.parametrize("remains", ["record.db-wal", "record.db-end"])
def test_a_directory_with_anything_of_a_record_is_kept_and_its_loss_is_said(
    tmp_path: Path, remains: str
) -> None:
    run_dir = leave_a_dead_drill(tmp_path)
    (run_dir / "record.db-wal").write_bytes(b"the log" * 100)
    (run_dir / "record.db").unlink()
    for path in run_dir.glob("record.*"):
        if path.name != remains:
            path.unlink()
    with Home(tmp_path).owned(reap_nothing) as put_in_order:
        assert "its file is gone" in put_in_order[0]
    assert (run_dir / remains).exists()
    assert list(run_dir.glob("record.damaged-*"))
