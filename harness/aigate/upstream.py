"""The call to a provider: to one fixed place, with our key, and nothing of it kept afterwards."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import certifi
import httpx

from harness.aigate.gate_settings import Upstream
from harness.aigate.inbound import Inbound
from harness.aigate.vendors import Refused

TIMEOUT = httpx.Timeout(10.0, read=300.0, write=30.0)
"""A model may think for minutes before its first word."""

UNREACHABLE_RETRY_AFTER_S = 5

_RETURNED = frozenset(
    {
        b"content-type",
        b"openai-model",
        b"openai-processing-ms",
        b"openai-version",
        b"request-id",
        b"retry-after",
        b"retry-after-ms",
        b"x-request-id",
        b"x-should-retry",
    }
)


@asynccontextmanager
async def asking(
    upstream: Upstream, inbound: Inbound, body: bytes
) -> AsyncIterator[httpx.Response]:
    """The provider's answer, its body yet to be read.

    One client for one request: no connection, cookie or other state outlives it, so that a closed
    gate sends nothing at all. Raises httpx.HTTPError, and Refused where the answer is not fit to
    be passed on.
    """
    url = upstream.url + inbound.route.path + (f"?{inbound.query}" if inbound.query else "")
    # trust_env off: a proxy or a .netrc of this machine has no say in where the key goes.
    client = httpx.AsyncClient(
        verify=trusted_authorities(), trust_env=False, follow_redirects=False, timeout=TIMEOUT
    )
    async with (
        client,
        client.stream(
            inbound.route.method, url, content=body or None, headers=_headers(upstream, inbound)
        ) as answer,
    ):
        if 300 <= answer.status_code < 400:
            raise Refused(502, "provider_redirect", "the provider answered with a redirect")
        if not 200 <= answer.status_code < 600:
            raise Refused(502, "provider_odd", "the provider answered without an HTTP status")
        if answer.status_code in (401, 403):
            # Its words may quote the key.
            reason = f"the provider refused the gate's key ({answer.status_code})"
            raise Refused(502, "provider_refused_key", f"{reason}; tell the instructor")
        if answer.headers.get("content-encoding", "identity") != "identity":
            # What cannot be read may hold the key.
            raise Refused(502, "answer_encoded", "the provider compressed its answer unasked")
        yield answer


def returned_headers(answer: httpx.Response) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that the caller sees."""
    lowered = ((name.lower(), value) for name, value in answer.headers.raw)
    return [pair for pair in lowered if pair[0] in _RETURNED or b"-ratelimit-" in pair[0]]


def what_went_wrong(error: httpx.HTTPError) -> Refused:
    """A provider that cannot be reached or breaks off, in words without addresses."""
    if isinstance(error, httpx.TimeoutException):
        return Refused(504, "provider_timeout", "the provider did not answer in time")
    if isinstance(error, httpx.ConnectError):
        reason = "the provider cannot be reached"
        return Refused(502, "provider_unreachable", reason, retry_after_s=UNREACHABLE_RETRY_AFTER_S)
    return Refused(502, "provider_broke_off", "the provider cut the answer short")


def _headers(upstream: Upstream, inbound: Inbound) -> httpx.Headers:
    headers = httpx.Headers(list(inbound.passed_on))
    headers.setdefault("user-agent", "3am-ai-gate")
    # Not compressed, so that whole events can be told apart and token counts read.
    headers["accept-encoding"] = "identity"
    headers["connection"] = "close"
    if credentials := upstream.credentials(inbound.route.vendor):
        headers[credentials[0]] = credentials[1]
    return headers


@cache
def trusted_authorities() -> ssl.SSLContext:
    """What this machine trusts (SSL_CERT_FILE included), and the usual authorities."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
