"""What is silenced at a real Alertmanager is in the record, too."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from harness.drill.actions.silencing import follow, silences
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.record import events
from harness.runtime.programs.external import ensure
from harness.runtime.programs.pager_choice import command_of
from harness.telemetry.alertmanager_client import AlertmanagerClient
from harness.waiting import wait_until
from tests.unit.telemetry.conftest import free_port

Amtool = Callable[..., Awaitable[str]]


@pytest.fixture
async def alertmanager(tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a real one, without a cluster."""
    port = free_port()
    config = tmp_path / "alertmanager.yml"
    config.write_text(json.dumps({"route": {"receiver": "x"}, "receivers": [{"name": "x"}]}))
    arguments = [
        f"--config.file={config}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    process = await asyncio.create_subprocess_exec(
        *command_of(ensure("alertmanager")),
        *arguments,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(trust_env=False) as http:

            async def ready() -> bool:
                if process.returncode is not None:
                    pytest.skip(
                        "Alertmanager is not installed, and no namespace may be made for it"
                    )
                with contextlib.suppress(httpx.HTTPError):
                    return (await http.get(f"{url}/-/ready")).status_code == 200
                return False

            await wait_until(ready, timeout_s=30, what="Alertmanager")
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.fixture
async def followed(session: Session, alertmanager: str) -> AsyncIterator[Session]:
    """A drill whose stack has that Alertmanager."""
    async with AlertmanagerClient(alertmanager) as client:
        session.services.silencers = client
        yield session


@pytest.fixture
def amtool(alertmanager: str, tmp_path: Path) -> Amtool:
    async def run(*words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(str(ensure("amtool")), f"--alertmanager.url={alertmanager}", *words),
            env={"HOME": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0, out.decode()
        return out.decode().strip()

    return run


async def test_a_silence_its_change_and_its_end_are_recorded_once_each(
    followed: Session, amtool: Amtool
) -> None:
    silence_id = await amtool(
        *("silence", "add", "alertname=~High.*", "service!=a", "-a", "ada", "-c", "known")
    )
    for _ in range(3):
        await follow(followed)
    (noted,) = followed.story().of(events.SilenceSet)
    assert (noted.event.silence_id, noted.event.by) == (silence_id, "ada")
    assert set(noted.event.matchers) == {'alertname=~"High.*"', 'service!="a"'}
    (known,) = silences(followed.story())
    assert known.mutes({"alertname": "HighLatency", "service": "b"}, datetime.now(UTC))

    await amtool("silence", "update", "-d", "5h", silence_id)
    for _ in range(2):
        await follow(followed)
    newest = silences(followed.story())[-1]
    assert newest.ends_at - datetime.now(UTC) > timedelta(hours=4)

    await amtool("silence", "expire", newest.id)
    for _ in range(2):
        await follow(followed)
    assert len(followed.story().of(events.SilenceSet)) == 2
    ended = [one.event.silence_id for one in followed.story().of(events.SilenceEnded)]
    assert ended.count(newest.id) == 1
    now = datetime.now(UTC)
    assert {one.state(now) for one in silences(followed.story())} == {"expired"}


async def test_without_following_it_is_in_no_record(followed: Session, amtool: Amtool) -> None:
    """Negative control."""
    await amtool("silence", "add", "alertname=HighLatency", "-c", "known")
    followed.services.silencers = None
    await follow(followed)
    assert followed.story().of(events.SilenceSet) == ()


async def test_an_alertmanager_that_is_away_is_told_and_changes_nothing(session: Session) -> None:
    async with AlertmanagerClient(f"http://127.0.0.1:{free_port()}") as client:
        session.services.silencers = client
        with pytest.raises(StackFailed):
            await follow(session)
    assert session.story().of(events.SilenceSet) == ()
