"""What people do in a drill: acknowledge, change what runs, diagnose, verify, finish.

A long operation answers with JSON lines: `{"progress": "…"}` while it runs, and at last
`{"result": …}` or `{"error": …}` in the form of our problem+json.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

from fastapi.responses import StreamingResponse
from pydantic import Field

from harness.api.access import TEAM, router_for
from harness.api.answers import progress_answers, shop_answers, status_answers, team_answers
from harness.api.answers.shapes import JSON_LINES, answers
from harness.api.dependencies import Actor, By, InSession
from harness.api.problems import own_mistake, problem_of
from harness.drill.actions import deploy, diagnosis, expectation, flags, pager, profiling, verify
from harness.drill.actions.expectation import Plan
from harness.drill.actions.profiling import SECONDS_MAX, Form
from harness.drill.own_mistakes import note_mistake
from harness.drill.queries.evidence_links import follow_links
from harness.drill.queries.exercise_view import asks_for_plan
from harness.drill.session import Progress, Session
from harness.errors import DrillError
from harness.exercise.entries import WITHIN_DEFAULT_S, Diagnosis, Entry, Name, Note, Text
from harness.record import events

router = router_for(TEAM, prefix="/v1")

DEPLOYING = answers(progress_answers.DeployLine, media_type=JSON_LINES)
PROFILING = answers(progress_answers.ProfileLine, media_type=JSON_LINES)
VERIFYING = answers(progress_answers.VerifyLine, media_type=JSON_LINES)


class Ack(Entry):
    page_id: Name | None = None


class Expected(Entry):
    """What is expected of an act, in the fields that every act takes."""

    expect: Text = ""
    probability: int | None = None
    within_s: float = WITHIN_DEFAULT_S
    if_worse: Text = ""
    no_plan: bool = False

    def plan(self, session: Session, act: str) -> Plan | None:
        """The plan, where one was given. Raises UsageError where one is asked for."""
        found = None
        if self.expect or self.if_worse or self.probability is not None:
            found = Plan(self.expect, self.probability, self.within_s, self.if_worse)
        asks = asks_for_plan(session.spec) and act != "restart"
        expectation.require_plan(found, act=act, asks=asks, waived=self.no_plan)
        return found


class Deploy(Expected):
    service: Name
    message: Annotated[str, Field(max_length=2000)] | None = None
    commit: Annotated[str, Field(min_length=7, max_length=40)] | None = None


class Profiling(Entry):
    service: Name
    form: Form = "flamegraph"
    seconds: Annotated[int, Field(ge=1, le=SECONDS_MAX)] = 10
    waiting: bool = False


class Rollback(Expected):
    service: Name
    to: Name | None = None


class Restart(Expected):
    service: Name


class Switch(Expected):
    name: Name
    enabled: bool


@router.post("/pages/ack", responses=answers(list[status_answers.Page]))
async def acknowledge(body: Ack, session: InSession, by: Actor) -> Any:
    return pager.acknowledge(session, body.page_id, by)


@router.post("/deploys", responses=DEPLOYING)
async def deploy_workspace(body: Deploy, session: InSession, by: Actor) -> StreamingResponse:
    plan = body.plan(session, "deploy")

    async def work(progress: Progress) -> Any:
        return await deploy.deploy_workspace(
            session,
            body.service,
            message=body.message,
            by=by,
            progress=progress,
            plan=plan,
            commit=body.commit,
        )

    return _streamed(session, work)


@router.post("/profiles", responses=PROFILING)
async def look_into(body: Profiling, session: InSession) -> StreamingResponse:
    """Where a service's time goes, or every thread's stack."""

    async def work(progress: Progress) -> Any:
        return await profiling.profile(
            session,
            body.service,
            form=body.form,
            seconds=body.seconds,
            waiting=body.waiting,
            progress=progress,
        )

    return _streamed(session, work)


@router.post("/rollbacks", responses=DEPLOYING)
async def rollback(body: Rollback, session: InSession, by: Actor) -> StreamingResponse:
    plan = body.plan(session, "rollback")

    async def work(progress: Progress) -> Any:
        return await deploy.rollback(
            session, body.service, to_version=body.to, by=by, progress=progress, plan=plan
        )

    return _streamed(session, work)


@router.post("/restarts", responses=DEPLOYING)
async def restart(body: Restart, session: InSession, by: Actor) -> StreamingResponse:
    plan = body.plan(session, "restart")

    async def work(progress: Progress) -> Any:
        return await deploy.restart(session, body.service, by=by, progress=progress, plan=plan)

    return _streamed(session, work)


@router.get("/flags", responses=answers(list[shop_answers.Flag]))
async def flag_list(session: InSession) -> Any:
    return [dataclasses.asdict(one) for one in await flags.flags(session)]


@router.post("/flags", responses=answers(shop_answers.SwitchedFlag))
async def switch_flag(body: Switch, session: InSession, by: Actor) -> Any:
    plan = body.plan(session, "flag")
    return await flags.switch(session, body.name, enabled=body.enabled, by=by, plan=plan)


@router.post("/notes", responses=answers(team_answers.Noted))
async def note(body: Note, session: InSession, by: By) -> dict[str, str]:
    session.note(events.NoteAdded(text=body.text, by=by), actor=by)
    return {"status": "noted"}


@router.post("/diagnoses", responses=answers(team_answers.Declared))
async def diagnose(body: Diagnosis, session: InSession, by: By) -> Any:
    followed = await follow_links(session, body.evidence)
    event = diagnosis.declare(
        session,
        service=body.service,
        mechanism=body.mechanism,
        confidence_percent=body.confidence,
        evidence=followed.texts,
        note=body.note,
        by=by,
        links=followed.links,
    )
    return {**dataclasses.asdict(event), "problems": followed.problems}


@router.post("/verifications", responses=VERIFYING)
async def verification(session: InSession, by: Actor) -> StreamingResponse:
    async def work(progress: Progress) -> Any:
        return await verify.verify(session, by=by, progress=progress)

    return _streamed(session, work)


@router.post("/finish", responses=answers(team_answers.Ending))
async def finish(session: InSession, by: Actor) -> dict[str, str]:
    session.run.end(f"finished by {by}")
    return {"status": "finishing", "drill_id": session.spec.drill_id}


@router.post("/halt", responses=answers(team_answers.Ending))
async def halt(session: InSession, by: Actor) -> dict[str, str]:
    session.run.halt(f"halted by {by}")
    return {"status": "halting", "drill_id": session.spec.drill_id}


def _streamed(session: Session, work: Callable[[Progress], Awaitable[Any]]) -> StreamingResponse:
    """Run `work` to its end even where the caller goes away, and stream what it says."""
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def run() -> None:
        try:
            result = await work(lambda text: lines.put_nowait({"progress": text}))
            lines.put_nowait({"result": _plain(result)})
        except DrillError as error:
            lines.put_nowait({"error": problem_of(error)})
        except asyncio.CancelledError:
            ended = DrillError("the drill ended before this finished", "start another one")
            lines.put_nowait({"error": problem_of(ended)})
            raise
        except Exception as error:  # noqa: BLE001  the drill goes on, and the caller is told
            lines.put_nowait(
                {"error": own_mistake(note_mistake(session, error, "a long operation"))}
            )
        finally:
            lines.put_nowait(None)

    session.run.keep(asyncio.create_task(run()))

    async def body() -> AsyncIterator[bytes]:
        while (line := await lines.get()) is not None:
            yield json.dumps(line, default=str).encode() + b"\n"

    return StreamingResponse(body(), media_type="application/x-ndjson")


def _plain(result: Any) -> Any:
    return dataclasses.asdict(result) if dataclasses.is_dataclass(result) else result  # type: ignore[arg-type]
