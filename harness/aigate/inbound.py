"""What arrives at the gate, read strictly: what could be understood in two ways is refused.

Everything is decided on the bytes that arrived (`raw_path`, header names and values), never on a
decoded or normalised form, and headers go on by a list of what may, not of what may not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from starlette.types import Scope

from harness.aigate.vendors import ROUTES, Body, Refused, Route, likely_vendor

BODY_MAX_BYTES = 4 * 1024 * 1024
BRIEF_HEADER = b"x-drill-brief"

_ONCE = frozenset(
    {b"host", b"content-length", b"content-type", b"authorization", b"x-api-key", BRIEF_HEADER}
)
_PASSED_ON = frozenset(
    {
        b"accept",
        b"anthropic-beta",
        b"anthropic-version",
        b"content-type",
        b"idempotency-key",
        b"openai-beta",
        b"user-agent",
    }
)
_PASSED_ON_PREFIX = b"x-stainless-"
_QUERY = re.compile(rb"[A-Za-z0-9_.=&~-]{0,500}")

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Inbound:
    """A request that is in order; whether it may go on is another matter."""

    route: Route
    query: str
    token: str
    """The drill's token, which goes no further."""
    length_bytes: int
    wants_brief: bool
    passed_on: Headers
    """The headers that the provider sees."""


def inspect(scope: Scope, hosts: Collection[str]) -> Inbound:
    """The request in `scope`, which must name one of `hosts`. Raises Refused."""
    pairs: list[tuple[bytes, bytes]] = list(scope["headers"])
    names = [name for name, _ in pairs]
    headers = dict(pairs)
    _require_one_reading(names, headers, hosts)
    raw_path: bytes = scope["raw_path"]
    vendor = likely_vendor(raw_path, frozenset(names))
    route = ROUTES.get((vendor, raw_path.decode("latin-1")))
    if route is None:
        raise Refused(404, "not_served", "the AI gate does not serve this path")
    if scope["method"] != route.method:
        raise Refused(405, "not_served", f"the AI gate serves only {route.method} here")
    if not _QUERY.fullmatch(scope["query_string"]):
        raise Refused(400, "bad_query", "the AI gate does not forward such a query")
    return Inbound(
        route=route,
        query=scope["query_string"].decode("ascii"),
        token=_token(headers),
        length_bytes=_length_bytes(route, headers),
        wants_brief=_wants_brief(headers),
        passed_on=tuple(
            (name, value)
            for name, value in pairs
            if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIX)
        ),
    )


def _require_one_reading(
    names: list[bytes], headers: dict[bytes, bytes], hosts: Collection[str]
) -> None:
    for name in _ONCE:
        if names.count(name) > 1:
            raise Refused(400, "ambiguous", f"the header {name.decode()} was sent twice")
    if headers.get(b"host", b"").decode("latin-1") not in hosts:
        raise Refused(421, "wrong_host", "this host name is not served here")
    if b"origin" in headers:
        raise Refused(403, "browser", "the AI gate does not serve web pages")
    if b"transfer-encoding" in headers:
        raise Refused(400, "ambiguous", "send a body of stated length (Content-Length) only")
    if b"upgrade" in headers:
        raise Refused(400, "ambiguous", "the AI gate does not change protocols")
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Refused(415, "encoded", "send the body as it is, not compressed")


def _length_bytes(route: Route, headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 12:
        raise Refused(400, "ambiguous", "Content-Length is not a number")
    if route.body is Body.NOTHING and int(length):
        raise Refused(400, "ambiguous", "this request takes no body")
    if int(length) > BODY_MAX_BYTES:
        raise Refused(413, "too_large", f"a body is at most {BODY_MAX_BYTES} bytes")
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if route.body is not Body.NOTHING and kind != b"application/json":
        raise Refused(415, "not_json", "the body must be application/json")
    return int(length)


def _token(headers: dict[bytes, bytes]) -> str:
    scheme, _, bearer = headers.get(b"authorization", b"").partition(b" ")
    key = headers.get(b"x-api-key", b"")
    if key and bearer and key != bearer:
        raise Refused(400, "ambiguous", "Authorization and x-api-key name different tokens")
    if scheme and scheme.lower() != b"bearer":
        raise Refused(401, "no_token", "Authorization must be a Bearer token")
    return (bearer or key).decode("latin-1")


def _wants_brief(headers: dict[bytes, bytes]) -> bool:
    value = headers.get(BRIEF_HEADER, b"0")
    if value not in (b"0", b"1"):
        raise Refused(400, "bad_header", "X-Drill-Brief is 1 or 0")
    return value == b"1"
