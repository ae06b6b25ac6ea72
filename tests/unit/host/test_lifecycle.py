"""How a hosted drill ends where something in it goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from harness import ports
from harness.drill.lifecycle.home import TRACEBACK, is_kept
from harness.drill.lifecycle.start import _note_exit
from harness.drill.session import Session
from harness.errors import DeployFailed, DrillError, MachineRefused, OwnMistake, StackFailed
from harness.host import lifecycle
from harness.host.bootstrap import Prepared
from harness.model import Pager
from harness.plain_http import local_client
from harness.record.events import HarnessProblem, SilenceSet
from harness.runtime.base import ExitAction, ProcessExit
from harness.settings import HostSettings
from harness.tokens import Caller, TokenBook
from harness.waiting import wait_until
from tests.unit.telemetry.conftest import free_port


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each drill that was finished: whether it ended in an orderly way."""
    found: list[bool] = []

    async def finish(session: Session, *, orderly: bool, progress: Any) -> None:
        found.append(orderly)

    monkeypatch.setattr(lifecycle, "finish", finish)
    return found


async def outcome(
    session: Session, monkeypatch: pytest.MonkeyPatch, live: Any
) -> lifecycle.Outcome:
    prepared: Any = type("Ready", (), {"session": session})()
    nobody: Any = None
    monkeypatch.setattr(lifecycle, "_start_and_play", lambda *_: live())
    return await lifecycle._run(prepared, nobody, lambda _: None)


async def test_a_mistake_of_ours_is_no_orderly_end_and_keeps_its_traceback(
    session: Session, monkeypatch: pytest.MonkeyPatch, ended: list[bool]
) -> None:
    async def live() -> None:
        raise KeyError("payments")

    found = await outcome(session, monkeypatch, live)
    assert ended == [False], "everything was taken down, and it does not count"
    assert isinstance(found.error, OwnMistake)
    assert "KeyError" in (session.spec.run_dir / TRACEBACK).read_text()
    assert is_kept(TRACEBACK)
    problems = [one.event for one in session.services.record.events()]
    assert [one.what for one in problems if isinstance(one, HarnessProblem)] == [
        "internal error (KeyError)"
    ]


async def test_a_part_that_fails_behind_the_scenes_is_no_orderly_end_either(
    session: Session, monkeypatch: pytest.MonkeyPatch, ended: list[bool]
) -> None:
    async def schedule() -> None:
        raise ValueError("no such release")

    async def live() -> None:
        session.run.keep(asyncio.create_task(schedule()))
        await session.run.over.wait()

    found = await outcome(session, monkeypatch, live)
    assert ended == [False]
    assert found.error is not None
    assert "no such release" in found.error.message


async def test_a_drill_that_is_ended_ends_in_an_orderly_way(
    session: Session, monkeypatch: pytest.MonkeyPatch, ended: list[bool]
) -> None:
    async def live() -> None:
        session.run.end("played to its end")

    found = await outcome(session, monkeypatch, live)
    assert (ended, found.error, found.reason) == ([True], None, "played to its end")


async def test_an_error_with_a_hint_is_told_as_it_is(
    session: Session, monkeypatch: pytest.MonkeyPatch, ended: list[bool]
) -> None:
    async def live() -> None:
        raise StackFailed("prometheus did not start", "look at its log")

    found = await outcome(session, monkeypatch, live)
    assert (ended, type(found.error)) == ([False], StackFailed)
    assert not (session.spec.run_dir / TRACEBACK).exists()


@pytest.mark.parametrize("collapsed", ["guardian", ""])
@pytest.mark.parametrize("is_noticed_behind_the_scenes", [True, False])
async def test_what_comes_of_the_end_of_a_part_is_told_as_that_end(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    ended: list[bool],
    collapsed: str,
    is_noticed_behind_the_scenes: bool,
) -> None:
    """A killed guardian takes a release with it that was just starting: nobody is to look for its
    mistake. Where nothing else ended, the release is to blame."""

    async def release() -> None:
        raise DeployFailed("c 1.3.2 was not deployed: it ended with signal SIGKILL", "fix c")

    async def live() -> None:
        if is_noticed_behind_the_scenes:
            session.run.keep(asyncio.create_task(release()))
            await session.run.over.wait()
        else:
            await release()

    session.services.runtime.collapsed = collapsed  # type: ignore[attr-defined]
    found = await outcome(session, monkeypatch, live)
    assert ended == [False]
    assert found.error is not None
    assert (found.error.message == "guardian died") == bool(collapsed)
    assert ("guardian died" in found.reason) == bool(collapsed)
    assert ("c 1.3.2 was not deployed" in found.error.message) == (not collapsed)


async def test_a_drill_that_is_over_anyway_is_not_spoiled_by_a_part_that_ends_then(
    session: Session, monkeypatch: pytest.MonkeyPatch, ended: list[bool]
) -> None:
    async def live() -> None:
        session.run.end("finished by kim")

    session.services.runtime.collapsed = "guardian"  # type: ignore[attr-defined]
    found = await outcome(session, monkeypatch, live)
    assert (ended, found.error, found.reason) == ([True], None, "finished by kim")


async def test_an_interrupt_does_not_wait_for_the_preparation() -> None:
    stop = asyncio.Event()

    async def prepare() -> Prepared:
        stop.set()
        return await asyncio.Future()

    with pytest.raises(DrillError, match="before anything started"):
        await asyncio.wait_for(lifecycle._unless_stopped(stop, prepare()), 10)


async def test_what_the_machine_refuses_is_not_called_a_mistake_of_ours(
    session: Session, monkeypatch: pytest.MonkeyPatch, ended: list[bool]
) -> None:
    async def live() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/var/somewhere")

    found = await outcome(session, monkeypatch, live)
    assert ended == [False]
    assert isinstance(found.error, MachineRefused)
    assert found.error.exit_code == 3
    assert str(found.error).splitlines() == [
        "/var/somewhere: No space left on device",
        "  hint: make room on that disk, then start again",
    ]


async def test_a_timeout_that_nobody_meant_is_a_mistake_of_ours(
    session: Session, monkeypatch: pytest.MonkeyPatch, ended: list[bool]
) -> None:
    async def live() -> None:
        raise TimeoutError

    assert isinstance((await outcome(session, monkeypatch, live)).error, OwnMistake)


async def test_a_terminal_that_participants_may_see_never_shows_the_instructors_token(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the participants' token is there, so that the search finds tokens."""
    tokens = TokenBook.create(tmp_path / "secrets")
    prepared: Any = SimpleNamespace(session=session, tokens=tokens)
    monkeypatch.setattr(lifecycle, "begin_exercise", lambda _: session.run.end("seen enough"))
    settings = HostSettings(time_limit_minutes=1e-6)
    said: list[str] = []
    await lifecycle._left_to_people(prepared, settings, lifecycle.no_view, said.append)(session)
    shown = "\n".join(said)
    assert tokens.token(Caller.PARTICIPANT) in shown
    for caller in Caller:
        assert (tokens.token(caller) in shown) == (caller is Caller.PARTICIPANT), caller
    assert "drill open --role instructor" in shown


async def test_where_alertmanager_dies_the_host_answers_at_its_port_with_its_silences(
    session: Session, tmp_path: Path
) -> None:
    port = free_port()
    session.spec = replace(session.spec, port_offset=port - ports.ALERTMANAGER)
    session.run.pager = Pager("0.28.1", ("alertmanager",))
    times = ("2030-01-01T00:00:00+00:00", "2090-01-01T00:00:00+00:00")
    session.note(SilenceSet("s1", ('alertname="HighLatency"',), *times, "ada", ""), actor="ada")
    tokens = TokenBook.create(tmp_path / "secrets")
    prepared: Any = SimpleNamespace(session=session, tokens=tokens)
    async with local_client(f"http://127.0.0.1:{port}") as http:
        http.auth = tokens.login("oncall")
        async with lifecycle._pager_port(prepared):
            with pytest.raises(httpx.ConnectError):  # Alertmanager would answer
                await http.get("/-/ready")
            _note_exit(session, ProcessExit("alertmanager", 7, -9, ExitAction.GO_ON))

            async def answers() -> bool:
                with contextlib.suppress(httpx.ConnectError):
                    return (await http.get("/-/ready")).status_code == 200
                return False

            await wait_until(answers, timeout_s=10, what="the host at Alertmanager's port")
            silences = (await http.get("/api/v2/silences")).json()
            assert [one["id"] for one in silences] == ["s1"]
            assert session.run.pager.command == ()
        with pytest.raises(httpx.ConnectError):
            await http.get("/-/ready")


async def test_a_host_that_cannot_take_over_does_not_go_on_without_a_pager(
    session: Session, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        session.spec = replace(session.spec, port_offset=port - ports.ALERTMANAGER)
        session.run.pager = Pager("0.28.1", ("alertmanager",))
        tokens = TokenBook.create(tmp_path / "secrets")
        prepared: Any = SimpleNamespace(session=session, tokens=tokens)
        async with lifecycle._pager_port(prepared):
            session.run.take_over_paging("it died")
            await asyncio.wait_for(session.run.over.wait(), 10)
    assert session.run.failure is not None
