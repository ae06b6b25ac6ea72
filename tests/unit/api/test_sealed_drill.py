"""Nothing that a drill says tells its answer before that is opened: every route, command, stream,
error, file and number, in every state, to everybody who is no instructor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from harness.api import headers, routes_read
from harness.cli.main import app as cli_app
from harness.drill.actions import instructor
from harness.drill.outputs import exports
from harness.drill.queries import exercise_view
from harness.drill.session import Session
from harness.errors import UnknownName
from harness.record.events import Event, NothingUnseen
from harness.tokens import Caller
from tests.quiet_logs import no_service_logs_here
from tests.unit.api import sealed_drill
from tests.unit.api.sealed_drill import (
    BAD_RELEASE,
    COMMANDS,
    MARK,
    OTHERS,
    STATES,
    SURGE,
    Answer,
    SealedDrill,
    leaks,
    walk,
)
from tests.unit.drill.conftest import Hand

__all__ = ["no_service_logs_here"]

NOT_READING = {
    "start and end drills": {"run", "demo", "up", "down", "finish", "halt"},
    "are the instructor's": {"instruct"},
    "measure this machine, or play drills of their own": {
        *("doctor", "bench", "smoke", "par", "agents"),
    },
    "write faults, and so know them": {"author"},
    "are the hub's, which knows no more of a drill than its API tells": {
        *("serve", "people", "runs", "event", "login", "logout", "git", "forward"),
    },
    "look into processes, whose code participants have": {"profile", "stacks"},
    "open a drill that is over by the routes that are walked": {"review", "export", "import"},
    "make requests whose routes are walked": {
        *("ack", "deploy", "rollback", "restart", "verify", "declare", "triage", "mark", "expect"),
        *("diagnose", "note", "update", "join", "leave", "advance", "reflect", "analyse", "learn"),
        *("action-item", "mcp"),
    },
}
"""Why a command is not walked."""


@contextmanager
def drill_of(session: Session, folder: Path, answer: Answer, until: str) -> Iterator[SealedDrill]:
    made = SealedDrill(session, folder, answer, until)
    try:
        yield made
    finally:
        made.close()


def said(
    session: Session, folder: Path, answer: Answer, until: str, parts: Sequence[str]
) -> dict[str, str]:
    with (
        pytest.MonkeyPatch.context() as patch,
        drill_of(session, folder, answer, until) as drill,
    ):
        return walk(drill, patch, parts)


@pytest.mark.parametrize(
    ("state", "other"), list(zip(STATES, cycle(OTHERS), strict=False)), ids=STATES
)
def test_nothing_tells_the_answer_and_another_one_makes_no_difference(
    session: Session, tmp_path: Path, state: str, other: Answer
) -> None:
    found = []
    for name, answer in (("one", BAD_RELEASE), ("two", other)):
        with (
            pytest.MonkeyPatch.context() as patch,
            drill_of(session, tmp_path / name, answer, state) as drill,
        ):
            outputs = walk(drill, patch)
            assert leaks(drill, outputs) == []
            found.append(outputs)
    one, two = found
    assert len(one) > 300
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def in_status(patch: pytest.MonkeyPatch) -> None:
    known = routes_read.drill_status

    async def status(session: Session, viewer: Any) -> Any:
        return {**await known(session, viewer), "note": session.spec.scenario.id}

    patch.setattr(routes_read, "drill_status", status)


def in_an_error(patch: pytest.MonkeyPatch) -> None:
    def refuse(session: Session) -> Any:
        raise UnknownName("thing", "x", [fault.title for fault in session.spec.faults])

    patch.setattr(exercise_view, "exercise", refuse)


def in_a_header(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(headers.HEADERS, "X-Drill", MARK)


def at_the_command_line(patch: pytest.MonkeyPatch) -> None:
    from harness.drill.queries import past_drills

    known = past_drills.past_drills
    patch.setattr(
        past_drills,
        "past_drills",
        lambda runs, unreadable: known(runs, unreadable, viewer="instructor"),
    )


def in_the_events_of_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("harness.record.schema.select", _all_rows)


def _all_rows(db: Any, after_seq: int, _audience: str, limit: int) -> Any:
    from harness.record.schema import COLUMNS

    query = f"SELECT {COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
    return db.execute(query, (after_seq, limit)).fetchall()


def in_the_streams_status(patch: pytest.MonkeyPatch) -> None:
    from harness.api.event_feed import Feed

    async def current(feed: Feed, _audience: str) -> dict[str, Any]:
        return {"note": feed.session.spec.scenario.id}

    patch.setattr(Feed, "current", current)


def at_the_end(patch: pytest.MonkeyPatch) -> None:
    """As if the reason named what the drill was about."""
    from harness.drill.run_state import RunState

    known = RunState.end
    patch.setattr(RunState, "end", lambda run, _reason: known(run, f"ended: {MARK}"))


def in_a_files_name(patch: pytest.MonkeyPatch) -> None:
    known = exports.write_postmortem

    def write(run_dir: Path, *given: Any) -> Any:
        (run_dir / f"{MARK}.md").touch()
        return known(run_dir, *given)

    patch.setattr(sealed_drill, "write_postmortem", write)


@pytest.mark.parametrize(
    ("leak", "part", "found_in"),
    [
        (in_status, "api", "GET /v1/status as participant"),
        (in_status, "commands", "drill status --json, running"),
        (in_an_error, "api", "GET /v1/exercise as participant"),
        (in_a_header, "api", "GET /v1/answer as nobody"),
        (at_the_command_line, "commands", "drill history, killed"),
        (in_the_events_of_all, "api", "GET /v1/events as participant"),
        (in_the_events_of_all, "terminal", "stream"),
        (in_a_files_name, "files", f"name of {MARK}.md"),
        (in_the_streams_status, "terminal", "stream's status"),
        (in_the_events_of_all, "end", "GET /v1/stream as participant"),
        (at_the_end, "end", "GET /v1/stream as participant"),
        (in_a_header, "end", "POST /v1/finish as participant"),
        (in_a_header, "end", "POST /v1/halt as nobody"),
    ],
)
def test_a_planted_leak_is_found_where_it_is(
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    leak: Callable[[pytest.MonkeyPatch], None],
    part: str,
    found_in: str,
) -> None:
    leak(monkeypatch)
    with drill_of(session, tmp_path / "a", BAD_RELEASE, "happened") as drill:
        assert found_in in leaks(drill, walk(drill, monkeypatch, [part]))


@pytest.mark.parametrize(
    ("leak", "part", "found_in"),
    [
        (lambda it: {"guilty": it.faults[0].service}, "api", "GET /v1/status as participant"),
        (
            lambda it: {"asked": len(it.faults[0].verify)},
            "commands",
            "drill status --json, running",
        ),
    ],
)
def test_a_leak_in_ordinary_words_is_found_by_the_difference_that_it_makes(
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    leak: Callable[[Any], dict[str, Any]],
    part: str,
    found_in: str,
) -> None:
    known = routes_read.drill_status

    async def status(session: Session, viewer: Any) -> Any:
        return {**await known(session, viewer), **leak(session.spec)}

    monkeypatch.setattr(routes_read, "drill_status", status)
    one, two = (
        said(session, tmp_path / name, answer, "happened", [part])
        for name, answer in (("one", BAD_RELEASE), ("two", SURGE))
    )
    assert found_in in [name for name in one if one[name] != two[name]]


def test_a_gap_in_the_numbers_is_found(session: Session, tmp_path: Path) -> None:
    """As it was before what participants may not see kept time."""
    extra = replace(SURGE, at_release=NothingUnseen(), at_beat=NothingUnseen())
    one = said(session, tmp_path / "one", extra, "paged", ["terminal", "commands"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SealedDrill, "happen", _without_unseen)
        two = said(session, tmp_path / "two", extra, "paged", ["terminal", "commands"])
    differing = [name for name in one if one[name] != two[name]]
    assert "drill events --json, running" in differing
    assert "stream" in differing


def _without_unseen(drill: SealedDrill, hand: Hand, happened: Sequence[Event]) -> None:
    for event in happened:
        hand.move(2)
        if not isinstance(event, NothingUnseen):
            drill.session.note(event, actor="Ada")


def test_what_is_revealed_is_told(session: Session, tmp_path: Path) -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        drill_of(session, tmp_path / "a", BAD_RELEASE, "looked back") as drill,
    ):
        instructor.reveal(drill.session, by="instructor")
        found = leaks(drill, walk(drill, patch))
        token = {"Authorization": f"Bearer {drill.tokens.token(Caller.INSTRUCTOR)}"}
        assert MARK in drill.http.get("/v1/answer", headers=token).text
    assert {"GET /v1/events as participant", "drill history, running", "stream"} <= set(found)
    assert not any(name.endswith("nobody") for name in found), "without a token"


def test_every_command_is_walked_or_says_why_it_is_not() -> None:
    excused = {name for names in NOT_READING.values() for name in names}
    walked = {words[0] for words in COMMANDS}
    commands = set(get_command(cli_app).commands)  # type: ignore[attr-defined]
    assert walked | excused == commands
    assert not walked & excused
