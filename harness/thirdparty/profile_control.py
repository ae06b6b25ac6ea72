"""The third parties' private side: switch the profile, ask what was really charged and written.

It listens on a Unix socket in the drill's private directory, which participants cannot reach.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from harness.errors import UnknownName
from harness.thirdparty.charges import ChargeBook
from harness.thirdparty.completions import CompletionBook
from harness.thirdparty.llm_profiles import ModelBehaviour, ModelProfile, model_profile_named
from harness.thirdparty.profiles import Behaviour, Profile, profile_named
from harness.thirdparty.unix_socket import short_path

P = TypeVar("P")


def control_app(
    book: ChargeBook,
    behaviour: Behaviour,
    switch: Callable[[Profile], Awaitable[None]],
    renew: Callable[[], Awaitable[None]],
    impersonate: Callable[[], Awaitable[int]],
    model: ModelBehaviour,
    completions: CompletionBook,
) -> web.Application:
    """Routes of the private side; `switch` puts a profile in force, `renew` another certificate;
    `impersonate` lets others answer for a moment, and tells how many of them were believed."""

    async def switch_model(profile: ModelProfile) -> None:
        model.profile = profile

    async def count(_: web.Request) -> web.Response:
        return web.json_response({"count": book.booked_count})

    async def charges(request: web.Request) -> web.Response:
        found = [
            charge.as_json()
            for reference in request.query.getall("reference", [])
            for charge in book.of_reference(reference)
        ]
        return web.json_response({"charges": found})

    async def completions_within(request: web.Request) -> web.Response:
        return web.json_response({"completions": completions.within(await request.text())})

    async def renew_certificate(_: web.Request) -> web.Response:
        await renew()
        return web.json_response({"renewals": behaviour.renewals})

    async def show_impostors(_: web.Request) -> web.Response:
        return web.json_response({"believed": await impersonate()})

    app = web.Application()
    app.router.add_post("/certificate", renew_certificate)
    app.router.add_post("/impostors", show_impostors)
    _add_profile(app, "/profile", lambda: behaviour.profile.name, profile_named, switch)
    _add_profile(
        app, "/model-profile", lambda: model.profile.name, model_profile_named, switch_model
    )
    app.router.add_get("/charges/count", count)
    app.router.add_get("/charges", charges)
    app.router.add_post("/completions/within", completions_within)
    return app


def _add_profile(
    app: web.Application,
    path: str,
    name_now: Callable[[], str],
    named: Callable[[str], P],
    switch: Callable[[P], Awaitable[None]],
) -> None:
    """Routes that read and put in force a profile, by its name."""

    async def read(_: web.Request) -> web.Response:
        return web.json_response({"name": name_now()})

    async def write(request: web.Request) -> web.Response:
        try:
            profile = named(str((await request.json())["name"]))
        except UnknownName as exc:
            return web.json_response({"error": exc.message, "hint": exc.hint}, status=404)
        except (json.JSONDecodeError, KeyError, TypeError):
            return web.json_response({"error": 'expected {"name": …}', "hint": ""}, status=400)
        await switch(profile)
        return web.json_response({"name": name_now()})

    app.router.add_get(path, read)
    app.router.add_put(path, write)


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
