"""What changed between two versions of a service, as `drill diff` shows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from textwrap import indent

from harness.drill.session import Session
from harness.errors import UsageError
from harness.record.deploys import Deploy, DeployLog


@dataclass(frozen=True)
class Change:
    """What a version changed: its notes, and the difference as unified diff text."""

    notes: str
    diff: str


async def diff(
    session: Session, service: str, version_from: str | None, version_to: str | None
) -> Change:
    """What changed between two versions of `service`.

    Without versions: what the running one changed against the one before it or, where the newest
    change was a rollback, what that took back. Raises UnknownName for the service, UsageError
    where only one version is known.
    """
    session.spec.require_service(service)
    log = session.deploys()
    newest = log.newest_change(service)
    if version_from is None and version_to is None and newest and newest.kind == "rollback":
        taken_back = log.taken_back(newest)
        if taken_back:
            change = await _change(session, service, newest.version_to, newest.version_from)
            return Change(_rollback_note(newest, taken_back) + change.notes, change.diff)
    version_to = version_to or session.running(service).version
    version_from = version_from or _version_before(log, service, version_to)
    return await _change(session, service, version_from, version_to)


async def _change(session: Session, service: str, version_from: str, version_to: str) -> Change:
    """What `version_to` has that `version_from` has not, with the notes of the newer one."""
    workspace = session.services.workspace
    notes = await asyncio.to_thread(workspace.notes, service, version_to)
    text = await asyncio.to_thread(workspace.diff, service, version_from, version_to)
    header = (
        f"{service} {version_from} -> {version_to}\n"
        f"commit {notes.commit[:12]}  {notes.author_name}  {notes.authored_at:%Y-%m-%d %H:%M}\n\n"
        + indent(f"{notes.subject}\n\n{notes.body}".strip(), "    ")
        + "\n"
    )
    return Change(header, text)


def _rollback_note(rollback: Deploy, taken_back: tuple[str, ...]) -> str:
    service, older = rollback.service, rollback.version_to
    return (
        f"{service} runs {older} again: {rollback.by} rolled it back from "
        f"{rollback.version_from}.\n"
        f"The rollback took back the changes of {' and '.join(taken_back)}:\n\n"
    )


def _version_before(log: DeployLog, service: str, version: str) -> str:
    before = log.version_before(service, version)
    if before is None:
        raise UsageError(
            f"{service} {version} is the only version deployed so far",
            f"name two: drill diff {service} FROM TO",
        )
    return before
