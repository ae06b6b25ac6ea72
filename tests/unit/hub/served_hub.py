"""A hub as `drill serve` has it, over TLS on this machine, in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from harness.catalog.reader import Catalog
from harness.hub.accounts import Accounts
from harness.hub.hub_app import create_hub_app
from harness.hub.hub_gate import HubAddress
from harness.hub.hub_server import config_of
from harness.hub.hub_tls import ServerCertificate, own_certificate
from harness.paths import REPO
from harness.runtime.port_check import listen
from harness.waiting import wait_until_sync

BOUND_S = 30.0


@dataclass(frozen=True)
class TlsHub:
    """Where it answers, and by what it is known."""

    url: str
    certificate: ServerCertificate


@contextmanager
def served_over_tls(accounts: Accounts, runs: Any, home: Path) -> Iterator[TlsHub]:
    """Serve it while the block runs."""
    home.mkdir(parents=True, exist_ok=True)
    listener = listen(0)
    port = listener.getsockname()[1]
    url = f"https://127.0.0.1:{port}"
    certificate = own_certificate(home, "127.0.0.1")
    app = create_hub_app(
        accounts,
        runs,
        Catalog(REPO),
        home=home,
        address=HubAddress("127.0.0.1", port, url, url),
        fingerprint=certificate.fingerprint,
    )
    server = uvicorn.Server(config_of(app, certificate))

    async def serve() -> None:
        await server._serve([listener])
        await app.state.relay.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        wait_until_sync(lambda: server.started, timeout_s=BOUND_S, what="the hub")
        yield TlsHub(url, certificate)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
