"""Where a model answers, and the way there: bounds on size and time, and tries again within them.

What goes wrong on that side is told apart from what the model says: it is nobody's mistake who
plays.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from harness.agents.model_dialects import (
    CHARS_OF_A_TOKEN,
    DIALECTS,
    Dialect,
    OddAnswer,
    Said,
    Turn,
)
from harness.agents.toolbox import Tool
from harness.aigate.events_stream import EventSplitter, EventTooLong, data_of, json_of
from harness.aigate.upstream import trusted_authorities
from harness.aigate.vendors import Vendor
from harness.errors import EnvironmentMissing, UsageError

HOMES = {Vendor.OPENAI: "https://api.openai.com/v1", Vendor.ANTHROPIC: "https://api.anthropic.com"}
ANSWER_BYTES_MAX = 16 * 1024 * 1024
EVENTS_MAX = 200_000
"""Of one stream."""
ANSWER_S = 180.0
"""Within which one answer is there, whole."""
CONNECT_S = 10.0
TRIES_MAX = 4
WAIT_S, WAIT_MAX_S = 1.0, 20.0
TRIED_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
ABOUT_THE_KEY = frozenset({401, 403})
"""Whose words may quote the key."""
WORDS_MAX = 300
_ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class ModelFailed(Exception):
    """The model's side did not answer, or not in its form; nothing is known of how it plays."""


class _TryAgain(Exception):
    """What may be over in a moment; `after_s` where the server says when."""

    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s


@dataclass(frozen=True)
class Endpoint:
    """A model at an address."""

    dialect: Dialect
    model: str
    url: str
    key: SecretStr | None
    is_streamed: bool = True
    answer_s: float = ANSWER_S
    wait_s: float = WAIT_S
    """Before the second try; each further one waits twice as long."""

    async def ask(
        self, http: httpx.AsyncClient, task: str, turns: Sequence[Turn], tools: Sequence[Tool]
    ) -> Said:
        """The model's next answer. Raises ModelFailed once all tries have failed."""
        body = self.dialect.body(self.model, task, turns, tools, is_streamed=self.is_streamed)
        tried: list[str] = []
        while True:
            try:
                async with asyncio.timeout(self.answer_s):
                    return _counted(self.dialect.read(await self._once(http, body)), body)
            except _TryAgain as error:
                tried.append(str(error))
                after_s = error.after_s
            except OddAnswer as error:
                tried.append(str(error))
                after_s = None
            except TimeoutError:
                tried.append(f"no whole answer within {self.answer_s:g} s")
                after_s = None
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                tried.append(f"{type(error).__name__} {error}".strip())
                after_s = None
            if len(tried) >= TRIES_MAX:
                raise ModelFailed(f"{len(tried)} tries failed, the last: {self._told(tried[-1])}")
            waited_s = self.wait_s * 2 ** (len(tried) - 1) * random.uniform(0.75, 1.25)  # noqa: S311
            await asyncio.sleep(min(WAIT_MAX_S, waited_s if after_s is None else after_s))

    async def _once(self, http: httpx.AsyncClient, body: dict[str, Any]) -> Any:
        headers = {
            **self.dialect.headers(self.key.get_secret_value() if self.key else None),
            "accept-encoding": "identity",
        }
        async with http.stream(
            "POST", self.url + self.dialect.path, json=body, headers=headers
        ) as answer:
            if answer.status_code != httpx.codes.OK:
                await self._refused(answer)
            if "text/event-stream" not in answer.headers.get("content-type", ""):
                found = json_of(await _whole(answer))
                if found is None:
                    raise _TryAgain("an answer that is no JSON")
                return found
            return self.dialect.folded(await _events(answer))

    async def _refused(self, answer: httpx.Response) -> None:
        """Raises what an answer that is none means."""
        status = answer.status_code
        words = (await _whole(answer)).decode(errors="replace")
        words = "" if status in ABOUT_THE_KEY else f": {' '.join(words.split())[:WORDS_MAX]}"
        told = f"HTTP {status}{words}"
        if status in TRIED_AGAIN:
            raise _TryAgain(told, _seconds(answer.headers.get("retry-after")))
        raise ModelFailed(self._told(told))

    def _told(self, text: str) -> str:
        return text.replace(self.key.get_secret_value(), "…") if self.key else text


def http_client() -> httpx.AsyncClient:
    """A client for one play. No proxy of this machine has a say in where a key goes."""
    return httpx.AsyncClient(
        verify=trusted_authorities(),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(CONNECT_S, read=None, write=60.0),
    )


def endpoint(
    model: str,
    dialect: str | None = None,
    *,
    is_streamed: bool = True,
) -> Endpoint:
    """Where `model` answers, as the vendors' own clients name it in the environment. Raises
    UsageError, EnvironmentMissing."""
    if not model.strip():
        raise UsageError("a model has a name", "--model NAME, as its provider calls it")
    vendor = _vendor(model, dialect)
    name = vendor.value.upper()
    url = (os.environ.get(f"{name}_BASE_URL") or HOMES[vendor]).rstrip("/")
    key = os.environ.get(f"{name}_API_KEY") or None
    if vendor is Vendor.ANTHROPIC:
        url = url.removesuffix("/v1")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise UsageError(f"{name}_BASE_URL is no address", "such as https://api.example.com/v1")
    is_here = parts.hostname in _ON_THIS_MACHINE
    if key is not None and parts.scheme == "http" and not is_here:
        raise UsageError(
            f"{name}_BASE_URL is http, and a key would go there in clear text",
            "use https, or no key",
        )
    if key is None and url == HOMES[vendor]:
        raise EnvironmentMissing(
            f"{name}_API_KEY is not set", f"set it, or {name}_BASE_URL to a server without keys"
        )
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
        raise UsageError(f"{name}_API_KEY holds what no key does", "no spaces, no line ends")
    return Endpoint(
        DIALECTS[vendor], model, url, SecretStr(key) if key else None, is_streamed=is_streamed
    )


def _vendor(model: str, dialect: str | None) -> Vendor:
    if dialect is not None:
        try:
            return Vendor(dialect)
        except ValueError:
            known = " or ".join(Vendor)
            raise UsageError(f"there is no dialect '{dialect[:50]}'", known) from None
    given = [
        one
        for one in Vendor
        if any(os.environ.get(f"{one.value.upper()}_{what}") for what in ("BASE_URL", "API_KEY"))
    ]
    if not given:
        raise EnvironmentMissing(
            "no model's address or key is set",
            "set OPENAI_API_KEY or OPENAI_BASE_URL, or ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL",
        )
    if len(given) == 1:
        return given[0]
    return Vendor.ANTHROPIC if model.startswith("claude") else Vendor.OPENAI


def _counted(said: Said, body: dict[str, Any]) -> Said:
    """With the tokens of its question, which not every server counts."""
    if said.input_tokens is not None:
        return said
    return replace(said, input_tokens=len(json.dumps(body)) // CHARS_OF_A_TOKEN)


async def _whole(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > ANSWER_BYTES_MAX:
            raise _TryAgain(f"an answer of more than {ANSWER_BYTES_MAX} bytes")
    return bytes(body)


async def _events(answer: httpx.Response) -> list[Any]:
    splitter, found, size = EventSplitter(), list[Any](), 0
    async for piece in answer.aiter_raw():
        size += len(piece)
        if size > ANSWER_BYTES_MAX or len(found) > EVENTS_MAX:
            raise _TryAgain("a stream without end")
        try:
            found += map(data_of, splitter.feed(piece))
        except EventTooLong:
            raise _TryAgain("a stream whose event never ends") from None
    return [*found, data_of(splitter.rest())]


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
