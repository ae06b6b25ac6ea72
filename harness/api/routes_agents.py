"""`/mcp`: where agents take part over HTTP. What answers there is the host's to give: it is loaded
with the first agent that comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request, Response
from starlette.types import Receive, Scope, Send

from harness.api.access import Access, router_for
from harness.errors import EnvironmentMissing
from harness.tokens import Caller

JSON = "application/json"
AgentDoor = Callable[[Scope, Receive, Send], Awaitable[None]]

router = router_for(Access(Caller.PARTICIPANT))


class _Answered(Response):
    """What the door answers, as it answers it."""

    def __init__(self, door: AgentDoor) -> None:
        super().__init__()
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._door(scope, receive, send)


@router.post("/mcp", include_in_schema=False)
async def mcp(request: Request) -> Response:
    """One message of the Model Context Protocol. Raises EnvironmentMissing, HTTPException."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(415, f"a message is {JSON}, and says so in Content-Type")
    door: AgentDoor | None = request.app.state.agent_door
    if door is None:
        raise EnvironmentMissing("no agent can take part here", "drill mcp, on the same machine")
    return _Answered(door)


@router.get("/mcp", include_in_schema=False)
async def no_stream() -> Response:
    """There is nothing to listen to: each message has its own answer. Raises HTTPException."""
    raise HTTPException(405, "nothing is streamed here: POST a message", {"Allow": "POST"})


@router.delete("/mcp", include_in_schema=False)
async def no_session() -> Response:
    """There is nothing to end. Raises HTTPException."""
    raise HTTPException(405, "there is no session to end: POST a message", {"Allow": "POST"})
