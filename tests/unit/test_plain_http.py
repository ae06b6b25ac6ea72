"""What answers on this machine may be code that we did not write: an answer has its bounds."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from itertools import repeat

import httpx
import pytest

from harness.plain_http import WHOLE_FACTOR, local_client

BYTES_MAX = 100_000


async def pieces(piece: bytes, pause_s: float = 0.0) -> AsyncIterator[bytes]:
    for one in repeat(piece):
        yield one
        await asyncio.sleep(pause_s)


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def answering(content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(200, content=content, headers=headers))


async def test_an_answer_within_its_bounds_comes_as_it_is() -> None:
    transport = answering(b'{"a": 1}')
    async with local_client("http://shop", transport=transport, answer_bytes_max=8) as http:
        assert (await http.get("/")).json() == {"a": 1}


async def test_an_answer_without_end_is_given_up_at_its_bound_of_bytes() -> None:
    transport = answering(pieces(b"x" * 10_000))
    async with local_client("http://shop", transport=transport, answer_bytes_max=BYTES_MAX) as http:
        with pytest.raises(httpx.ReadError, match="more than 100000 bytes"):
            await http.get("/")


async def test_an_answer_that_trickles_is_given_up_at_its_bound_of_time() -> None:
    transport = answering(pieces(b"x", 0.01))
    async with local_client("http://shop", transport=transport, timeout_s=0.1) as http:
        with pytest.raises(httpx.ReadTimeout, match="goes on and on"):
            await http.get("/")


async def test_a_server_that_never_answers_is_given_up() -> None:
    async def silent(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    transport = httpx.MockTransport(silent)
    async with local_client("http://shop", transport=transport, timeout_s=0.05) as http:
        with pytest.raises(httpx.ReadTimeout, match=f"within {0.05 * WHOLE_FACTOR:g} s"):
            await http.get("/")


async def test_a_packed_answer_is_not_unpacked() -> None:
    packed = gzip.compress(b"0" * 10_000_000)
    assert len(packed) < BYTES_MAX
    transport = answering(once(packed), **{"Content-Encoding": "gzip"})
    async with local_client("http://shop", transport=transport, answer_bytes_max=BYTES_MAX) as http:
        answer = await http.get("/")
    assert answer.content == packed
    assert answer.request.headers["Accept-Encoding"] == "identity"
