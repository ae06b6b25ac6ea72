"""`drill forward`: parts of a drill elsewhere, at ports of this machine."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

import typer

from harness.cli.api_client import active_drill, profile_meant
from harness.cli.panels import Commands
from harness.cli.profiles import Profile
from harness.errors import EnvironmentMissing, PortTaken, UnknownName, UsageError
from harness.terminal import line, say, show_table

EOF = "eof"
PIECE_BYTES = 65_536
LOOPBACK = "127.0.0.1"
PORT_MAX = 65_535


def forward(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME[:PORT]…", help="What; without any name: what there is."),
    ] = None,
) -> None:
    """Show parts of your drill at ports of this machine.

    The gateway and every service, prometheus, alertmanager, postgres.

    Example: drill forward postgres prometheus:9090
    """
    profile = profile_meant()
    if profile is None:
        active_drill()  # there may be none at all
        raise UsageError(
            "the drill runs on this machine", "its addresses: drill status --addresses"
        )
    run = profile.going_on()
    with profile.place.client(profile.token, run=run, drill="the drill") as drill:
        parts = {one["name"]: one for one in drill.get("/forward")}
    if not names:
        show_table(list(parts.values()), ["name", "port", "what"])
        return
    asyncio.run(_forward(profile, run, [_wanted(one, parts) for one in names]))


def _wanted(text: str, parts: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], int | None]:
    """The part that is named, and the port of this machine that it is to have."""
    name, _, port = text.partition(":")
    if name not in parts:
        raise UnknownName("part of the drill to forward", name, parts)
    if not port:
        return parts[name], None
    if not port.isdecimal() or not 0 < int(port) <= PORT_MAX:
        raise UsageError(f"'{port}' is no port", f"for example {name}:{parts[name]['port']}")
    return parts[name], int(port)


async def _forward(
    profile: Profile, run: str, wanted: list[tuple[dict[str, Any], int | None]]
) -> None:
    servers = []
    try:
        for part, port in wanted:
            way = _Way(profile, run, part["name"])
            server = await _listening(way, part["port"], port)
            servers.append(server)
            bound = server.sockets[0].getsockname()[1]
            line(f"{part['name']}  {LOOPBACK}:{bound}  {part['what']}")
        say("until Ctrl-C")
        await asyncio.gather(*(server.serve_forever() for server in servers))
    finally:
        for server in servers:
            server.close()


async def _listening(way: _Way, usual: int, port: int | None) -> asyncio.Server:
    """At the port that was asked for, else where the part is on its own machine, else at any.

    Raises PortTaken.
    """
    for candidate in (port,) if port else (usual, 0):
        try:
            return await asyncio.start_server(way.carry, LOOPBACK, candidate)
        except OSError:
            continue
    raise PortTaken(port or usual, "another process", f"choose another: {way.name}:PORT")


class _Way:
    """From this machine to one part: a WebSocket for each connection."""

    def __init__(self, profile: Profile, run: str, name: str) -> None:
        self.name = name
        self._token = profile.token
        base = profile.place.url.replace("http", "ws", 1)
        self._url = f"{base}/drills/{run}/forward/{quote(name)}"
        self._trust = profile.place.trust() if base.startswith("wss:") else None

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        try:
            async with connect(
                self._url,
                ssl=self._trust,
                additional_headers={"Authorization": f"Bearer {self._token}"},
                proxy=None,
                compression=None,
            ) as socket:
                await _join(socket, reader, writer)
        except (OSError, WebSocketException, EnvironmentMissing) as error:
            say(f"{self.name}: {error}")
        finally:
            writer.close()


async def _join(socket: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async def up() -> None:
        while piece := await reader.read(PIECE_BYTES):
            await socket.send(piece)
        await socket.send(EOF)

    async def down() -> None:
        async for message in socket:
            if isinstance(message, str):
                writer.write_eof()
            else:
                writer.write(message)
                await writer.drain()

    sending = asyncio.create_task(up())
    try:
        await down()
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


COMMANDS: Commands = {"Look": (forward,)}
