"""`drill serve`: the hub, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.hub_client import hub_home
from harness.cli.panels import Commands
from harness.errors import UsageError
from harness.terminal import say

LISTEN = "127.0.0.1"
PORT = 8700


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the hub answers.")] = PORT,
    listen: Annotated[
        str, typer.Option(help="The address; 0.0.0.0: all that this machine has.")
    ] = LISTEN,
    database_url: Annotated[
        str, typer.Option(envvar="DRILL_DATABASE_URL", help="A Postgres; default: a file.")
    ] = "",
    public_url: Annotated[
        str, typer.Option(envvar="DRILL_PUBLIC_URL", help="What people call it: https://…")
    ] = "",
    certificate: Annotated[
        Path | None,
        typer.Option(help="Its certificate with chain, in PEM; default: one of its own."),
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The key of --certificate, in PEM.")] = None,
    trusted_proxy: Annotated[
        str, typer.Option(help="The address of the proxy that is in front of it.")
    ] = "",
    proxy_header: Annotated[
        str, typer.Option(help="The header in which that proxy names who signed in.")
    ] = "",
) -> None:
    """Run the hub: people, teams, and drills that outlive a terminal.

    It runs until Ctrl-C; its drills go on, and the next one finds them.

    At any address but this machine's own it speaks TLS.

    Example: drill serve --listen 0.0.0.0 --public-url https://hub.example:8700
    """
    from harness.hub.hub_server import serve as serve_hub
    from harness.hub.hub_settings import HubSettings, address_of, proxy_of

    if (certificate is None) != (key is None):
        raise UsageError("a certificate and its key come together", "--certificate FILE --key FILE")
    settings = HubSettings(
        home=hub_home(),
        address=address_of(
            listen,
            port,
            public_url=public_url,
            has_certificate=certificate is not None,
            is_behind_proxy=bool(trusted_proxy),
        ),
        database_url=database_url,
        proxy=proxy_of(proxy_header, trusted_proxy),
        certificate=(certificate, key) if certificate and key else None,
    )
    serve_hub(settings, say)


COMMANDS: Commands = {"Start": (serve,)}
