"""Our clients reach our own server, whatever the shell says of Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

from harness.runtime import postgres
from harness.runtime.postgres import SUPERUSER, Access, Secrets
from services.chassis.testing_postgres import running_postgres
from tests.shell_settings import POSTGRES

FATAL = ("PGSSLMODE", "PGSERVICE", "PGGSSENCMODE", "PGCHANNELBINDING", "PGTARGETSESSIONATTRS")
"""Some of those with which a client that obeys them gets no connection."""


@pytest.fixture(scope="module")
def server() -> Iterator[Access]:
    with running_postgres() as running:
        yield Access(running.port, Secrets({SUPERUSER: running.password}, statements=False))


async def _reached(server: Access) -> None:
    """Reach it as a start does, and then as each of both client libraries does."""
    await postgres.answering(server, alive=lambda: True, last_words=lambda: "")
    url = server.url(SUPERUSER, "postgres")
    async with await psycopg.AsyncConnection.connect(url) as one:
        assert one.info.port == server.port
    other = await asyncpg.connect(url)
    await other.close()


@pytest.mark.parametrize("name", POSTGRES)
def test_a_setting_of_the_shell_has_no_say(
    name: str, server: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, POSTGRES[name])
    asyncio.run(_reached(server))


def test_nor_have_all_of_them_at_once(
    server: Access, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service = tmp_path / "pg_service.conf"
    service.write_text("[elsewhere]\nhostaddr=192.0.2.1\n")
    for name, value in {**POSTGRES, "PGSERVICEFILE": str(service)}.items():
        monkeypatch.setenv(name, value)
    asyncio.run(_reached(server))


@pytest.mark.parametrize("name", FATAL)
def test_a_client_that_obeys_the_shell_gets_no_connection(
    name: str, server: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, POSTGRES[name])
    monkeypatch.setattr(postgres, "forget_client_settings", lambda: None)
    monkeypatch.setattr(postgres.limits, "POSTGRES_START_S", 1.0)
    with pytest.raises(postgres.StackFailed, match="Postgres did not start"):
        asyncio.run(_reached(server))
