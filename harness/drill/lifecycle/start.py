"""Bringing a drill up: the stack, the load, the proof that all is well, and then the schedule."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import asyncpg

from harness.drill.lifecycle import healthy_baseline, impact, release_schedule, unseen
from harness.drill.lifecycle.fair_signals import FairSignals, blaming_no_shop_alone, wait_until_free
from harness.drill.lifecycle.healthy_baseline import Reading
from harness.drill.session import Progress, Session
from harness.errors import StackFailed
from harness.model import ProcessSpec, StackPlan
from harness.record import events
from harness.runtime.base import ExitAction, ProcessExit
from harness.telemetry import alertmanager
from harness.verification.access import ShopAccess


async def start(
    session: Session,
    plan: StackPlan,
    load: Callable[[], ProcessSpec],
    *,
    expected_per_s: float,
    progress: Progress,
) -> None:
    """From nothing to a healthy, silent, measured shop. Raises what kept it from that."""
    session.run.expected_per_s = expected_per_s
    with blaming_no_shop_alone(session):
        await _bring_up(session, plan, load, progress)


async def _bring_up(
    session: Session, plan: StackPlan, load: Callable[[], ProcessSpec], progress: Progress
) -> None:
    session.note(events.DrillStarting())
    if session.spec.guards:
        progress("guardrails: " + ", ".join(one.guard.id for one in session.spec.guards))
    session.services.runtime.on_exit(lambda ended: _note_exit(session, ended))
    session.run.keep(asyncio.create_task(FairSignals(session, progress).watch_forever()))
    began = time.monotonic()
    async with session.services.turns.turn():
        await session.services.runtime.up(plan, progress)
    _ready(session, "shop", began)
    session.open_shop(_access(session))
    await _write_catalogue(session)
    await session.services.runtime.spawn(load())
    # A pipeline builds before it rolls out: colleagues' images are there when they ship.
    _, reading = await asyncio.gather(_prepare(session), _baseline(session, progress))
    _ready(session, "baseline", began)
    progress(
        f"healthy: {reading.requests_per_s or 0:.0f} requests/s, "
        f"{reading.success_ratio or 0:.1%} succeed, no alert"
    )
    session.run.keep(asyncio.create_task(impact.sample_forever(session)))
    session.run.keep(asyncio.create_task(unseen.beat_forever(session)))


def begin_schedule(session: Session) -> None:
    """Let the colleagues' releases begin, once."""
    if session.run.is_scheduled:
        return
    session.run.is_scheduled = True
    session.run.keep(asyncio.create_task(release_schedule.run_schedule(session)))


async def _baseline(session: Session, progress: Progress) -> Reading:
    """The baseline, of a shop that has the machine to itself where that can be had."""
    is_free = await wait_until_free(session, progress)
    reading = await healthy_baseline.take(session, progress)
    if is_free and session.run.machine_busy and await wait_until_free(session, progress):
        # It became busy meanwhile: what was measured then is no baseline.
        reading = await healthy_baseline.take(session, progress)
    return reading


async def _prepare(session: Session) -> None:
    for planned in session.services.workspace.shop.live:
        shipped = planned.release
        await session.services.runtime.prepare(
            session.services.workspace.release(shipped.service, shipped.version_to)
        )


def _ready(session: Session, component: str, began: float) -> None:
    took_ms = round((time.monotonic() - began) * 1000)
    session.note(events.StackReady(component=component, took_ms=took_ms))


def _access(session: Session) -> ShopAccess:
    stateful = [entry.name for entry in session.spec.topology if entry.database]
    return ShopAccess(
        gateway_url=session.spec.places.gateway_url,
        metrics_urls={name: f"{url}/metrics" for name, url in session.spec.places.services.items()},
        database_urls={
            name: session.services.runtime.database_url(name, role="reporting") for name in stateful
        },
    )


async def _write_catalogue(session: Session) -> None:
    """What the load may ask for: the shop's own products, customers and past orders."""

    async def column(service: str, statement: str) -> list[str | int]:
        try:
            connection = await asyncpg.connect(
                session.services.runtime.database_url(service, role="reporting"), timeout=5
            )
            try:
                return [row[0] for row in await connection.fetch(statement)]
            finally:
                await connection.close()
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            what = f"the database of {service} does not answer: {error or type(error).__name__}"
            raise StackFailed(what, "start another drill; is the machine very busy?") from error

    skus = await column("b", "select sku from products order by sku")
    users = await column("users", "select id from users order by id")
    orders = await column("orders", "select id from orders order by placed_at desc limit 5000")
    content = {"skus": skus, "user_ids": [min(users), max(users)], "order_ids": orders}
    (session.spec.run_dir / "catalogue.json").write_text(
        json.dumps(content, default=str), encoding="utf-8"
    )


def died(name: str) -> StackFailed:
    """What a drill ends with whose `name` ended unasked."""
    hint = "nothing can be said of the shop without it: start another drill"
    return StackFailed(f"{name} died", hint)


def _note_exit(session: Session, ended: ProcessExit) -> None:
    """A process ended unasked. A service's end is part of the incident; any other is ours."""
    session.note(events.ProcessExited(name=ended.name, exit_code=ended.exit_code), actor="runtime")
    if ended.version is None:
        what = f"{ended.name} ended by itself (exit {ended.exit_code})"
        if ended.name == alertmanager.NAME and ended.action is ExitAction.GO_ON:
            session.run.take_over_paging(what)
            what += "; the embedded pager has taken over"
        session.note(events.HarnessProblem(what=what))
        if ended.ends_all:
            error = died(ended.name)
            session.run.fail(error, error.message)
    elif ended.action is ExitAction.ROLLBACK:
        session.note_automatic_rollback(ended.name, ended.version, ended.next_version or "")
