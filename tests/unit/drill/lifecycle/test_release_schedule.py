"""What sets a fault off, and what only looks like trouble."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.catalog.reader import Catalog
from harness.causes import Blip, Trigger, TriggerKind
from harness.drill.lifecycle import disturbances, release_schedule
from harness.drill.session import Session
from harness.errors import DeployFailed
from harness.model import Fault, PlannedRelease
from harness.paths import REPO
from harness.record.events import (
    DependencyActed,
    DeployStarted,
    DeploySucceeded,
    DrillTriggered,
    PageSent,
)
from harness.waiting import WaitedTooLong, wait_until
from harness.workspace.history import AFTER_THE_PAGE_S

HAPPENED = (DrillTriggered, DeployStarted, DeploySucceeded, DependencyActed)


@pytest.fixture
def failovers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that failed over, by their address."""
    found: list[str] = []

    async def fail_over(url: str) -> int:
        found.append(url)
        return 3

    monkeypatch.setattr(disturbances, "_fail_over", fail_over)
    return found


def with_fault(session: Session, set_off_by: Trigger) -> Fault:
    """The session's only live release is a bad one."""
    fault = replace(Catalog(REPO).fault("bad-timeouts"), trigger=set_off_by)
    session.spec = replace(session.spec, faults=(fault,))
    shop: Any = type("Shop", (), {"log": ()})()
    now = datetime.now(UTC)
    shop.live = (PlannedRelease(fault.release, now, None, is_culprit=True),)
    workspace: Any = session.services.workspace
    workspace.shop = shop
    runtime: Any = session.services.runtime
    runtime.database_url = lambda service, role: f"postgresql://{role}@db/{service}"
    return fault


def happened(session: Session) -> list[str]:
    found = [envelope.event for envelope in session.services.record.events()]
    return [type(event).__name__ for event in found if isinstance(event, HAPPENED)]


async def test_a_release_sets_its_fault_off_as_its_deploy_begins(
    session: Session, failovers: list[str]
) -> None:
    with_fault(session, Trigger())
    await release_schedule.run_schedule(session)
    assert happened(session) == ["DrillTriggered", "DeployStarted", "DeploySucceeded"]
    assert failovers == []


async def test_the_numbers_of_events_do_not_mark_the_release_that_did_it(session: Session) -> None:
    with_fault(session, Trigger())
    workspace: Any = session.services.workspace
    (culprit,) = workspace.shop.live
    harmless = replace(culprit, release=replace(culprit.release, version_to="2.4.3"))
    workspace.shop.live = (replace(harmless, is_culprit=False), culprit)
    session.spec = replace(session.spec, pace=replace(session.spec.pace, decoy_gap_s=0))
    await release_schedule.run_schedule(session)
    seen = [one for one in session.services.record.events() if one.audience == "all"]
    begun = [one.seq for one in seen if isinstance(one.event, DeployStarted)]
    assert len(begun) == 2
    assert [seq - 1 in {one.seq for one in seen} for seq in begun] == [False, False]


async def test_a_planned_release_that_does_not_deploy_fails_the_drill(session: Session) -> None:
    fault = with_fault(session, Trigger())
    runtime: Any = session.services.runtime
    assert fault.release is not None
    runtime.refused.add(fault.release.version_to)
    await release_schedule.run_schedule(session)
    assert session.run.over.is_set()
    assert isinstance(session.run.failure, DeployFailed), "nobody asked for this end"
    assert not session.run.is_all_out


async def test_a_failover_sets_a_fault_off_once_its_release_is_out(
    session: Session, failovers: list[str]
) -> None:
    with_fault(session, Trigger(TriggerKind.DATABASE_FAILOVER))
    await release_schedule.run_schedule(session)
    await asyncio.gather(*session.run.tasks)
    assert happened(session) == [
        "DeployStarted",
        "DeploySucceeded",
        "DrillTriggered",
        "DependencyActed",
    ]
    assert failovers == ["postgresql://owner@db/payments"]


async def test_what_was_out_before_is_set_off_without_a_deploy(
    session: Session, failovers: list[str]
) -> None:
    fault = with_fault(session, Trigger(TriggerKind.DATABASE_FAILOVER))
    assert fault.release is not None
    asleep = replace(fault, release=replace(fault.release, hours_ago=(2.0, 5.0)))
    session.spec = replace(session.spec, faults=(asleep,))
    workspace: Any = session.services.workspace
    workspace.shop.live = ()
    await release_schedule.run_schedule(session)
    await asyncio.gather(*session.run.tasks)
    assert happened(session) == ["DrillTriggered", "DependencyActed"]
    assert failovers == ["postgresql://owner@db/payments"]


async def test_third_parties_may_change_for_good(session: Session) -> None:
    fault = with_fault(session, Trigger(TriggerKind.THIRD_PARTIES, profile="busy"))
    await disturbances.strike(session, fault)
    third_parties: Any = session.services.third_parties
    assert third_parties.profiles == ["busy"], "and not back to the scenario's"


async def test_a_release_that_is_due_after_the_page_waits_for_it(session: Session) -> None:
    with_fault(session, Trigger())
    workspace: Any = session.services.workspace
    (culprit,) = workspace.shop.live
    late = replace(
        culprit,
        release=replace(culprit.release, version_to="2.4.3"),
        is_culprit=False,
        live_offset_s=AFTER_THE_PAGE_S,
    )
    workspace.shop.live = (culprit, late)
    session.spec = replace(session.spec, pace=replace(session.spec.pace, decoy_gap_s=0))
    schedule = asyncio.create_task(release_schedule.run_schedule(session))
    with pytest.raises(WaitedTooLong):  # negative control: nobody was paged yet
        await wait_until(lambda: out(session, 2), timeout_s=1.0, what="the second release")
    session.note(PageSent("p1", "HighErrorRate", "critical", "s"))
    await wait_until(lambda: out(session, 2), timeout_s=5.0, what="the second release")
    await schedule


async def out(session: Session, count: int) -> bool:
    return happened(session).count("DeploySucceeded") == count


async def test_customers_need_no_release_to_come(session: Session) -> None:
    fault = with_fault(session, Trigger(TriggerKind.TRAFFIC, load_profile="news"))
    session.spec = replace(session.spec, faults=(replace(fault, release=None),))
    workspace: Any = session.services.workspace
    workspace.shop.live = ()
    await release_schedule.run_schedule(session)
    await asyncio.gather(*session.run.tasks)
    assert happened(session) == ["DrillTriggered", "DependencyActed"]
    customers: Any = session.services.customers
    assert customers.profiles == ["news"]
    triggered = session.state().triggered
    assert triggered is not None
    assert triggered.version_to == ""


async def test_a_slow_model_provider_sets_a_fault_off_once_its_release_is_out(
    session: Session,
) -> None:
    third_parties: Any = session.services.third_parties
    with_fault(session, Trigger(TriggerKind.MODEL_SLOW))
    await release_schedule.run_schedule(session)
    await asyncio.gather(*session.run.tasks)
    assert happened(session)[1:] == ["DeploySucceeded", "DrillTriggered", "DependencyActed"]
    assert third_parties.profiles == ["models slow"]


async def test_a_certificate_is_renewed_once_the_release_is_out(session: Session) -> None:
    third_parties: Any = session.services.third_parties
    with_fault(session, Trigger(TriggerKind.CERTIFICATE_RENEWED))
    await release_schedule.run_schedule(session)
    await asyncio.gather(*session.run.tasks)
    assert happened(session)[1:] == ["DeploySucceeded", "DrillTriggered", "DependencyActed"]
    assert third_parties.profiles == ["another certificate"]


async def test_a_brief_outage_is_over_by_itself_and_comes_once_the_release_is_out(
    session: Session,
) -> None:
    third_parties: Any = session.services.third_parties
    with_fault(session, Trigger(TriggerKind.BRIEF_OUTAGE, profile="hiccup", for_s=0.01))
    await release_schedule.run_schedule(session)
    await asyncio.gather(*session.run.tasks)
    assert happened(session)[1:-1] == ["DeploySucceeded", "DrillTriggered", "DependencyActed"]
    assert third_parties.profiles == ["hiccup", "normal"]


async def test_participants_are_not_told_what_the_dependency_did(
    session: Session, failovers: list[str]
) -> None:
    await disturbances.strike(session, with_fault(session, Trigger(TriggerKind.DATABASE_FAILOVER)))
    seen = [one.event for one in session.services.record.events(audience="participant")]
    assert not any(isinstance(event, DependencyActed) for event in seen)


async def test_a_blip_passes_and_leaves_the_third_parties_as_they_were(session: Session) -> None:
    third_parties: Any = session.services.third_parties
    await disturbances.blip(session, Blip("down", after_s=0, for_s=0.01))
    assert third_parties.profiles == ["down", "normal"]


async def test_a_drill_that_ends_during_a_blip_ends_it(session: Session) -> None:
    third_parties: Any = session.services.third_parties

    async def refuse(_seconds: float) -> None:
        if third_parties.profiles:
            raise InterruptedError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("harness.drill.lifecycle.disturbances.asyncio.sleep", refuse)
        with pytest.raises(InterruptedError):
            await disturbances.blip(session, Blip("down", after_s=1, for_s=8))
    assert third_parties.profiles == ["down", "normal"]
