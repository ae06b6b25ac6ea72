"""What a test of the gate has at hand: the drill's side of it, its clients, its provider."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, cast

import anthropic
import openai

from harness.record.events import AiAttempted, AiFinished
from harness.tokens import TokenBook
from harness.waiting import wait_until
from tests.unit.aigate.provider import Provider

OPENAI_KEY = "sk-canary-openai"
ANTHROPIC_KEY = "sk-ant-canary"
BRIEF = "Verified cause: timeout-misconfigured in the service payments."


@dataclass
class Switch:
    """The drill's side of the gate, in the hands of a test."""

    open: object = False
    reason: str = "the phase 'Dark room' is for people only"
    text: str | None = BRIEF
    is_broken: bool = False
    is_record_broken: bool = False
    events: list[AiAttempted | AiFinished] = field(default_factory=list)
    looks: int = 0
    closes_after_looks: int | None = None

    def is_open(self) -> tuple[bool, str]:
        if self.is_broken:
            raise OSError("the store is gone")
        self.looks += 1
        if self.closes_after_looks is not None and self.looks > self.closes_after_looks:
            self.open = False
        return cast(bool, self.open), self.reason

    def close(self, reason: str = "the phase is over") -> None:
        self.open, self.reason = False, reason

    def break_down(self) -> None:
        self.is_broken = True

    def record(self, event: AiAttempted | AiFinished) -> None:
        if self.is_record_broken:
            raise OSError("the disk is full")
        self.events.append(event)

    def brief(self) -> str | None:
        return self.text

    @property
    def attempts(self) -> list[AiAttempted]:
        return [one for one in self.events if isinstance(one, AiAttempted)]

    async def finished(self) -> AiFinished:
        """The newest exchange's end, once it is noted."""

        async def newest() -> AiFinished | None:
            found = [one for one in self.events if isinstance(one, AiFinished)]
            return found[-1] if found else None

        return await wait_until(newest, timeout_s=5, what="the end of an exchange")


@dataclass
class Bench:
    """Everything that a test of the gate handles."""

    port: int
    token: str
    tokens: TokenBook
    switch: Switch
    provider: Provider
    elsewhere: Provider
    """A second provider, that nothing must ever reach."""
    gate: AsyncExitStack
    clients: AsyncExitStack

    async def openai(self, **more: Any) -> openai.AsyncOpenAI:
        client = openai.AsyncOpenAI(
            **{"api_key": self.token, "base_url": f"http://127.0.0.1:{self.port}/v1", **more}
        )
        return await self.clients.enter_async_context(client)

    async def anthropic(self, **more: Any) -> anthropic.AsyncAnthropic:
        client = anthropic.AsyncAnthropic(
            **{"api_key": self.token, "base_url": f"http://127.0.0.1:{self.port}", **more}
        )
        return await self.clients.enter_async_context(client)

    async def stop(self) -> None:
        """End the gate's server."""
        await self.gate.aclose()

    async def raw(self, request: bytes) -> bytes:
        """Everything that the gate answers to these bytes, until it closes the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            async with asyncio.timeout(5):
                return await reader.read()
        finally:
            writer.close()


NewBench = Callable[..., Any]
