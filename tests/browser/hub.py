"""A hub for browsers, in a thread, whose drills are processes without a shop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from harness.bounded_http import protocol_of_server
from harness.catalog.reader import Catalog
from harness.hub.accounts import Accounts
from harness.hub.event_registry import EventRegistry
from harness.hub.hub_app import create_hub_app
from harness.hub.hub_database import HubDatabase
from harness.hub.hub_gate import HubAddress
from harness.hub.hub_settings import HubSettings
from harness.hub.process_runner import ProcessRunner
from harness.hub.run_registry import RunRegistry
from harness.paths import REPO
from harness.runtime.port_check import listen
from harness.waiting import wait_until_sync
from tests.unit.hub.conftest import ROOMY

READY_S = 20.0


@dataclass(frozen=True)
class ServedHub:
    """Where it answers, and its owner's token."""

    url: str
    token: str


@contextmanager
def serving(settings: HubSettings, runner: ProcessRunner) -> Iterator[ServedHub]:
    """Serve a hub while the block runs."""
    settings.home.mkdir()
    database = HubDatabase.open(settings.home)
    accounts = Accounts(database)
    runs = RunRegistry(database, runner, Catalog(REPO), lambda: ROOMY)
    try:
        events = EventRegistry(database, accounts, runs, Catalog(REPO))
        with served_app(accounts, runs, settings.home, events) as url:
            yield ServedHub(url, accounts.owner_token())
    finally:
        database.close()


@contextmanager
def served_app(
    accounts: Accounts, runs: Any, home: Path, events: EventRegistry | None = None
) -> Iterator[str]:
    """Serve a hub's application while the block runs; its address."""
    listener = listen(0)
    port = listener.getsockname()[1]
    address = HubAddress.at_loopback(port)
    app = create_hub_app(accounts, runs, Catalog(REPO), home=home, address=address, events=events)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        http=protocol_of_server(),
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)

    async def serve() -> None:
        await server._serve([listener])
        await app.state.relay.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        wait_until_sync(lambda: server.started, timeout_s=READY_S, what="the hub")
        yield address.public_url
    finally:
        server.should_exit = True
        thread.join()
