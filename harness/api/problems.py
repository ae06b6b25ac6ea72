"""Whatever goes wrong is answered as RFC 9457 problem+json: errors of ours that we know, requests
that make no sense, and, as the last resort, mistakes that nobody thought of.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.bounded_http import HANG_UP
from harness.errors import (
    DrillError,
    MachineRefused,
    NotAllowed,
    OwnMistake,
    UnknownName,
    UsageError,
)

PROBLEM = "application/problem+json"


class Problem(JSONResponse):
    """A problem of a known status; ASCII alone, so that no half character of theirs breaks it."""

    media_type = PROBLEM

    def __init__(self, status: int, headers: dict[str, str] | None = None, **fields: Any) -> None:
        content = {"status": status, **fields}
        super().__init__(content, status_code=status, headers=headers)

    def render(self, content: Any) -> bytes:
        """JSON text."""
        return json.dumps(content).encode("ascii")


def problem_of(error: DrillError) -> dict[str, Any]:
    """An error of ours as RFC 9457 fields, with the hint and exit code for the command line."""
    return {
        "title": type(error).__name__,
        "status": _status_of(error),
        "detail": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }


def own_mistake(error: OwnMistake | MachineRefused, place: str = "the drill") -> dict[str, Any]:
    """What nobody thought of, for people: what the machine refused, or a mistake of ours, of which
    the rest is in the file, and nobody else's business. `place` is what goes on."""
    if isinstance(error, MachineRefused):
        # Without the file's name, which may be one of those that participants never see.
        reason = error.message.rpartition(": ")[2]
        return {**problem_of(error), "status": 503, "detail": f"the machine refused: {reason}"}
    return {
        "title": "InternalError",
        "status": 500,
        "detail": f"internal error; {place} goes on",
        "hint": f"its traceback is in {error.traceback_path.name} in {place}'s folder",
        "exit_code": error.exit_code,
    }


def _status_of(error: DrillError) -> int:
    if isinstance(error, UnknownName):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 422 if isinstance(error, UsageError) else 409


def handle_errors(app: FastAPI) -> None:
    """Let the routes of `app` raise what they like."""
    app.add_exception_handler(DrillError, _known_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http_error)


async def _known_error(_: Request, error: Exception) -> Problem:
    assert isinstance(error, DrillError)  # noqa: S101  registered for this class alone
    return Problem(**problem_of(error))


async def _bad_request(_: Request, error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class alone
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    why = first.get("ctx", {}).get("error", "") if first["type"] == "json_invalid" else ""
    detail = f"{where}: {first['msg']}" + (f": {why}" if why else "")
    return Problem(422, title="BadRequest", detail=detail, exit_code=2)


async def _http_error(_: Request, error: Exception) -> Problem:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class alone
    headers = dict(error.headers or {})
    return Problem(error.status_code, headers, title="Refused", detail=error.detail, exit_code=1)


class LastResort:
    """ASGI middleware: what nobody handled is kept by `keep`, and answered if nothing was yet."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        keep: Callable[[Exception, str], OwnMistake | MachineRefused],
        place: str = "the drill",
    ) -> None:
        self.app, self.keep, self.place = app, keep, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except asyncio.CancelledError:
            # The server ends, and this is all there is of the task.
            if has_begun:
                scope.get("state", {}).get(HANG_UP, _nothing)()
            else:
                detail = f"{self.place} has ended"
                await Problem(503, title="Ended", detail=detail, exit_code=1)(scope, receive, send)
        except ClientDisconnect:
            return  # whoever broke off is not there to be answered, and that is no mistake of ours
        except Exception as error:  # noqa: BLE001  the last resort
            mistake = self.keep(error, f"{scope.get('method', '')} {scope['path'][:200]}")
            if has_begun:
                # Half an answer cannot be told apart from a whole one but by how it ends.
                scope.get("state", {}).get(HANG_UP, _nothing)()
            else:
                await Problem(**own_mistake(mistake, self.place))(scope, receive, send)


def _nothing() -> None:
    """Servers without a way to hang up close the connection when the answer stays incomplete."""
