"""Changing what runs: releases, rollbacks, restarts. One at a time, each in the deploy log."""

from __future__ import annotations

import asyncio
import secrets

from harness.drill.actions import expectation, guardrail_checks
from harness.drill.actions.expectation import Plan
from harness.drill.session import Progress, Session
from harness.drill.spec import DrillSpec
from harness.errors import DeployFailed, UsageError
from harness.model import BuiltRelease
from harness.record import events
from harness.record.deploys import Deploy
from harness.record.events import ActionKind

ACTS: dict[events.DeployKind, ActionKind] = {
    "rollback": "rollback",
    "restart": "restart",
    "hotfix": "deploy",
}
"""What people call the kinds of deploy that they begin."""


async def release(
    session: Session, built: BuiltRelease, *, by: str, summary: str, progress: Progress
) -> Deploy:
    """Deploy a release that is already built (a colleague's, shipped by the drill itself).

    It waits for its turn. Raises DeployFailed where the new version never served.
    """
    async with session.run.deploy_lock:
        return await _deploy(session, built, kind="release", by=by, summary=summary, say=progress)


async def deploy_workspace(
    session: Session,
    service: str,
    *,
    message: str | None,
    by: str,
    progress: Progress,
    plan: Plan | None = None,
    commit: str | None = None,
) -> Deploy:
    """Build `service` from the participants' workspace, or a `commit` that was pushed, and deploy
    it; `plan` is what is expected.

    Raises UnknownName for the service, UsageError where the workspace cannot be built or holds
    nothing new, DeployFailed where the new version never served.
    """
    session.spec.require_service(service)
    expectation.check(session, plan, action="deploy", target=service, by=by)
    async with _pipeline(session):
        progress("reading the commit" if commit else "reading the workspace")
        workspace, running = session.services.workspace, session.running(service).version
        if commit:
            built = await asyncio.to_thread(
                workspace.build_from_commit, service, commit, running=running
            )
        else:
            built = await asyncio.to_thread(
                workspace.build_from_workspace, service, message, by, running=running
            )
        await _pace(session.spec, f"building {service} {built.version}", progress)
        summary = session.services.workspace.notes(service, built.version).subject
        return await _deploy(
            session, built, kind="hotfix", by=by, summary=summary, say=progress, plan=plan
        )


async def rollback(
    session: Session,
    service: str,
    *,
    to_version: str | None,
    by: str,
    progress: Progress,
    plan: Plan | None = None,
) -> Deploy:
    """Put an earlier version of `service` back: the one before, or `to_version`."""
    session.spec.require_service(service)
    expectation.check(session, plan, action="rollback", target=service, by=by)
    async with _pipeline(session):
        current = session.running(service)
        version = to_version or _version_before(session, service, current.version)
        if version == current.version:
            raise UsageError(
                f"{service} already runs {version}", "list earlier versions: drill deploys"
            )
        built = await asyncio.to_thread(session.services.workspace.release, service, version)
        await _pace(session.spec, f"rolling {service} back to {version}", progress)
        summary = f"roll back {current.version} to {version}"
        return await _deploy(
            session, built, kind="rollback", by=by, summary=summary, say=progress, plan=plan
        )


async def restart(
    session: Session, service: str, *, by: str, progress: Progress, plan: Plan | None = None
) -> Deploy:
    """Replace the process of `service` by a new one of the same version."""
    session.spec.require_service(service)
    expectation.check(session, plan, action="restart", target=service, by=by)
    async with _pipeline(session):
        built = session.running(service)
        return await _deploy(
            session, built, kind="restart", by=by, summary="restart", say=progress, plan=plan
        )


async def _deploy(
    session: Session,
    built: BuiltRelease,
    *,
    kind: events.DeployKind,
    by: str,
    summary: str,
    say: Progress,
    plan: Plan | None = None,
) -> Deploy:
    """Record, deploy, record the outcome. Raises DeployFailed after recording it."""
    stated = None
    if kind in ACTS:
        stated = expectation.note_plan(
            session, plan, action=ACTS[kind], target=built.service, by=by
        )
        if stated is not None:
            say(expectation.how_it_is_held(stated))
    before = session.running(built.service)
    common = {
        "deploy_id": f"dep-{secrets.token_hex(3)}",
        "service": built.service,
        "version_from": before.version,
        "version_to": built.version,
        "commit": built.commit[:12],
        "by": by,
        "summary": summary,
    }
    session.note(events.DeployStarted(kind=kind, **common), actor=by)
    try:
        if kind == "restart":
            await session.services.runtime.restart(built.service, say)
        else:
            await session.services.runtime.deploy(built.service, built, say)
    except DeployFailed as error:
        session.note(events.DeployFailed(kind=kind, error=error.message, **common), actor=by)
        expectation.follow_up(session, stated, failure=f"the {ACTS.get(kind, kind)} failed")
        raise
    session.note(events.DeploySucceeded(kind=kind, **common), actor=by)
    entry = session.deploys().entries[-1]
    expectation.follow_up(session, stated)
    if entry.is_new_code:
        await guardrail_checks.check(session, before, built)
    return entry


def _pipeline(session: Session) -> asyncio.Lock:
    """The deploy pipeline, refused while somebody else's deploy is in it."""
    if session.run.deploy_lock.locked():
        raise UsageError(
            f"another deploy is in progress{_under_way(session)}",
            "it takes seconds: try again, or check `drill deploys`",
        )
    return session.run.deploy_lock


def _under_way(session: Session) -> str:
    """What is on its way out, where it has got that far."""
    newest = session.story().last(events.DeployEvent)
    if newest is None or not isinstance(newest.event, events.DeployStarted):
        return ""
    one = newest.event
    return f": {one.by}'s {one.kind} of {one.service} {one.version_to}"


async def _pace(spec: DrillSpec, what: str, say: Progress) -> None:
    """The time that a deploy pipeline takes before anything starts."""
    say(what)
    if spec.pace.deploy_s:
        await asyncio.sleep(spec.pace.deploy_s)


def _version_before(session: Session, service: str, current: str) -> str:
    """What served before `current` was released, so that a second rollback goes further back.

    Raises UsageError where nothing is known to have.
    """
    before = session.deploys().version_before(service, current)
    if before is None:
        raise UsageError(
            f"no earlier version than {service} {current} is known",
            f"name a version: `drill rollback {service} --to VERSION`",
        )
    return before
