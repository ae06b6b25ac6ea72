"""A gate on a real socket, its provider, and a switch in place of the drill."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.aigate.gate_server import serving
from harness.aigate.gate_settings import GateSettings
from harness.tokens import Caller, TokenBook
from tests.unit.aigate import answers
from tests.unit.aigate.bench import ANTHROPIC_KEY, OPENAI_KEY, Bench, NewBench, Switch
from tests.unit.aigate.provider import Behaviour, providing


@pytest.fixture
async def new_bench(tmp_path: Path) -> AsyncIterator[NewBench]:
    """Makes a bench with a provider that behaves in a given way."""
    async with AsyncExitStack() as stack:

        async def make(behave: Behaviour = answers.chat, **settings: Any) -> Bench:
            provider = await stack.enter_async_context(providing(behave))
            elsewhere = await stack.enter_async_context(providing(answers.chat))
            tokens = TokenBook.create(tmp_path / "secrets")
            switch = Switch()
            fields = {
                "openai_upstream": provider.url,
                "anthropic_upstream": provider.url,
                "openai_key": OPENAI_KEY,
                "anthropic_key": ANTHROPIC_KEY,
                **settings,
            }
            gate = await stack.enter_async_context(AsyncExitStack())
            port = await gate.enter_async_context(_gate(switch, GateSettings(**fields), tokens))
            token = tokens.token(Caller.PARTICIPANT)
            # Clients are closed before the gate that they talk to.
            clients = await stack.enter_async_context(AsyncExitStack())
            return Bench(port, token, tokens, switch, provider, elsewhere, gate, clients)

        yield make


@asynccontextmanager
async def _gate(switch: Switch, settings: GateSettings, tokens: TokenBook) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    async with serving(switch, settings, tokens, listener):
        yield port


@pytest.fixture
async def bench(new_bench: NewBench) -> Bench:
    """A closed gate before a provider that answers chats."""
    made: Bench = await new_bench()
    return made


@pytest.fixture
def open_bench(new_bench: NewBench) -> NewBench:
    """Makes a bench whose gate is open."""

    async def make(behave: Behaviour = answers.chat, **settings: Any) -> Bench:
        made: Bench = await new_bench(behave, **settings)
        made.switch.open, made.switch.reason = True, "the cause is confirmed"
        return made

    return make
