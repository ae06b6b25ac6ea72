"""Third parties served inside the test's own loop, on free ports."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from harness.thirdparty.control_client import ThirdPartyControl
from harness.thirdparty.providers import Options, ThirdParties
from harness.thirdparty.spec import CA_FILE_NAME


class Provider:
    """The third parties under test, their private side and an HTTP client that trusts them."""

    def __init__(self, parties: ThirdParties, run_dir: Path) -> None:
        self.parties = parties
        self.url = f"https://127.0.0.1:{parties.provider_port}"
        self.status_url = f"http://127.0.0.1:{parties.status_port}"
        self.logistics_url = f"http://127.0.0.1:{parties.logistics_port}"
        self.model_url = f"http://127.0.0.1:{parties.model_port}"
        self.model_status_url = f"http://127.0.0.1:{parties.model_status_port}"
        self.control_socket = run_dir / "control.sock"
        self.context = ssl.create_default_context(cafile=str(run_dir / CA_FILE_NAME))
        self.control = ThirdPartyControl(self.control_socket)

    def client(self, *, connect_s: float = 5.0, connections: int = 10) -> aiohttp.ClientSession:
        """A client whose connect bound covers the TCP connect and the TLS handshake."""
        return aiohttp.ClientSession(
            self.url,
            connector=aiohttp.TCPConnector(ssl=self.context, limit=connections),
            timeout=aiohttp.ClientTimeout(total=20, connect=connect_s),
        )


StartProvider = Callable[[str], Awaitable[Provider]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[StartProvider]:
    """`await start(profile)` serves third parties until the test ends."""
    async with AsyncExitStack() as stack:

        async def serve(profile: str) -> Provider:
            parties = ThirdParties(
                Options(0, 0, 0, tmp_path / "control.sock", tmp_path, profile, seed=7)
            )
            stack.push_async_callback(parties.stop)
            await parties.start()
            provider = Provider(parties, tmp_path)
            await stack.enter_async_context(provider.control)
            return provider

        yield serve
