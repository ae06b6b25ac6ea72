"""The shop's feature flags: what they are now, and switching one, recorded like a deploy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from harness.drill.actions import expectation
from harness.drill.actions.expectation import Plan
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import DrillError, UnknownName
from harness.plain_http import local_client
from harness.record.events import FlagSwitched

TIMEOUT_S = 5.0
ANSWER_BYTES_MAX = 64 * 1024


@dataclass(frozen=True)
class Flag:
    """A feature flag; `enabled` is None where its service does not answer."""

    service: str
    name: str
    enabled: bool | None


@dataclass(frozen=True)
class SwitchedFlag(Flag):
    """A flag that was just switched; `held` says who tells what came of it, where one was said."""

    held: str = ""


async def flags(
    session: Session, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[Flag, ...]:
    """All flags of the shop, as their services have them; of a shop that is gone, as they were
    switched."""
    if session.review is not None:
        return _as_switched(session)
    found: list[Flag] = []
    for entry in session.spec.topology:
        if entry.flags:
            try:
                state = await _ask(session.spec, entry.name, "GET", "/flags", transport)
            except DrillError:
                state = {}
            found += [Flag(entry.name, name, state.get(name)) for name in entry.flags]
    return tuple(found)


async def switch(
    session: Session,
    name: str,
    *,
    enabled: bool,
    by: str,
    plan: Plan | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> SwitchedFlag:
    """Switch a flag; `plan` is what is expected of it.

    Raises UnknownName with the nearest flags, DrillError where its service does not do it.
    """
    service = owner(session.spec, name)
    expectation.check(session, plan, action="flag", target=service, by=by)
    stated = expectation.note_plan(session, plan, action="flag", target=service, by=by)
    try:
        await _ask(session.spec, service, "PUT", f"/flags/{name}", transport, {"enabled": enabled})
    except DrillError:
        expectation.follow_up(session, stated, failure="the flag was not switched")
        raise
    session.note(FlagSwitched(service, name, enabled, by), actor=by)
    expectation.follow_up(session, stated)
    return SwitchedFlag(
        service, name, enabled, expectation.how_it_is_held(stated) if stated else ""
    )


def _as_switched(session: Session) -> tuple[Flag, ...]:
    """Each flag is on unless it was switched."""
    switched = {one.event.name: one.event.enabled for one in session.story().of(FlagSwitched)}
    return tuple(
        Flag(entry.name, name, switched.get(name, True))
        for entry in session.spec.topology
        for name in entry.flags
    )


def owner(spec: DrillSpec, name: str) -> str:
    """The service that has the flag. Raises UnknownName."""
    owners = {flag: entry.name for entry in spec.topology for flag in entry.flags}
    if name not in owners:
        raise UnknownName("feature flag", name, list(owners))
    return owners[name]


async def _ask(
    spec: DrillSpec,
    service: str,
    method: str,
    path: str,
    transport: httpx.AsyncBaseTransport | None,
    body: dict[str, Any] | None = None,
) -> dict[str, bool]:
    """The flags that the service answers with. Raises DrillError."""
    try:
        async with local_client(
            spec.places.services[service],
            token=spec.operations_token,
            timeout_s=TIMEOUT_S,
            transport=transport,
            answer_bytes_max=ANSWER_BYTES_MAX,
        ) as http:
            answer = await http.request(method, path, json=body)
            answer.raise_for_status()
            known = dict(answer.json()["flags"])
            return {name: value for name, value in known.items() if isinstance(value, bool)}
    except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DrillError(
            f"{service} did not accept the flag ({error})",
            f"it may be down or overloaded: try again, and see `drill logs -s {service}`",
        ) from error
