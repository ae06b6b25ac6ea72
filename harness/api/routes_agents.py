"""`/mcp`: where agents take part over HTTP. What answers there is the host's to give: it is loaded
with the first agent that comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from harness.api.access import Access, router_for
from harness.errors import EnvironmentMissing
from harness.tokens import Caller

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
    """One message of the Model Context Protocol. Raises EnvironmentMissing."""
    door: AgentDoor | None = request.app.state.agent_door
    if door is None:
        raise EnvironmentMissing("no agent can take part here", "drill mcp, on the same machine")
    return _Answered(door)


@router.get("/mcp", include_in_schema=False)
async def no_stream() -> Response:
    """There is nothing to listen to: each message has its own answer."""
    return Response(status_code=405, headers={"Allow": "POST"})


@router.delete("/mcp", include_in_schema=False)
async def no_session() -> Response:
    """There is nothing to end."""
    return Response(status_code=405, headers={"Allow": "POST"})
