"""The caller's connection: its request's body, read within bounds of size and time, and the
answers that the gate gives itself."""

from __future__ import annotations

import asyncio
import json

from starlette.types import Receive, Send

from harness.aigate.inbound import BODY_MAX_BYTES
from harness.aigate.vendors import Refused, Vendor, error_body

BODY_S = 10.0
DISCARD_S = 2.0
# One request a connection: nothing can be smuggled in behind it.
HEADERS = [(b"connection", b"close"), (b"x-content-type-options", b"nosniff")]


class RequestBody:
    """The body of one request, as it arrives."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_complete = False

    async def read(self, length_bytes: int) -> bytes:
        """All of it. Raises Refused."""
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_S):
                while not self._is_complete:
                    body += await self._part()
                    if len(body) > length_bytes:
                        raise Refused(413, "too_large", "the body is longer than it says")
        except TimeoutError as error:
            raise Refused(408, "too_slow", f"the body took longer than {BODY_S:g} s") from error
        return bytes(body)

    async def discard(self) -> None:
        """Take what else arrives, within bounds: a connection that is closed on unread data
        would be reset, and the caller would not see the answer."""
        seen_bytes = 0
        try:
            async with asyncio.timeout(DISCARD_S):
                while not self._is_complete and seen_bytes <= BODY_MAX_BYTES:
                    seen_bytes += len(await self._part())
        except (TimeoutError, Refused):
            return

    async def caller_left(self) -> None:
        """Returns once the caller has closed the connection."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _part(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "left", "the caller disconnected before the request was complete")
        self._is_complete = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part


async def answer_refusal(vendor: Vendor, refused: Refused, send: Send) -> None:
    """The whole answer to a request that is refused, as the vendor's clients expect it."""
    body = json.dumps(error_body(vendor, refused)).encode()
    headers = [
        *HEADERS,
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *_about_retrying(refused.retry_after_s),
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _about_retrying(after_s: int | None) -> list[tuple[bytes, bytes]]:
    """Whether to try again, and when: both vendors' clients heed it."""
    if after_s is None:
        return [(b"x-should-retry", b"false")]
    return [(b"x-should-retry", b"true"), (b"retry-after", str(after_s).encode())]
