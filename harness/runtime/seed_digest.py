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
from harness.runtime.postgres import (
    ONCALL,
    ONCALL_BOUNDS,
    ONCALL_CONNECTIONS,
    READERS,
    SUPERUSER,
    Access,
    Secrets,
)

FORMAT = "4"
"""Changed whenever a prepared data directory is made differently."""

SHARED_INPUTS = ("chassis/migrate.py", "chassis/migrations", "sampledata")
OWN_INPUTS = ("migrations", "seed.py")

_EACH_CLOSED_FUNCTION = """
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN
        SELECT oid FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
          AND (proname ~ '^(lo_|pg_(try_)?advisory_)' OR proname IN (
              'loread', 'lowrite', 'pg_terminate_backend', 'pg_cancel_backend',
              'pg_logical_emit_message'))
    LOOP
        EXECUTE format({statement}, one);
    END LOOP;
END
$$
"""
"""What a fresh server lets everybody do that is no reading (migrations wait for an advisory lock),
in each version's own signatures."""


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
    """One for every role: the services' own, and those that are ours."""
    return {it: random_secrets.token_hex(16) for it in (SUPERUSER, *READERS, *names)}


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
    """A role and a database of its own for every service, and the two reading roles.

    These see what services have in their tables and the server's own figures, and nothing of the
    server's keys; what everybody may do in a fresh server (keep large objects, end sessions of the
    same role, make temporary tables) they may not.
    """
    # Whatever is taken away here is not there in any database that is made afterwards.
    close = sql.SQL(_EACH_CLOSED_FUNCTION).format(
        statement=sql.Literal("REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC")
    )
    await _run(server, "template1", close, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    async with await psycopg.AsyncConnection.connect(
        server.url(SUPERUSER, "postgres"), autocommit=True
    ) as connection:
        for name in (*READERS, *names):
            role, password = sql.Identifier(name), sql.Literal(server.secrets.passwords[name])
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password)
            await connection.execute(create)
        for name in names:
            role = sql.Identifier(name)
            await connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
        for name in ("postgres", "template1", *names):
            database = sql.Identifier(name)
            await connection.execute(
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database)
            )
        for reader in READERS:
            await connection.execute(f"GRANT pg_monitor TO {reader}")
            await connection.execute(f"ALTER ROLE {reader} SET default_transaction_read_only = on")
        for name, value in ONCALL_BOUNDS.items():
            await connection.execute(f"ALTER ROLE {ONCALL} SET {name} = '{value}'")
        await connection.execute(f"ALTER ROLE {ONCALL} CONNECTION LIMIT {ONCALL_CONNECTIONS}")
    for name in names:
        await _open_database(server, name)


async def _open_database(server: Access, name: str) -> None:
    """Let the readers into a database: to every table that its service makes, now or later."""
    owner, readers = sql.Identifier(name), sql.SQL(", ".join(READERS))
    statements = (
        "GRANT CONNECT ON DATABASE {owner} TO {readers}",
        "GRANT ALL ON SCHEMA public TO {owner}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {readers}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {readers}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON SEQUENCES TO {readers}",
    )
    filled = [sql.SQL(one).format(owner=owner, readers=readers) for one in statements]
    grant = sql.Literal(f'GRANT EXECUTE ON FUNCTION %s TO "{name}"')
    await _run(server, name, *filled, sql.SQL(_EACH_CLOSED_FUNCTION).format(statement=grant))


async def _run(server: Access, database: str, *statements: str | sql.Composed) -> None:
    async with await psycopg.AsyncConnection.connect(
        server.url(SUPERUSER, database), autocommit=True
    ) as connection:
        for one in statements:
            await connection.execute(one)


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
