"""Changing what runs: recorded whatever comes of it, one at a time, back to what was before."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from harness.drill.actions import deploy
from harness.drill.session import Session
from harness.errors import DeployFailed, UnknownName, UsageError
from harness.model import BuiltRelease
from harness.record.events import DeployStarted
from harness.waiting import wait_until


def silent(_: str) -> None:
    pass


def version(session: Session, number: str) -> BuiltRelease:
    return session.services.workspace.release("payments", number)


async def ship(session: Session, number: str) -> Any:
    return await deploy.release(
        session, version(session, number), by="ada", summary="something", progress=silent
    )


async def test_a_release_is_in_the_record_and_in_the_log(session: Session) -> None:
    entry = await ship(session, "2.4.2")
    assert (entry.version_from, entry.version_to, entry.outcome) == ("2.4.1", "2.4.2", "succeeded")
    types = [envelope.type for envelope in session.services.record.events()]
    assert types == ["deploy.started", "deploy.succeeded"]


async def test_a_release_that_fails_is_recorded_with_its_error(session: Session) -> None:
    runtime: Any = session.services.runtime
    runtime.refused.add("2.4.2")
    with pytest.raises(DeployFailed, match="never became ready"):
        await ship(session, "2.4.2")
    assert session.deploys().entries[-1].outcome == "failed"
    assert "never became ready" in session.deploys().entries[-1].error
    assert session.running("payments").version == "2.4.1"


async def test_rolling_back_goes_to_what_served_before(session: Session) -> None:
    await ship(session, "2.4.2")
    entry = await deploy.rollback(session, "payments", to_version=None, by="ada", progress=silent)
    assert (entry.kind, entry.version_to) == ("rollback", "2.4.1")


async def test_a_service_that_is_down_can_be_rolled_back_and_restarted(session: Session) -> None:
    await ship(session, "2.4.2")
    runtime: Any = session.services.runtime
    runtime.down.add("payments")
    await deploy.restart(session, "payments", by="ada", progress=silent)
    assert runtime.restarted == ["payments"]
    entry = await deploy.rollback(session, "payments", to_version=None, by="ada", progress=silent)
    assert (entry.version_from, entry.version_to) == ("2.4.2", "2.4.1")


async def test_rolling_back_twice_never_brings_the_bad_release_back(session: Session) -> None:
    await ship(session, "2.4.2")
    await deploy.rollback(session, "payments", to_version=None, by="ada", progress=silent)
    with pytest.raises(UsageError, match="no earlier version than"):
        await deploy.rollback(session, "payments", to_version=None, by="bo", progress=silent)
    assert session.running("payments").version == "2.4.1"
    entry = await deploy.rollback(
        session, "payments", to_version="2.4.2", by="ada", progress=silent
    )
    assert entry.version_to == "2.4.2", "whoever wants it back names it"


async def test_rolling_back_twice_goes_further_back(session: Session) -> None:
    await ship(session, "2.4.2")
    await ship(session, "2.4.3")
    versions = [
        (await deploy.rollback(session, "payments", to_version=None, by="ada", progress=silent))
        for _ in range(2)
    ]
    assert [entry.version_to for entry in versions] == ["2.4.2", "2.4.1"]


async def test_a_failed_release_is_not_what_served_before(session: Session) -> None:
    runtime: Any = session.services.runtime
    await ship(session, "2.4.2")
    runtime.refused.add("2.4.3")
    with pytest.raises(DeployFailed):
        await ship(session, "2.4.3")
    entry = await deploy.rollback(session, "payments", to_version=None, by="ada", progress=silent)
    assert entry.version_to == "2.4.1"


async def test_with_nothing_before_the_way_out_is_said(session: Session) -> None:
    with pytest.raises(UsageError, match="no earlier version than"):
        await deploy.rollback(session, "payments", to_version=None, by="ada", progress=silent)


async def test_rolling_back_to_what_runs_is_refused(session: Session) -> None:
    with pytest.raises(UsageError, match=r"already runs 2\.4\.1"):
        await deploy.rollback(session, "payments", to_version="2.4.1", by="ada", progress=silent)


async def test_an_unknown_service_is_named_with_the_nearest(session: Session) -> None:
    with pytest.raises(UnknownName, match="did you mean payments"):
        await deploy.restart(session, "paymens", by="ada", progress=silent)


async def test_a_second_deploy_is_refused_while_one_is_under_way(session: Session) -> None:
    async with session.run.deploy_lock:
        with pytest.raises(UsageError, match="another deploy is in progress"):
            await deploy.restart(session, "payments", by="ada", progress=silent)
    assert (await deploy.restart(session, "payments", by="ada", progress=silent)).kind == "restart"


async def test_the_refusal_says_whose_deploy_is_under_way(session: Session) -> None:
    runtime: Any = session.services.runtime
    runtime.gate.clear()
    shipping = asyncio.create_task(ship(session, "2.4.2"))
    await wait_until(lambda: _started(session), timeout_s=5, what="the start")
    with pytest.raises(UsageError, match=r"in progress: .+'s release of payments 2\.4\.2"):
        await deploy.restart(session, "payments", by="ada", progress=silent)
    runtime.gate.set()
    await shipping


async def _started(session: Session) -> bool:
    return session.story().last(DeployStarted) is not None


async def test_a_planned_release_waits_its_turn_instead(session: Session) -> None:
    async with session.run.deploy_lock:
        waiting = asyncio.create_task(ship(session, "2.4.2"))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert (await waiting).version_to == "2.4.2"
