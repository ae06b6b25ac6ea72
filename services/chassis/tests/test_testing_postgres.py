"""The Postgres server for tests leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from services.chassis import testing_postgres
from services.chassis.testing import until
from services.chassis.testing_postgres import PREFIX, running_postgres

ROOT = Path(testing_postgres.__file__).parents[2]
SERVE = """
from services.chassis.testing_postgres import running_postgres
with running_postgres() as server:
    print(server.url("postgres"), flush=True)
    input()
"""


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def test_it_stops_with_its_block_even_while_clients_are_connected() -> None:
    with running_postgres() as server:
        url = server.url("postgres")
        left_open = psycopg.connect(url)
    assert not answers(url)
    left_open.close()


def test_settings_of_the_shell_lead_no_client_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "require")
    with running_postgres() as server:
        assert answers(server.url("postgres"))
        monkeypatch.setenv("PGSSLMODE", "require")
        assert not answers(server.url("postgres"))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel has to see to it")
def test_it_stops_when_the_tests_are_killed() -> None:
    argv = [sys.executable, "-c", SERVE]
    with subprocess.Popen(
        argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with psycopg.connect(url) as connection:
            [(data,)] = connection.execute("SHOW data_directory").fetchall()
        process.send_signal(signal.SIGKILL)

    async def is_gone() -> bool:
        return not answers(url) and not (Path(data) / "postmaster.pid").exists()

    asyncio.run(until(is_gone))
    shutil.rmtree(Path(data).parent)


def test_old_data_without_a_server_is_removed_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_hour_ago = time.time() - 3600
    for name, age in (("old", an_hour_ago), ("new", time.time()), ("served", an_hour_ago)):
        data = tmp_path / f"{PREFIX}{name}" / "data"
        data.mkdir(parents=True)
        if name == "served":
            (data / "postmaster.pid").touch()
        os.utime(data.parent, (age, age))
    testing_postgres._remove_left_over(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{PREFIX}new", f"{PREFIX}served"}
