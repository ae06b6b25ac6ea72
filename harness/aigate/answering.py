"""Answers of the gate's own."""

from __future__ import annotations

import json

from starlette.types import Send

from harness.aigate.vendors import Refused, Vendor, error_body

# One request a connection: nothing can be smuggled in behind it.
HEADERS = [(b"connection", b"close"), (b"x-content-type-options", b"nosniff")]


async def answer_refusal(vendor: Vendor, refused: Refused, send: Send) -> None:
    """The whole answer to a request that is refused, as the vendor's clients expect it."""
    body = json.dumps(error_body(vendor, refused)).encode()
    headers = [
        *HEADERS,
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-should-retry", b"false"),  # both vendors' clients heed it
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
