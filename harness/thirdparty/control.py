"""The third parties' private side: switch the profile, ask what was really charged.

It listens on a Unix socket in the drill's private directory, which participants cannot reach.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from aiohttp import web

from harness.errors import StackFailed, UnknownName
from harness.thirdparty.charges import ChargeBook
from harness.thirdparty.profiles import Behaviour, Profile, profile_named

CALL_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class BookedCharge:
    """A charge as the provider booked it; `amount` in units of `currency`."""

    id: str
    reference: str
    amount: Decimal
    currency: str
    status: str


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


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name of `path` within the 107 bytes that a Unix socket's address may have."""
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


class ThirdPartyControl:
    """The harness' end of the private side; an async context manager."""

    def __init__(self, control_socket: Path) -> None:
        self._short = short_path(control_socket)
        transport = httpx.AsyncHTTPTransport(uds=self._short.__enter__())
        self._http = httpx.AsyncClient(
            transport=transport, base_url="http://third-parties", timeout=CALL_TIMEOUT_S
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()
        self._short.__exit__(None, None, None)

    async def profile(self) -> str:
        """The name of the profile in force."""
        return str((await self._call("GET", "/profile"))["name"])

    async def set_profile(self, name: str) -> None:
        """Put a profile in force; raises UnknownName."""
        await self._call("PUT", "/profile", json={"name": profile_named(name).name})

    async def charge_count(self) -> int:
        """How many charges the provider has booked since it started."""
        return int((await self._call("GET", "/charges/count"))["count"])

    async def charges(self, *references: str) -> list[BookedCharge]:
        """What was really charged for these references, oldest first for each."""
        answer = await self._call("GET", "/charges", params={"reference": list(references)})
        return [
            BookedCharge(
                row["id"], row["reference"], Decimal(row["amount"]), row["currency"], row["status"]
            )
            for row in answer["charges"]
        ]

    async def _call(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        try:
            response = await self._http.request(method, path, **kwargs)
            response.raise_for_status()
        except httpx.HTTPError as exc:
            raise StackFailed(f"the third parties do not answer: {exc!r}") from exc
        answer: dict[str, Any] = response.json()
        return answer
