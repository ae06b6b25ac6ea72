"""One Postgres server: its settings, and how its databases are reached."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg

from harness import limits
from harness.child_env import forget_client_settings
from harness.errors import StackFailed
from harness.waiting import wait_until

NAME = "postgres"
PORT = 5432
"""Before the offset."""
SUPERUSER = "postgres"
ONCALL = "oncall"
"""People's role: reads everything of the shop, changes nothing."""
REPORTING = "reporting"
"""The same for our own measurements, so that nobody's `drill sql` or psql takes their place."""
READERS = (ONCALL, REPORTING)
ONCALL_CONNECTIONS = 15
ONCALL_BOUNDS = {
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "temp_file_limit": "256MB",
}
"""What a session of people's role begins with. They may raise the first two for a session of their
own; that cannot take away the services' connections."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # A drill's data is thrown away with it: nothing is gained by surviving a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    # In files of its data, which go with them: what is in /dev/shm outlives a killed server.
    "dynamic_shared_memory_type": "mmap",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "16MB",
    "max_wal_size": "64MB",
    "log_checkpoints": "off",
    "deadlock_timeout": "200ms",
    "log_lock_waits": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Secrets:
    """The passwords of one data directory's roles, and what it was made with."""

    passwords: Mapping[str, str]
    statements: bool
    """Whether pg_stat_statements is there."""

    def url(self, role: str, database: str, port: int) -> str:
        """A `postgresql://` URL."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{port}/{database}"


@dataclass(frozen=True)
class Access:
    """How this machine reaches a server."""

    port: int
    secrets: Secrets

    def url(self, role: str, database: str) -> str:
        """How to reach a database as a role."""
        return self.secrets.url(role, database, self.port)


def flags(secrets: Secrets, given: Mapping[str, str]) -> tuple[str, ...]:
    """The settings of a drill's server as arguments; `given` goes over our own."""
    settings = SETTINGS | dict(given)
    if secrets.statements:
        settings["shared_preload_libraries"] = "pg_stat_statements"
    return tuple(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))


async def answering(
    access: Access, *, alive: Callable[[], bool], last_words: Callable[[], str]
) -> None:
    """Return when a server takes connections. Raises StackFailed with its last words.

    Every client of a server comes after this, in this process: PG* is gone by then.
    """

    forget_client_settings()

    async def answers() -> bool:
        if not alive():
            return True
        try:
            url = access.url(SUPERUSER, "postgres")
            async with await psycopg.AsyncConnection.connect(url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    try:
        await wait_until(
            answers, timeout_s=limits.POSTGRES_START_S, what="Postgres", interval_s=0.02
        )
    except TimeoutError as error:
        raise StackFailed(f"Postgres did not start:\n{last_words()}") from error
    if not alive():
        raise StackFailed(f"Postgres ended as it started:\n{last_words()}")


def connections_for(databases: int, capacity_units: int) -> int:
    """Enough for the pools of all services, twice: during a deploy both releases hold theirs. And
    as many as people may have."""
    pool = 10 * capacity_units
    return 20 + ONCALL_CONNECTIONS + 2 * pool * databases


def free_port() -> int:
    """A port that nobody listens on, for a server that lives for seconds."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
