"""Every request is decided on before a route runs; what nothing allows is refused.

The token of a role travels in the `Authorization` header only (a cookie would be sent to every
port of 127.0.0.1, the shop's included); at Alertmanager's port as a user's password, as clients
there know it. Host and Origin are checked against DNS rebinding and forged forms. The decision is
made on the path that the router matches, `scope["path"]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.api.access import Policy
from harness.api.problems import Problem
from harness.bounded_http import ADMIT
from harness.tokens import Caller, TokenBook

MAX_BODY_BYTES = 1_000_000
FOREIGN = "requests from other sites are refused"
OTHERS = frozenset({"same-site", "cross-site"})
"""What a browser says of a request that another page made; to it, all of 127.0.0.1 is one site."""

Scheme = Literal["Bearer", "Basic"]
NEEDED: Mapping[Scheme, str] = {
    "Bearer": "a token is needed",
    "Basic": "a user and a password are needed: drill status --addresses",
}
"""What is missing, by how a token is to be sent."""

ONCE = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"host",
        b"last-event-id",
        b"origin",
        b"sec-fetch-site",
        b"transfer-encoding",
        b"x-person",
        b"x-public-url",
    }
)
"""Headers by which something is decided."""


class Gatekeeper:
    """ASGI middleware: Host, Origin, size, token and policy, before any route runs."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        tokens: TokenBook,
        policy: Policy,
        port: int,
        on_refused: Callable[[str, str, str], None],
        scheme: Scheme = "Bearer",
    ) -> None:
        self.app, self.policy, self.scheme = app, policy, scheme
        self._caller = tokens.user if scheme == "Basic" else tokens.bearer
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.origins = {f"http://{host}" for host in self.hosts}
        self.on_refused = on_refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        caller, problem = self._decide(scope["method"], scope["path"], headers)
        if is_ambiguous(scope["headers"]):
            problem = (400, "a header that decides was sent twice")
        elif caller is not None and not scope.get("state", {}).get(ADMIT, _anybody)(caller):
            problem = (503, f"too many connections of a {caller} are open")
        if problem is not None:
            self.on_refused(scope["method"], scope["path"], problem[1])
            await self._refuse(*problem)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, receive, send)

    def _decide(
        self, method: str, path: str, headers: Mapping[str, str]
    ) -> tuple[Caller | None, tuple[int, str] | None]:
        any_origin = self.policy.is_for_any_origin(method, path)
        if problem := problem_of_site(headers, self.hosts, self.origins, any_origin=any_origin):
            return None, problem
        if self.policy.is_public(method, path):
            return None, None
        if headers.get("sec-fetch-site") in OTHERS:
            return None, (403, FOREIGN)
        caller = self._caller(headers.get("authorization", ""))
        if caller is None:
            return None, (401, NEEDED[self.scheme])
        if caller not in self.policy.allowed(method, path):
            return caller, (403, f"a {caller} may not do this")
        return caller, None

    def _refuse(self, status: int, detail: str) -> ASGIApp:
        if self.scheme == "Basic":  # amtool reads nothing but JSON
            return JSONResponse(detail, status, refusal_headers(status, self.scheme))
        return refusal(status, detail)


def problem_of_site(
    headers: Mapping[str, str],
    hosts: Collection[str],
    origins: Collection[str],
    *,
    any_origin: bool,
    is_sized: bool = True,
) -> tuple[int, str] | None:
    """What is wrong with a request whoever sends it: its Host, its Origin, or its size; where
    not `is_sized`, the route counts what comes."""
    if headers.get("host", "") not in hosts:
        return 421, "this host name is not served here"
    if headers.get("origin", next(iter(origins))) not in origins and not any_origin:
        return 403, FOREIGN
    if is_sized and not _small_enough(headers):
        return 413, f"the body is larger than {MAX_BODY_BYTES} bytes or of unknown size"
    return None


def refusal(status: int, detail: str, scheme: Scheme = "Bearer") -> Problem:
    """What is answered instead of asking a route."""
    return Problem(
        status, refusal_headers(status, scheme), title="Refused", detail=detail, exit_code=1
    )


def refusal_headers(status: int, scheme: Scheme = "Bearer") -> dict[str, str] | None:
    """What goes with a refusal."""
    told: dict[int, dict[str, str]] = {
        401: {"WWW-Authenticate": scheme},
        503: {"Retry-After": "5"},
    }
    return told.get(status)


def _anybody(_: Caller) -> bool:
    """Servers that count no connections admit every caller."""
    return True


def _small_enough(headers: Mapping[str, str]) -> bool:
    """True for a body of stated size within bounds, or none at all."""
    if "transfer-encoding" in headers:
        return False
    length = headers.get("content-length", "0")
    return re.fullmatch("[0-9]{1,12}", length) is not None and int(length) <= MAX_BODY_BYTES


def is_ambiguous(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """True where one of ONCE stands twice: whoever reads such a request may read either."""
    found = [name for name, _ in headers if name in ONCE]
    return len(found) != len(set(found))
