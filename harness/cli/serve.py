"""`drill serve`: the hub, until Ctrl-C."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli.hub_client import hub_home
from harness.cli.panels import Commands
from harness.terminal import say

LISTEN = "127.0.0.1"
PORT = 8700


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the hub answers.")] = PORT,
    listen: Annotated[
        str, typer.Option(help="The address; without TLS none but this machine's own.")
    ] = LISTEN,
    database_url: Annotated[
        str, typer.Option(envvar="DRILL_DATABASE_URL", help="A Postgres; default: a file.")
    ] = "",
    proxy_header: Annotated[
        str, typer.Option(help="The header in which a trusted proxy names who signed in.")
    ] = "",
    proxy_address: Annotated[
        str, typer.Option(help="The address from which that header is believed.")
    ] = LISTEN,
) -> None:
    """Run the hub: people, teams, and drills that outlive a terminal.

    It runs until Ctrl-C; its drills go on, and the next one finds them.

    Example: drill serve --port 8700
    """
    from harness.hub.hub_server import serve as serve_hub
    from harness.hub.hub_settings import HubSettings, proxy_of, require_loopback

    require_loopback(listen)
    settings = HubSettings(
        home=hub_home(),
        port=port,
        database_url=database_url,
        proxy=proxy_of(proxy_header, proxy_address),
    )
    serve_hub(settings, say)


COMMANDS: Commands = {"Start": (serve,)}
