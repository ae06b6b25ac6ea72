"""The two kinds of API that the gate speaks: what they serve, and how they word an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Vendor(StrEnum):
    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class Body(StrEnum):
    """What a request's body holds."""

    NOTHING = "nothing"
    CHAT = "chat"
    RESPONSES = "responses"
    EMBEDDINGS = "embeddings"
    MESSAGES = "messages"


@dataclass(frozen=True)
class Route:
    """One thing that the gate serves."""

    vendor: Vendor
    method: str
    path: str
    body: Body


_ROUTES = (
    Route(Vendor.OPENAI, "POST", "/v1/chat/completions", Body.CHAT),
    Route(Vendor.OPENAI, "POST", "/v1/responses", Body.RESPONSES),
    Route(Vendor.OPENAI, "POST", "/v1/embeddings", Body.EMBEDDINGS),
    Route(Vendor.OPENAI, "GET", "/v1/models", Body.NOTHING),
    Route(Vendor.ANTHROPIC, "POST", "/v1/messages", Body.MESSAGES),
    Route(Vendor.ANTHROPIC, "POST", "/v1/messages/count_tokens", Body.MESSAGES),
    Route(Vendor.ANTHROPIC, "GET", "/v1/models", Body.NOTHING),
)
ROUTES: Mapping[tuple[Vendor, str], Route] = {(one.vendor, one.path): one for one in _ROUTES}

_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
}
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
ERROR_EVENT_SEQUENCE = 0


class Refused(Exception):
    """A request that goes no further, as the caller is told: status, a code for programs, why.

    `retry_after_s` is when to try again; None where that would be of no use.
    """

    def __init__(
        self, status: int, code: str, reason: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(reason)
        self.status, self.code, self.reason = status, code, reason
        self.retry_after_s = retry_after_s


def closed(reason: str) -> Refused:
    """The gate is closed, and why."""
    return Refused(403, "ai_gate_closed", f"the AI gate is closed: {reason}")


def likely_vendor(raw_path: bytes, names: frozenset[bytes]) -> Vendor:
    """Whose client this is, by path and header names: an answer is worded for somebody even
    where the request is not one that we serve."""
    is_anthropic = raw_path.startswith(b"/v1/messages") or b"anthropic-version" in names
    return Vendor.ANTHROPIC if is_anthropic else Vendor.OPENAI


def error_body(vendor: Vendor, refused: Refused) -> dict[str, Any]:
    """An error as the vendor's own API words it."""
    if vendor is Vendor.ANTHROPIC:
        fallback = "api_error" if refused.status >= 500 else "invalid_request_error"
        kind = _ANTHROPIC_TYPES.get(refused.status, fallback)
        return {"type": "error", "error": {"type": kind, "message": refused.reason}}
    fallback = "server_error" if refused.status >= 500 else "invalid_request_error"
    kind = _OPENAI_TYPES.get(refused.status, fallback)
    return {"error": {"message": refused.reason, "type": kind, "param": None, "code": refused.code}}


def error_event(route: Route, refused: Refused) -> bytes:
    """The last server-sent event of a stream that ends early, as the vendor's clients expect it."""
    body = error_body(route.vendor, refused)
    if route.body is Body.CHAT:
        return f"data: {json.dumps(body)}\n\n".encode()
    if route.body is Body.RESPONSES:
        more = {"type": "error", "code": refused.code, "message": refused.reason, "param": None}
        body = {**more, "sequence_number": ERROR_EVENT_SEQUENCE, **body}
    return f"event: error\ndata: {json.dumps(body)}\n\n".encode()
