"""The third parties' private side: switch the profile, ask what was really charged.

It listens on a Unix socket in the drill's private directory, which participants cannot reach.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from harness.errors import UnknownName
from harness.thirdparty.charges import ChargeBook
from harness.thirdparty.profiles import Behaviour, Profile, profile_named
from harness.thirdparty.unix_socket import short_path


def control_app(
    book: ChargeBook, behaviour: Behaviour, switch: Callable[[Profile], Awaitable[None]]
) -> web.Application:
    """Routes of the private side; `switch` puts a profile in force."""

    async def read_profile(_: web.Request) -> web.Response:
        return web.json_response({"name": behaviour.profile.name})

    async def write_profile(request: web.Request) -> web.Response:
        try:
            profile = profile_named(str((await request.json())["name"]))
        except UnknownName as exc:
            return web.json_response({"error": exc.message, "hint": exc.hint}, status=404)
        except (json.JSONDecodeError, KeyError, TypeError):
            return web.json_response({"error": 'expected {"name": …}', "hint": ""}, status=400)
        await switch(profile)
        return web.json_response({"name": profile.name})

    async def count(_: web.Request) -> web.Response:
        return web.json_response({"count": book.booked_count})

    async def charges(request: web.Request) -> web.Response:
        found = [
            charge.as_json()
            for reference in request.query.getall("reference", [])
            for charge in book.of_reference(reference)
        ]
        return web.json_response({"charges": found})

    app = web.Application()
    app.router.add_get("/profile", read_profile)
    app.router.add_put("/profile", write_profile)
    app.router.add_get("/charges/count", count)
    app.router.add_get("/charges", charges)
    return app


def bind_private(path: Path) -> socket.socket:
    """A listening Unix socket that only its owner may open; replaces one left over."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Masked while binding, since a chmod afterwards would leave a moment in which others connect.
    mask = os.umask(0o177)
    try:
        with short_path(path) as short:
            listener.bind(short)
    finally:
        os.umask(mask)
    listener.listen()
    listener.setblocking(False)
    return listener
