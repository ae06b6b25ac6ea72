"""For tests: a Postgres server of one's own."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from services.chassis import migrate

PREFIX = "shop-pg-"
MEMORY_BYTES_MIN = 1 << 30
LEFT_OVER_S = 300.0
PR_SET_PDEATHSIG = 1


class NoPostgres(RuntimeError):
    """No Postgres server binaries were found on this machine."""


def postgres_bindir() -> Path:
    """Where `initdb` and `postgres` are: SHOP_TEST_PG_BINDIR, PATH, or Debian's directory.

    Raises NoPostgres.
    """
    on_path = shutil.which("initdb")
    candidates = [
        os.environ.get("SHOP_TEST_PG_BINDIR", ""),
        str(Path(on_path).resolve().parent) if on_path else "",
        *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True),
    ]
    for candidate in filter(None, candidates):
        if (Path(candidate) / "initdb").exists() and (Path(candidate) / "postgres").exists():
            return Path(candidate)
    raise NoPostgres("no initdb and postgres found; set SHOP_TEST_PG_BINDIR to their directory")


@dataclass
class PostgresServer:
    """A running server for tests, with databases made from migrated templates."""

    port: int
    password: str
    _templates: set[str] = field(default_factory=set)
    _made: int = 0

    def url(self, database: str) -> str:
        """`postgresql://…` of one of its databases."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def fresh_database(self, service: str) -> str:
        """A new, empty database with the schema of `service`; returns its url."""
        template = f"template_{service}"
        if template not in self._templates:
            self._create(template, "template1")
            migrate.upgrade(service, self.url(template))
            self._templates.add(template)
        self._made += 1
        name = f"{service}_{self._made}"
        self._create(name, template)
        return self.url(name)

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server on a free port of 127.0.0.1, gone with its data at the end of the block.

    Postgres refuses to run as root; root runs it as `nobody`.
    """
    _forget_client_settings()
    bindir = postgres_bindir()
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    base = _base_directory()
    _remove_left_over(base)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=base) as directory:
        data, password = Path(directory) / "data", secrets.token_hex(16)
        (Path(directory) / "password").write_text(password)
        if account is not None:
            for path in (directory, f"{directory}/password"):
                os.chown(path, account.pw_uid, account.pw_gid)
        uid, gid = (account.pw_uid, account.pw_gid) if account else (None, None)
        initdb = [
            str(bindir / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", "--auth=scram-sha-256",
            f"--pwfile={directory}/password",
        ]  # fmt: skip
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", user=uid, group=gid)
        server = PostgresServer(_free_port(), password)
        options = ["fsync=off", "listen_addresses=127.0.0.1", f"port={server.port}",
                   f"unix_socket_directories={directory}", "max_connections=60",
                   "log_min_messages=fatal"]  # fmt: skip
        argv = [str(bindir / "postgres"), "-D", str(data)]
        argv += [part for option in options for part in ("-c", option)]
        with subprocess.Popen(
            argv, cwd="/", stderr=subprocess.DEVNULL, user=uid, group=gid, preexec_fn=_die_with_us
        ) as process:
            try:
                _await_ready(bindir, server, process)
                yield server
            finally:
                process.send_signal(signal.SIGINT)  # stop now, without waiting for clients
                process.wait(timeout=10)


def _forget_client_settings() -> None:
    """Take PG* from this process: both client libraries would go by them, to another server."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def _base_directory() -> Path:
    """Memory, where there is enough of it, else the usual place for temporary files."""
    memory = Path("/dev/shm")  # noqa: S108  # only directories of our own are made there
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_BYTES_MIN:
        return memory
    return Path(tempfile.gettempdir())


def _die_with_us() -> None:
    """In the server's process: stop at once when the tests are killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _remove_left_over(base: Path) -> None:
    """Remove data whose tests were killed: it has had no server for a while."""
    for directory in base.glob(f"{PREFIX}*"):
        with suppress(OSError):
            is_old = time.time() - directory.stat().st_mtime > LEFT_OVER_S
            if is_old and not (directory / "data" / "postmaster.pid").exists():
                shutil.rmtree(directory)


def _await_ready(bindir: Path, server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    argv = [str(bindir / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    for _attempt in range(200):
        if process.poll() is not None:
            raise NoPostgres(f"postgres ended at start with exit code {process.returncode}")
        if subprocess.run(argv, check=False).returncode == 0:
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
    raise NoPostgres("postgres was not ready after 10 s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
