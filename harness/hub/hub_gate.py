"""Every request to the hub is decided on before a route runs; what nothing allows is refused.

Who asks is known by a token of their own, or by the header of the one proxy that is trusted. What
they are follows from what the path is about: a run or a team. Somebody else's drill, and one that
there is not, are refused alike.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.api.access import WEBSOCKET, Policy
from harness.api.auth import FOREIGN, OTHERS, Scheme, is_ambiguous, problem_of_site, refusal
from harness.api.problems import Problem, problem_of
from harness.bounded_http import ADMIT, ANYBODY
from harness.errors import DrillError
from harness.hub.accounts import Accounts, Known
from harness.hub.tables import HubRole

ABOUT = re.compile(r"/(?:v1/)?(?P<kind>runs|drills|teams|events)/(?P<id>[^/]+)(?:/|$)")
"""What a path is about."""
ABOUT_WHAT = {"runs": "run", "drills": "run", "teams": "team", "events": "event"}
GIT = re.compile(r"/drills/[^/]+/shop\.git/.*")
"""What git's clients ask: they show a token as a user's password, and push more than others say."""
SECRET_MAX = 200
"""Characters of a token; a longer one is nobody's."""


class Standing(StrEnum):
    """What somebody is to the hub; roles are those in the team or the run of the path."""

    PERSON = "person"
    MANAGER = "manager"
    INSTRUCTOR = "instructor"
    PARTICIPANT = "participant"
    OBSERVER = "observer"


@dataclass(frozen=True)
class HubAddress:
    """Where a hub listens, what people call it, and what this machine calls it."""

    listen: str
    port: int
    public_url: str
    local_url: str

    @property
    def is_encrypted(self) -> bool:
        """Whether the hub itself speaks TLS."""
        return self.local_url.startswith("https:")

    @property
    def hosts(self) -> frozenset[str]:
        """The names that a request may call this hub by."""
        urls = (self.public_url, self.local_url)
        return frozenset(
            {urlsplit(url).netloc for url in urls}
            | {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        )

    @property
    def origins(self) -> frozenset[str]:
        """The sites whose pages may ask: its own, by each of its names."""
        scheme = urlsplit(self.local_url).scheme
        own = {f"{scheme}://127.0.0.1:{self.port}", f"{scheme}://localhost:{self.port}"}
        return frozenset({self.public_url, self.local_url} | own)

    @classmethod
    def at_loopback(cls, port: int) -> HubAddress:
        """A hub for this machine alone."""
        url = f"http://127.0.0.1:{port}"
        return cls("127.0.0.1", port, url, url)


@dataclass(frozen=True)
class TrustedProxy:
    """The one proxy that signs people in: the header in which it names them, and its address."""

    header: str
    address: str


class Presence:
    """The requests of each person that are being answered: they end when the person is revoked."""

    def __init__(self) -> None:
        self._tasks: dict[str, set[asyncio.Task[object]]] = {}

    @contextmanager
    def of(self, person_id: str) -> Iterator[None]:
        """While inside, the current task is one of that person's."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  requests are answered in tasks
        tasks = self._tasks.setdefault(person_id, set())
        tasks.add(task)
        try:
            yield
        finally:
            tasks.discard(task)
            if not tasks:
                self._tasks.pop(person_id, None)

    def end(self, person_id: str) -> None:
        """End whatever is being answered to them, except to whoever asks for that."""
        for task in self._tasks.get(person_id, set()) - {asyncio.current_task()}:
            task.cancel()


class HubGate:
    """ASGI middleware: Host, Origin, size, person and policy, before any route runs."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        accounts: Accounts,
        policy: Policy,
        presence: Presence,
        address: HubAddress,
        proxy: TrustedProxy | None = None,
    ) -> None:
        self.app, self.accounts, self.policy = app, accounts, policy
        self.presence, self.proxy = presence, proxy
        self.hosts, self.origins = address.hosts, address.origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        try:
            known, problem = await self._decide(scope, headers)
        except DrillError as error:
            await Problem(**problem_of(error))(scope, receive, send)
            return
        if is_ambiguous(scope["headers"]) or self._is_named_twice(scope):
            problem = (400, "a header that decides was sent twice")
        admit = scope.setdefault("state", {}).get(ADMIT)
        if problem is None and admit and not admit(known.id if known else ANYBODY):
            problem = (503, "too many connections of yours are open")
        if problem is not None:
            scheme: Scheme = "Basic" if GIT.fullmatch(scope["path"]) else "Bearer"
            await refusal(*problem, scheme=scheme)(scope, receive, send)
            return
        scope.setdefault("state", {})["known"] = known
        if known is None:
            await self.app(scope, receive, send)
            return
        with self.presence.of(known.id):
            await self.app(scope, receive, send)

    async def _decide(
        self, scope: Scope, headers: Mapping[str, str]
    ) -> tuple[Known | None, tuple[int, str] | None]:
        method, path = scope.get("method", WEBSOCKET), scope["path"]
        any_origin = self.policy.is_for_any_origin(method, path)
        problem = problem_of_site(
            headers,
            self.hosts,
            self.origins,
            any_origin=any_origin,
            is_sized=not GIT.fullmatch(path),
        )
        if problem:
            return None, problem
        if self.policy.is_public(method, path):
            return None, None
        if headers.get("sec-fetch-site") in OTHERS:
            return None, (403, FOREIGN)
        known = await self._known(scope, headers)
        if known is None:
            return None, (401, "a token is needed: ask for an invite")
        allowed = self.policy.allowed(method, path)
        if allowed & standings(known):
            return known, None
        if known.role is None and not allowed & {Standing.PERSON, Standing.MANAGER}:
            return known, (404, "there is nothing here for you")
        return known, (403, f"{_described(known)} may not do this")

    async def _known(self, scope: Scope, headers: Mapping[str, str]) -> Known | None:
        about = ABOUT.match(scope["path"])
        kind, name = (about["kind"], about["id"]) if about else ("", "")
        where = {ABOUT_WHAT[kind]: name} if kind else {}
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() == "basic" and GIT.fullmatch(scope["path"]):
                token = _password(token)
            elif scheme.lower() != "bearer":
                return None
            if len(token) > SECRET_MAX:
                return None
            return await run_in_threadpool(self.accounts.known_by_token, token, **where)
        if (name := self._signed_in(scope, headers)) is not None:
            return await run_in_threadpool(self.accounts.known_by_name, name, **where)
        return None

    def _signed_in(self, scope: Scope, headers: Mapping[str, str]) -> str | None:
        """The name that the trusted proxy gives; what anybody else says is no name."""
        client = scope.get("client")
        if self.proxy is None or client is None or client[0] != self.proxy.address:
            return None
        name = headers.get(self.proxy.header.lower())
        return unquote(name)[:SECRET_MAX] if name else None

    def _is_named_twice(self, scope: Scope) -> bool:
        if self.proxy is None:
            return False
        wanted = self.proxy.header.lower().encode("latin-1")
        return [name for name, _ in scope["headers"]].count(wanted) > 1


def _password(encoded: str) -> str:
    """What git shows as a password; empty where that is none."""
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def standings(known: Known) -> frozenset[Standing]:
    """Everything that somebody is, where they ask."""
    found = {Standing.PERSON}
    if known.is_manager:
        found.add(Standing.MANAGER)
    if known.role is not None:
        found.add(Standing(known.role.value))
    return frozenset(found)


def _described(known: Known) -> str:
    if known.role is None:
        return "whoever looks after nothing here"
    return f"{'an' if known.role is not HubRole.PARTICIPANT else 'a'} {known.role}"
