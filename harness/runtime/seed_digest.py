"""What the shop's databases hold: who may enter them, what fills them, and a name for the whole.

Migrations and seeds run from the releases' own checkouts: the harness imports nothing of the shop.
"""

from __future__ import annotations

import hashlib
import json
import secrets as random_secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from harness.model import BuiltRelease
from harness.runtime.postgres import ONCALL, SUPERUSER, Access, Secrets

FORMAT = "3"
"""Changed whenever a prepared data directory is made differently."""

SHARED_INPUTS = ("chassis/migrate.py", "chassis/migrations", "sampledata")
OWN_INPUTS = ("migrations", "seed.py")


def content_key(releases: Iterable[BuiltRelease], server: str) -> str:
    """Names what databases hold: all that migrations and seeds read, and the kind of server."""
    digest = hashlib.sha256(f"{FORMAT} {server}".encode())
    for release in sorted(releases, key=lambda it: it.service):
        services = release.path / "services"
        inputs = [services / release.service / name for name in OWN_INPUTS]
        inputs += [services / name for name in SHARED_INPUTS]
        digest.update(release.service.encode())
        for path in _files(inputs):
            digest.update(f"{path.relative_to(services)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def new_passwords(names: Iterable[str]) -> dict[str, str]:
    """One for every role: the services' own, and the two that are ours."""
    return {it: random_secrets.token_hex(16) for it in (SUPERUSER, ONCALL, *names)}


def steps_of(release: BuiltRelease, url: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What fills one service's database, in order: functions of its release, with arguments."""
    own = release.path / "services" / release.service
    if (own / "migrations").is_dir():
        yield "services.chassis.migrate:upgrade", (release.service, url)
    if (own / "seed.py").is_file():
        yield f"services.{release.service}.seed:seed", (url,)


def read_secrets(folder: Path) -> Secrets:
    """The secrets of a prepared folder."""
    content = json.loads((folder / "secrets.json").read_text(encoding="ascii"))
    return Secrets(content["passwords"], content["statements"])


async def create(server: Access, names: list[str]) -> None:
    """A role and a database of its own for every service, and the reading role."""
    async with await psycopg.AsyncConnection.connect(
        server.url(SUPERUSER, "postgres"), autocommit=True
    ) as connection:
        for name in (ONCALL, *names):
            role, password = sql.Identifier(name), sql.Literal(server.secrets.passwords[name])
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password)
            await connection.execute(create)
        for name in names:
            role = sql.Identifier(name)
            await connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
        await connection.execute(f"GRANT pg_read_all_data, pg_monitor TO {ONCALL}")
        await connection.execute(f"ALTER ROLE {ONCALL} SET default_transaction_read_only = on")


async def open_to_oncall(server: Access, names: list[str]) -> bool:
    """Refresh statistics everywhere; install pg_stat_statements where there is one."""
    statements = False
    for name in names:
        async with await psycopg.AsyncConnection.connect(
            server.url(SUPERUSER, name), autocommit=True
        ) as connection:
            query = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
            statements = await (await connection.execute(query)).fetchone() is not None
            if statements:
                await connection.execute("CREATE EXTENSION pg_stat_statements")
            await connection.execute("VACUUM (ANALYZE)")
    return statements


def write_secrets(folder: Path, secrets: Secrets) -> None:
    """Keep the secrets of a prepared folder where only we can read them."""
    path = folder / "secrets.json"
    path.touch(mode=0o600)
    content = {"passwords": dict(secrets.passwords), "statements": secrets.statements}
    path.write_text(json.dumps(content), encoding="ascii")


def _files(inputs: list[Path]) -> Iterator[Path]:
    for path in inputs:
        found = [path] if path.is_file() else path.rglob("*")
        yield from sorted(it for it in found if it.is_file() and "__pycache__" not in it.parts)
