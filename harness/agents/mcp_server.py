"""The tools as a server of the Model Context Protocol, by its official SDK."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from importlib.metadata import version
from typing import Any

import anyio
import mcp_types as types
from anyio import from_thread, to_thread
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.types import Receive, Scope, Send

from harness.agents.calls import Player, Reply
from harness.agents.reading import resource, resources, task
from harness.agents.toolbox import TOOLS, Effect, Tool
from harness.errors import DrillError

NAME = "threeam"
PROMPT = "on-call"
AT_ONCE_MAX = 4
"""Calls of one agent that run beside each other; further ones wait."""


async def serve_stdio(player: Player) -> None:
    """Serve one agent on standard input and output, until it leaves."""
    server = server_of(player)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


async def serve_message(
    player: Player, limit: anyio.CapacityLimiter, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer one message that came over HTTP: whole, as JSON, and with nothing kept for a next."""
    manager = StreamableHTTPSessionManager(
        server_of(player, limit), json_response=True, stateless=True
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)


def server_of(player: Player, limit: anyio.CapacityLimiter | None = None) -> Server[Any]:
    """A server that lets whoever is connected play as `player`."""
    desk = _Desk(player, limit or anyio.CapacityLimiter(AT_ONCE_MAX))
    return Server(
        NAME,
        version=version(NAME),
        title="3AM",
        instructions=task(),
        on_list_tools=desk.list_tools,
        on_call_tool=desk.call_tool,
        on_list_resources=desk.list_resources,
        on_read_resource=desk.read_resource,
        on_list_prompts=desk.list_prompts,
        on_get_prompt=desk.get_prompt,
    )


class _Desk:
    """The protocol's requests, answered by one player."""

    def __init__(self, player: Player, limit: anyio.CapacityLimiter) -> None:
        self._player, self._limit = player, limit

    async def list_tools(
        self, _: ServerRequestContext[Any, Any], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(one) for one in TOOLS])

    async def call_tool(
        self, context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """What went wrong is the call's result: an agent reads it, and can do better."""
        steps = iter(range(1, 10**6))

        def say(text: str) -> None:
            with suppress(RuntimeError):  # whoever asked has gone
                from_thread.run(partial(context.session.report_progress, next(steps), message=text))

        try:
            reply = await self._in_thread(
                partial(self._player.call, params.name, params.arguments or {}, say)
            )
        except DrillError as error:
            return types.CallToolResult(content=[_text(str(error))], is_error=True)
        except Exception as error:  # noqa: BLE001  a mistake of ours is told without its traceback
            told = f"internal error ({type(error).__name__})\n  hint: please report it"
            return types.CallToolResult(content=[_text(told)], is_error=True)
        return types.CallToolResult(
            content=[_text(reply.model_dump_json())], structured_content=reply.model_dump()
        )

    async def list_resources(
        self, _: ServerRequestContext[Any, Any], __: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        found = await self._asked(partial(resources, self._player.seat.client))
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri=uri, name=title, mime_type="text/markdown")
                for uri, title in found.items()
            ]
        )

    async def read_resource(
        self, _: ServerRequestContext[Any, Any], params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        work = partial(resource, self._player.seat.client, uri)
        text = await self._asked(partial(self._player.read, uri, work))
        found = types.TextResourceContents(uri=uri, text=text, mime_type="text/markdown")
        return types.ReadResourceResult(contents=[found])

    async def list_prompts(
        self, _: ServerRequestContext[Any, Any], __: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        prompt = types.Prompt(name=PROMPT, description="The task, as a person on call is told it.")
        return types.ListPromptsResult(prompts=[prompt])

    async def get_prompt(
        self, _: ServerRequestContext[Any, Any], params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        if params.name != PROMPT:
            raise MCPError(types.INVALID_PARAMS, f"there is no such prompt; there is {PROMPT}")
        message = types.PromptMessage(role="user", content=_text(task()))
        return types.GetPromptResult(messages=[message])

    async def _asked(self, work: Any) -> Any:
        """As `_in_thread`; a mistake is the protocol's own error, which has no other place."""
        try:
            return await self._in_thread(work)
        except DrillError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None

    async def _in_thread(self, work: Any) -> Any:
        return await to_thread.run_sync(work, abandon_on_cancel=True, limiter=self._limit)


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.says,
        input_schema=tool.takes.model_json_schema(),
        output_schema=Reply.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(
            read_only_hint=tool.effect is Effect.READS,
            destructive_hint=tool.effect is Effect.CHANGES,
            open_world_hint=False,
        ),
    )


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)
