"""`drill serve`: a hub from owning its home to its end. Its drills go on without it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from harness.bounded_http import protocol_of_server
from harness.catalog.reader import Catalog
from harness.errors import AlreadyRunning, DrillError, EnvironmentMissing
from harness.host.host_log import logged_to
from harness.hub.accounts import Accounts
from harness.hub.event_registry import EventRegistry
from harness.hub.hub_app import create_hub_app
from harness.hub.hub_database import HubDatabase
from harness.hub.hub_gate import HubAddress
from harness.hub.hub_settings import HubSettings
from harness.hub.hub_tls import ServerCertificate, given_certificate, own_certificate
from harness.hub.process_runner import ProcessRunner
from harness.hub.run_registry import RunRegistry
from harness.paths import PRIVATE_MODE, PRIVATE_UMASK, catalog_dir, created_with
from harness.runtime.port_check import listen
from harness.terminal import link_of

HUB = "hub.json"
"""In a hub's home: where it answers."""
OWNER_TOKEN = "owner.token"  # noqa: S105  a file's name
LOCK = "lock"
WATCH_S = 1.0
FRAME_BYTES_MAX = 1_000_000
STOP_TIMEOUT_S = 3
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Server(uvicorn.Server):
    """Ends at a signal, and no more: uvicorn would raise it again, past whoever serves."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {kind: signal.signal(kind, self.handle_exit) for kind in ENDING}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)


def serve(settings: HubSettings, say: Callable[[str], None]) -> None:
    """Serve a hub until it is told to end.

    Raises AlreadyRunning, PortTaken, EnvironmentMissing and what the database objects to.
    """
    with created_with(PRIVATE_UMASK), _owned(settings.home), logged_to(settings.home / "logs"):
        address, certificate = settings.address, _certificate(settings)
        listener = listen(address.port, address.listen)
        database = HubDatabase.open(settings.home, settings.database_url)
        try:
            catalog = Catalog(catalog_dir())
            accounts = Accounts(database)
            runs = RunRegistry(database, ProcessRunner(settings.home / "teams"), catalog)
            events = EventRegistry(database, accounts, runs, catalog)
            token = owner_token(accounts, settings.home)
            app = create_hub_app(
                accounts,
                runs,
                catalog,
                home=settings.home,
                address=address,
                fingerprint=certificate.fingerprint if certificate and certificate.is_own else "",
                proxy=settings.proxy,
                events=events,
            )
            _announce(settings.home, address, certificate)
            runs.refresh()
            say(f"the hub is at {link_of(address.public_url, token)}")
            if certificate and certificate.is_own:
                say(f"its certificate is its own, SHA-256 {certificate.fingerprint}")
            say("that link is its owner's: invite people with `drill people invite`")
            config = config_of(app, certificate)
            watch = partial(_watch, database, runs, events)
            asyncio.run(until_told(_Server(config), listener, watch, app.state.relay.close))
        finally:
            database.close()
            listener.close()
            (settings.home / HUB).unlink(missing_ok=True)
    say("the hub has ended; its drills go on, and the next `drill serve` finds them")


def config_of(app: FastAPI, certificate: ServerCertificate | None) -> uvicorn.Config:
    """How the hub is served."""
    return uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        http=protocol_of_server(slow_ending=b"/git-receive-pack"),
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES_MAX,
        ws_per_message_deflate=False,
        lifespan="off",
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
        ssl_certfile=certificate.path if certificate else None,
        ssl_keyfile=certificate.key_path if certificate else None,
    )


async def until_told(
    server: uvicorn.Server,
    listener: socket.socket,
    watch: Callable[[], Awaitable[None]],
    close: Callable[[], Awaitable[None]],
) -> None:
    """Serve until a signal, or until `watch` ends. Raises what ended it."""
    watching = asyncio.ensure_future(watch())

    def end(_: object) -> None:
        server.should_exit = True

    watching.add_done_callback(end)
    try:
        await server.serve(sockets=[listener])
    finally:
        watching.cancel()
        (ended,) = await asyncio.gather(watching, return_exceptions=True)
        await close()
    if isinstance(ended, Exception):
        raise ended


async def _watch(database: HubDatabase, runs: RunRegistry, events: EventRegistry) -> None:
    """Note what becomes of each drill as it happens, and start events at their time, for as long
    as the database is this hub's.

    Raises AlreadyRunning when it is another's.
    """
    while True:
        try:
            await run_in_threadpool(database.stay_sole)
            await run_in_threadpool(runs.refresh)
            await run_in_threadpool(events.start_due)
        except AlreadyRunning:
            raise
        except DrillError:
            pass  # the next look may find the database again
        await asyncio.sleep(WATCH_S)


def owner_token(accounts: Accounts, home: Path) -> str:
    """The token of whoever starts hubs here, in a file that only they can read."""
    path = home / OWNER_TOKEN
    with suppress(OSError):
        token = path.read_text(encoding="utf-8").strip()
        if accounts.known_by_token(token) is not None:
            return token
    token = accounts.owner_token()
    path.touch(mode=0o600)
    path.write_text(token, encoding="utf-8")
    return token


@contextmanager
def _owned(home: Path) -> Iterator[None]:
    """Own the home of a hub. Raises AlreadyRunning where another hub lives there."""
    try:
        home.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
        home.chmod(PRIVATE_MODE)
        lock = (home / LOCK).open("a+", encoding="ascii")
    except OSError as error:
        raise EnvironmentMissing(
            f"a hub cannot be kept in {home}: {error.strerror}",
            "set DRILL_HOME to a directory that you can write to",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"a hub already runs from {home}", "end it with Ctrl-C, or set DRILL_HOME"
            ) from None
        yield


def _certificate(settings: HubSettings) -> ServerCertificate | None:
    """What the hub shows; None where it speaks no TLS."""
    if settings.certificate is not None:
        return given_certificate(*settings.certificate)
    if settings.address.is_encrypted:
        host = urlsplit(settings.address.public_url).hostname or settings.address.listen
        return own_certificate(settings.home, host)
    return None


def _announce(home: Path, address: HubAddress, certificate: ServerCertificate | None) -> None:
    draft = (home / HUB).with_suffix(".new")
    found = {
        "url": address.local_url,
        "public_url": address.public_url,
        "fingerprint": certificate.fingerprint if certificate else "",
        "pid": os.getpid(),
    }
    draft.write_text(json.dumps(found), encoding="utf-8")
    draft.replace(home / HUB)
