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

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from harness.drill import deploy, diagnosis, page, verify
from harness.drill.session import Progress, Session
from harness.errors import DrillError
from harness.record import events

router = APIRouter(prefix="/v1")


def current_session(request: Request) -> Session:
    """The drill that this process runs."""
    session: Session = request.app.state.session
    return session


def caller_name(request: Request) -> str:
    """The role whose token made the request."""
    return str(request.state.caller)


InSession = Annotated[Session, Depends(current_session)]
By = Annotated[str, Depends(caller_name)]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Ack(BaseModel):
    page_id: Name | None = None


class Deploy(BaseModel):
    service: Name
    message: Annotated[str, Field(max_length=2000)] | None = None


class Rollback(BaseModel):
    service: Name
    to: Name | None = None


class Restart(BaseModel):
    service: Name


class Note(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class Diagnosis(BaseModel):
    service: Name
    mechanism: Name
    confidence: int
    evidence: list[str] = []
    note: Annotated[str, Field(max_length=10_000)] = ""


@router.post("/pages/ack")
async def acknowledge(body: Ack, session: InSession, by: By) -> Any:
    return page.acknowledge(session, body.page_id, by)


@router.post("/deploys")
async def deploy_workspace(body: Deploy, session: InSession, by: By) -> StreamingResponse:
    async def work(progress: Progress) -> Any:
        return await deploy.deploy_workspace(
            session, body.service, message=body.message, by=by, progress=progress
        )

    return _streamed(session, work)


@router.post("/rollbacks")
async def rollback(body: Rollback, session: InSession, by: By) -> StreamingResponse:
    async def work(progress: Progress) -> Any:
        return await deploy.rollback(
            session, body.service, to_version=body.to, by=by, progress=progress
        )

    return _streamed(session, work)


@router.post("/restarts")
async def restart(body: Restart, session: InSession, by: By) -> StreamingResponse:
    async def work(progress: Progress) -> Any:
        return await deploy.restart(session, body.service, by=by, progress=progress)

    return _streamed(session, work)


@router.post("/notes")
async def note(body: Note, session: InSession, by: By) -> dict[str, str]:
    session.note(events.NoteAdded(text=body.text, by=by), actor=by)
    return {"status": "noted"}


@router.post("/diagnoses")
async def diagnose(body: Diagnosis, session: InSession, by: By) -> Any:
    return diagnosis.declare(
        session,
        service=body.service,
        mechanism=body.mechanism,
        confidence_percent=body.confidence,
        evidence=body.evidence,
        note=body.note,
        by=by,
    )


@router.post("/verifications")
async def verification(session: InSession, by: By) -> StreamingResponse:
    async def work(progress: Progress) -> Any:
        return await verify.verify(session, by=by, progress=progress)

    return _streamed(session, work)


@router.post("/finish")
async def finish(session: InSession, by: By) -> dict[str, str]:
    session.end(f"finished by {by}")
    return {"status": "finishing", "drill_id": session.drill_id}


@router.post("/halt")
async def halt(session: InSession, by: By) -> dict[str, str]:
    session.halt(f"halted by {by}")
    return {"status": "halting", "drill_id": session.drill_id}


def _streamed(session: Session, work: Callable[[Progress], Awaitable[Any]]) -> StreamingResponse:
    """Run `work` to its end even where the caller goes away, and stream what it says."""
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def run() -> None:
        try:
            result = await work(lambda text: lines.put_nowait({"progress": text}))
            lines.put_nowait({"result": _plain(result)})
        except DrillError as error:
            lines.put_nowait({"error": _problem(error.message, error.hint, error.exit_code)})
        except Exception as error:  # noqa: BLE001  the drill goes on, and the caller is told
            what = f"{type(error).__name__}: {error}"
            session.note(events.HarnessProblem(what=what))
            lines.put_nowait({"error": _problem(what, "this is a mistake of the drill's own", 1)})
        finally:
            lines.put_nowait(None)

    session.keep(asyncio.create_task(run()))

    async def body() -> AsyncIterator[bytes]:
        while (line := await lines.get()) is not None:
            yield json.dumps(line, default=str).encode() + b"\n"

    return StreamingResponse(body(), media_type="application/x-ndjson")


def _problem(detail: str, hint: str, exit_code: int) -> dict[str, Any]:
    return {"detail": detail, "hint": hint, "exit_code": exit_code}


def _plain(result: Any) -> Any:
    return dataclasses.asdict(result) if dataclasses.is_dataclass(result) else result  # type: ignore[arg-type]
