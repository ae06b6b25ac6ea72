"""A Postgres server that runs under the guardian."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

from harness.runtime import postgres
from harness.runtime.local.process import Child, Command
from harness.runtime.local.supervise import Guardian
from harness.runtime.logs import tail
from harness.runtime.postgres import Access, Secrets
from harness.runtime.programs.cache import unprivileged_user


@dataclass(frozen=True)
class Server(Access):
    """A server that runs as our child."""

    child: Child

    async def stop(self, timeout_s: float) -> None:
        """A fast shutdown: open sessions are ended."""
        await self.child.stop(timeout_s, first=SIGINT)


async def start_postgres(
    guardian: Guardian,
    bindir: Path,
    data: Path,
    *,
    port: int,
    secrets: Secrets,
    log_path: Path,
    connections: int,
) -> Server:
    """Start a server on `data` and return when it takes connections. Raises StackFailed."""
    given = {"port": str(port), "max_connections": str(connections)}
    argv = (str(bindir / "postgres"), "-D", str(data), *postgres.flags(secrets, given))
    command = Command(postgres.NAME, argv, data, log_path, user=unprivileged_user())
    child = await guardian.spawn(command)
    server = Server(port, secrets, child)
    await postgres.answering(server, alive=lambda: child.alive, last_words=lambda: tail(log_path))
    return server
