"""Requests for a drill are passed on to its API, or once it is over to that of its review, all
under the hub's own address.

The person's role becomes the drill's token of that role, which never leaves the hub, and the name
is the hub's: what the caller says of it is dropped. Which routes there are, and for whom, follows
from the drill's own routes, so that a new one is refused here until it says whom it is for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from urllib.parse import quote

import aiohttp
from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send
from yarl import URL

from harness.api.access import EVERY_SITE, EVERYBODY, Access, declarations
from harness.api.answers.shapes import EVENT_STREAM, JSON_LINES
from harness.api.app import ROUTERS
from harness.api.stream import UNREAD_TIMEOUT_S, EventStream
from harness.errors import DrillError, EnvironmentMissing, UnknownName, UsageError
from harness.hub.accounts import Known
from harness.hub.hub_gate import Standing
from harness.hub.past_status import PastStatus
from harness.hub.reviews import Reviews
from harness.hub.run_registry import Ended, RunRegistry, Target
from harness.hub.tables import HubRole
from harness.model import Role
from harness.tokens import Caller

PREFIX = "/drills/{run}"
ASKED = (
    *("accept", "content-type", "last-event-id"),
    *("mcp-protocol-version", "mcp-method", "mcp-name"),
)
"""Headers that go on to the drill."""
ANSWERED = (
    *("content-type", "cache-control", "content-disposition", "retry-after"),
    *("access-control-allow-origin", "cross-origin-resource-policy"),
)
"""Headers that come back."""
STREAM, FINISH = "/v1/stream", "/v1/finish"
ANSWER_BYTES_MAX = 32 * 1024 * 1024
CONNECT_TIMEOUT_S = 2.0
SILENCE_MAX_S = 180.0
"""A deploy may say nothing for that long."""
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S, sock_read=SILENCE_MAX_S)
READING = frozenset({"GET"})
SECRETS = frozenset({"/v1/password"})
"""What is read to act with it elsewhere, which is not for who looks on."""
OWN_PAGES = ("/", "/static/")
"""The console's files, which the hub itself has."""


class Relay:
    """The hub's connections to its drills."""

    def __init__(self, registry: RunRegistry, reviews: Reviews, public_url: str) -> None:
        self._registry, self._reviews, self._public_url = registry, reviews, public_url
        self._past_status = PastStatus()
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close them, and the reviews that are open."""
        if self._http is not None:
            await self._http.close()
        await self._reviews.close()

    async def answer(self, request: Request, run: str, path: str) -> Response:
        """What the drill answers. Raises DrillError where there is none to answer."""
        if any(part in (".", "..") for part in path.split("/")):
            raise UnknownName("route", path[:200], ())
        found = await run_in_threadpool(self._registry.whereabouts, run)
        if not isinstance(found, Ended):
            return await self._passed_on(request, run, path, found)
        known: Known | None = request.state.known
        if known is None:
            return await self._past_status.answer(run, found.run_dir, path, self._place(run))
        return await self._reviewed(request, run, path, found)

    async def _reviewed(self, request: Request, run: str, path: str, ended: Ended) -> Response:
        """What the review of a drill that is over answers."""
        if not ended.may_be_reviewed:
            raise EnvironmentMissing(
                "the drill died, and what was hidden in it still is",
                "whoever leads it resumes it: drill runs resume",
            )
        if path == FINISH:
            raise UsageError("this drill is over already")  # and others look at its review
        use = await self._reviews.use(run, ended, is_stream=path == STREAM)
        try:
            answer = await self._passed_on(request, run, path, use.target)
        except BaseException:
            use.end()
            raise
        if isinstance(answer, _Streaming):
            answer.then = use.end
        else:
            use.end()
        return answer

    def _place(self, run: str) -> str:
        """By what people know the drill."""
        return f"{self._public_url}{PREFIX.format(run=run)}"

    async def _passed_on(self, request: Request, run: str, path: str, target: Target) -> Response:
        headers = {name: request.headers[name] for name in ASKED if name in request.headers}
        headers["Accept-Encoding"] = "identity"
        headers["X-Public-Url"] = self._place(run)
        headers |= _identity(target, request.state.known)
        url = f"{target.api_url}{quote(path)}"
        query = request.scope["query_string"].decode("latin-1")
        try:
            upstream = await self._session().request(
                request.method,
                URL(f"{url}?{query}" if query else url, encoded=True),
                data=await request.body() or None,
                headers=headers,
                allow_redirects=False,
                timeout=TIMEOUT,
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _silent(error) from None
        return await _answer_of(upstream)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            # Everybody's streams go through here; each person is bounded at the door.
            connector = aiohttp.TCPConnector(limit=0)
            self._http = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._http


class _Streaming(EventStream):
    """An answer that is passed on as it comes, and let go of whatever becomes of the reader."""

    def __init__(self, upstream: aiohttp.ClientResponse) -> None:
        super().__init__(_pieces(upstream), UNREAD_TIMEOUT_S)
        self._upstream = upstream
        self.then: Callable[[], None] = _nothing
        self.headers.update(_kept(upstream))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._upstream.close()
            self.then()


def _nothing() -> None:
    """Nobody waits for the end of a stream."""


async def _answer_of(upstream: aiohttp.ClientResponse) -> Response:
    media_type = upstream.content_type
    is_ok = upstream.status == 200
    if is_ok and media_type in (EVENT_STREAM, JSON_LINES):
        return _Streaming(upstream)
    async with upstream:
        body = bytearray()
        try:
            async for piece in upstream.content.iter_any():
                body += piece
                if len(body) > ANSWER_BYTES_MAX:
                    raise DrillError("the drill's answer is too large", "ask for less")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _silent(error) from None
    if upstream.status == 401:
        raise EnvironmentMissing("the drill is over", "see the list of runs")
    return Response(bytes(body), upstream.status, _kept(upstream))


async def _pieces(upstream: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for piece in upstream.content.iter_any():
            yield piece
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _silent(error) from None  # half an answer ends in a way that shows it


def _kept(upstream: aiohttp.ClientResponse) -> dict[str, str]:
    return {name: upstream.headers[name] for name in ANSWERED if name in upstream.headers}


def _silent(error: Exception) -> EnvironmentMissing:
    return EnvironmentMissing(
        f"the drill does not answer ({type(error).__name__})",
        "it may be ending, or very busy: try again",
    )


def _identity(target: Target, known: Known | None) -> dict[str, str]:
    """Who the drill is told to be asked by; nobody, where the route is open to everybody."""
    if known is None:
        return {}
    is_instructor = known.role is HubRole.INSTRUCTOR
    token = target.token(Role.INSTRUCTOR if is_instructor else Role.PARTICIPANT)
    return {"Authorization": f"Bearer {token}", "X-Person": quote(known.name)}


def access_through(method: str, path: str, declared: Access) -> Access | None:
    """Who may use one of the drill's routes through the hub; None where nobody may."""
    if declared.is_open:
        return EVERY_SITE if declared.any_origin else EVERYBODY
    if declared.callers == {Caller.PARTICIPANT}:
        return Access(Standing.PARTICIPANT)
    if Caller.PARTICIPANT in declared.callers:
        roles = [Standing.INSTRUCTOR, Standing.PARTICIPANT]
        if method in READING and path not in SECRETS:
            roles.append(Standing.OBSERVER)
        return Access(*roles)
    if Caller.INSTRUCTOR in declared.callers:
        return Access(Standing.INSTRUCTOR)
    return None


def relay_router(routers: Iterable[APIRouter] = ROUTERS) -> APIRouter:
    """A route of the hub for each route of a drill that people may use."""
    router = APIRouter()
    for method, path, declared in declarations(routers):
        if path == OWN_PAGES[0] or path.startswith(OWN_PAGES[1]) or len(declared) != 1:
            continue
        access = access_through(method, path, declared[0])
        if access is not None:
            router.add_api_route(
                f"{PREFIX}{path}",
                _pass_on,
                methods=[method],
                dependencies=[Depends(access)],
                include_in_schema=False,
                response_model=None,
            )
    return router


async def _pass_on(run: str, request: Request) -> Response:
    relay: Relay = request.app.state.relay
    path = request.scope["path"].removeprefix(f"/drills/{run}")
    return await relay.answer(request, run, path)
