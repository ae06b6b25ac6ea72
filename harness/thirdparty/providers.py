"""Every third party in one process: `python -m harness.thirdparty.providers --help`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import signal
import ssl
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import setproctitle
import trustme
import uvloop
from aiohttp import web

from harness.errors import DrillError
from harness.thirdparty.bounded_server import Bounds
from harness.thirdparty.charges import ChargeBook
from harness.thirdparty.completions import CompletionBook
from harness.thirdparty.impostor import Impostor
from harness.thirdparty.llm import model_app
from harness.thirdparty.llm_profiles import ModelBehaviour, model_profile_named
from harness.thirdparty.logistics import logistics_app
from harness.thirdparty.profile_control import bind_private, control_app
from harness.thirdparty.profiles import Behaviour, Profile, profile_named
from harness.thirdparty.provider_status import MODELS, PAYMENTS, status_app
from harness.thirdparty.psp import provider_app
from harness.thirdparty.slow_handshake import BACKLOG, TlsGate
from harness.thirdparty.spec import CA_FILE_NAME, TITLE

SHUTDOWN_S = 0.5
NOT_US = "pay.elsewhere.example"
IMPOSTOR_S = 2.5
"""So long an impostor waits to be called."""
PLEASE_STOP = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True)
class Options:
    """Where to listen; port 0 takes a free one."""

    provider_port: int
    status_port: int
    logistics_port: int
    control_socket: Path
    ca_dir: Path
    profile: str
    seed: int
    host: str = "127.0.0.1"
    name: str = "localhost"
    """What the provider's callers call it."""
    model_port: int = 0
    model_status_port: int = 0
    model_profile: str = "normal"


class ThirdParties:
    """All third parties, serving between `start` and `stop`; ports are the real ones after it."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._behaviour = Behaviour(profile_named(options.profile), options.seed)
        self._model = ModelBehaviour(model_profile_named(options.model_profile), options.seed)
        self._book = ChargeBook(options.seed)
        self._completions = CompletionBook()
        self._authority = trustme.CA()
        """Its key exists in this process only and dies with it."""
        self._stack = AsyncExitStack()
        self._gate: TlsGate
        self._provider: web.Server
        self.provider_port = self.status_port = self.logistics_port = 0
        self.model_port = self.model_status_port = 0

    async def start(self) -> None:
        """Serve everything, the status page last: once it answers, all do. Raises OSError."""
        options = self._options
        (options.ca_dir / CA_FILE_NAME).write_bytes(self._authority.cert_pem.bytes())
        control = await self._runner(
            control_app(
                *(self._book, self._behaviour, self.apply_profile),
                *(self.renew_certificate, self.show_impostors),
                *(self._model, self._completions),
            )
        )
        await web.SockSite(control, bind_private(options.control_socket)).start()
        self.logistics_port = await self._serve(
            logistics_app(self._behaviour), options.logistics_port
        )
        bounds = Bounds()
        provider = await self._runner(provider_app(self._book, self._behaviour), bounds)
        assert provider.server is not None  # set up just above  # noqa: S101
        self._provider = provider.server
        self._gate = TlsGate(
            options.provider_port,
            self._certificate(),
            bounds.around(self._provider),
            self._behaviour.handshake_s,
            host=options.host,
        )
        self._stack.push_async_callback(self._gate.shut)
        await self.apply_profile(self._behaviour.profile)
        await self._start_model()
        page = status_app(PAYMENTS, lambda: self._behaviour.profile.status)
        self.status_port = await self._serve(page, options.status_port)

    async def stop(self) -> None:
        await self._stack.aclose()

    async def apply_profile(self, profile: Profile) -> None:
        """Put `profile` in force at once, for new requests and new connections."""
        self._behaviour.profile = profile
        if profile.accepts:
            self._gate.open()
            self.provider_port = self._gate.port
        else:
            await self._gate.shut()
            for connection in self._provider.connections:
                connection.force_close()

    async def renew_certificate(self) -> None:
        """Show another certificate of the same authority from now on. Connections that stand are
        ended, each after its next answer."""
        self._gate.show(self._certificate())
        self._behaviour.renewals += 1

    async def show_impostors(self) -> int:
        """Let two impostors answer one new connection each: one whose certificate is of another
        authority, one whose certificate is of ours and for another name. To how many something was
        sent. Whoever checks certificates tries again, and reaches the provider."""
        name = self._options.name
        strangers = (trustme.CA().issue_cert("127.0.0.1", name), self._authority.issue_cert(NOT_US))
        impostors = [Impostor(_serving(stranger)) for stranger in strangers]
        self._behaviour.hangs_up = True  # or nobody would call anew
        try:
            return await self._gate.let_in_front(impostors, IMPOSTOR_S)
        finally:
            self._behaviour.hangs_up = False

    def _certificate(self) -> ssl.SSLContext:
        """A fresh one for the provider's name and 127.0.0.1."""
        return _serving(self._authority.issue_cert("127.0.0.1", self._options.name))

    async def _start_model(self) -> None:
        options, model = self._options, self._model
        self.model_port = await self._serve(model_app(model, self._completions), options.model_port)
        page = status_app(MODELS, lambda: model.profile.status)
        self.model_status_port = await self._serve(page, options.model_status_port)

    async def _serve(self, app: web.Application, port: int) -> int:
        bounds = Bounds()
        runner = await self._runner(app, bounds)
        assert runner.server is not None  # set up just above  # noqa: S101
        server = await asyncio.get_running_loop().create_server(
            bounds.around(runner.server), self._options.host, port, backlog=BACKLOG
        )
        self._stack.callback(server.close)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def _runner(self, app: web.Application, bounds: Bounds | None = None) -> web.AppRunner:
        if bounds is not None:
            app.middlewares.insert(0, bounds.middleware)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        return runner


def _serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in PLEASE_STOP:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    parties = ThirdParties(options)
    try:
        await parties.start()
        await stop.wait()
    finally:
        await parties.stop()


def parse_options(argv: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog=TITLE, description=__doc__)
    for name in ("provider", "status", "logistics"):
        parser.add_argument(f"--{name}-port", type=int, required=True)
    for name in ("model", "model-status"):
        parser.add_argument(f"--{name}-port", type=int, default=0)
    parser.add_argument("--model-profile", default="normal")
    parser.add_argument("--control-socket", type=Path, required=True)
    parser.add_argument("--ca-dir", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--name", default="localhost", help="in the provider's certificate")
    parser.add_argument("--profile", default="normal")
    parser.add_argument("--seed", type=int, default=0)
    return Options(**vars(parser.parse_args(argv)))


def main() -> int:
    """Exit code: 0 after a signal, else that of the error, which goes to stderr."""
    options = parse_options(sys.argv[1:])
    # The arguments name a profile, which participants are to find out by themselves.
    setproctitle.setproctitle(TITLE)
    logging.basicConfig(level=logging.WARNING)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(options))
    except DrillError as exc:
        sys.stderr.write(f"{TITLE}: {exc}\n")
        return exc.exit_code
    except OSError as exc:
        sys.stderr.write(f"{TITLE}: {exc}\n")
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
