"""Asking a process whether it is ready."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import httpx

from harness.plain_http import local_client
from harness.waiting import wait_until

INTERVAL_S = 0.02
ANSWER_S = 2.0
ANSWER_BYTES_MAX = 64 * 1024
ANSWER_CHARACTERS = 500


class NotReady(Exception):
    """A process that ended, or that did not say in time that it is ready; the text says which."""


class ReadyProbe:
    """Polls readiness endpoints; one for all, since a client costs 20 ms to make."""

    def __init__(self) -> None:
        # A connection kept alive would be one more that a draining release waits for.
        once = httpx.Limits(max_keepalive_connections=0)
        self._client = local_client(
            timeout_s=ANSWER_S, limits=once, answer_bytes_max=ANSWER_BYTES_MAX
        )

    async def wait(
        self,
        url: str,
        *,
        timeout_s: float,
        alive: Callable[[], bool],
        login: tuple[str, str] | None = None,
    ) -> None:
        """Return once `url` answers 200 to `login`. Raises NotReady."""
        answer = "nothing"

        async def ready() -> bool:
            nonlocal answer
            if not alive():
                return True
            with contextlib.suppress(httpx.HTTPError):
                response = await self._client.get(url, auth=login)
                answer = f"{response.status_code} {response.text[:ANSWER_CHARACTERS]}"
                return response.status_code == httpx.codes.OK
            return False

        try:
            # Of the whole: the bound must not wait for an answer that goes on and on.
            async with asyncio.timeout(timeout_s):
                await wait_until(ready, timeout_s=timeout_s, what=url, interval_s=INTERVAL_S)
        except TimeoutError as error:
            raise NotReady(f"not ready within {timeout_s:g} s; {url} answered {answer}") from error
        if not alive():
            raise NotReady("it ended before it was ready")

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()
