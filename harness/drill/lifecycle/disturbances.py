"""What the shop depends on, its customers among it, and what they do now and then in production."""

from __future__ import annotations

import asyncio

import asyncpg

from harness.causes import NOWHERE, Blip, TriggerKind
from harness.drill.lifecycle import healthy_baseline
from harness.drill.lifecycle.unseen import note_later
from harness.drill.session import Session
from harness.errors import StackFailed
from harness.model import Fault
from harness.record.events import DependencyActed, DrillTriggered

CONNECT_TIMEOUT_S = 5
SLOW = "slow"
"""The model provider's profile."""
FAIL_OVER = """
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
"""Ends all connections of one role to one database, but for that which asks."""


async def strike(session: Session, fault: Fault) -> None:
    """Do what sets `fault` off, where that is not its release. Healthy code takes it unharmed.

    Raises StackFailed where the dependency cannot be reached.
    """
    if fault.trigger.kind is TriggerKind.DATABASE_FAILOVER:
        count = await _fail_over(session.services.runtime.database_url(fault.service, role="owner"))
        what = f"the database of {fault.service} failed over: {count} connections ended"
        note_later(session, DependencyActed(what))
    elif fault.trigger.kind is TriggerKind.MODEL_SLOW:
        await session.services.third_parties.set_model_profile(SLOW)
        note_later(session, DependencyActed(f"the model provider: '{SLOW}'"))
    elif fault.trigger.kind is TriggerKind.BRIEF_OUTAGE:
        await _third_parties_for(session, fault.trigger.profile, fault.trigger.for_s)
    elif fault.trigger.kind is TriggerKind.THIRD_PARTIES:
        await session.services.third_parties.set_profile(fault.trigger.profile)
        note_later(session, DependencyActed(f"third parties: '{fault.trigger.profile}'"))
    elif fault.trigger.kind is TriggerKind.CERTIFICATE_RENEWED:
        await session.services.third_parties.renew_certificate()
        note_later(session, DependencyActed("the payment provider: another certificate"))
    elif fault.trigger.kind is TriggerKind.TRAFFIC:
        session.services.customers.set_profile(fault.trigger.load_profile)
        note_later(session, DependencyActed(f"customers: '{fault.trigger.load_profile}'"))


async def _fail_over(database_url: str) -> int:
    """End all of the service's own connections; returns how many there were."""
    try:
        connection = await asyncpg.connect(database_url, timeout=CONNECT_TIMEOUT_S)
        try:
            return int(await connection.fetchval(FAIL_OVER))
        finally:
            await connection.close()
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise StackFailed(f"the database does not answer: {error!r}") from error


async def blip(session: Session, one: Blip) -> None:
    """Let third parties behave by another profile for a while, then as the scenario has it.

    Where nothing else is wrong, this is what the drill is about.
    """
    await asyncio.sleep(one.after_s)
    await healthy_baseline.hold(session, is_pristine=True)
    if not session.spec.faults:
        await note_later(session, DrillTriggered(service=NOWHERE, version_to="")).wait()
    await _third_parties_for(session, one.profile, one.for_s)


async def _third_parties_for(session: Session, profile: str, for_s: float) -> None:
    """Let third parties behave by `profile` for so long, then as the scenario has it."""
    await session.services.third_parties.set_profile(profile)
    note_later(session, DependencyActed(f"third parties: '{profile}' for {for_s:g} s"))
    try:
        await asyncio.sleep(for_s)
    finally:
        usual = session.spec.scenario.third_party_profile
        await session.services.third_parties.set_profile(usual)
    note_later(session, DependencyActed(f"third parties: '{usual}' again"))
