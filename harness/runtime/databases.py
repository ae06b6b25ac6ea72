"""Prepared databases: migrated and seeded once for each content, then copied for every drill.

Migrations and seeds run in forks of the zygote, from the releases' own checkouts: the harness
imports nothing of the shop.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import secrets as random_secrets
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from harness import limits
from harness.errors import StackFailed
from harness.model import BuiltRelease
from harness.runtime import postgres
from harness.runtime.base import Progress
from harness.runtime.cache import cache_dir, made_whole, unprivileged_user
from harness.runtime.child import Command
from harness.runtime.external import version_of
from harness.runtime.logs import tail
from harness.runtime.postgres import ONCALL, SUPERUSER, Secrets, Server
from harness.runtime.supervise import CLEAN_ENV, Guardian
from harness.runtime.zygote import ReleaseFailed, Work, Zygote
from harness.waiting import wait_until

FORMAT = "3"
"""Changed whenever a prepared data directory is made differently."""

SHARED_INPUTS = ("chassis/migrate.py", "chassis/migrations", "sampledata")
OWN_INPUTS = ("migrations", "seed.py")
AT_ONCE = 2
UNUSED_S = 86_400
UNFINISHED_S = 86_400


@dataclass(frozen=True)
class Preparer:
    """All that preparing takes."""

    guardian: Guardian
    zygote: Callable[[], Awaitable[Zygote]]
    """Asked for only where something is to be prepared."""
    bindir: Path
    releases: tuple[BuiltRelease, ...]
    """Of the services that have a database, which bears the service's name."""
    log_dir: Path
    progress: Progress

    async def prepare(self) -> Path:
        """The prepared folder for these releases: `data/` and `secrets.json`.

        Raises StackFailed, in which case nothing of it is kept.
        """
        target = cache_dir() / "postgres" / self._key()
        if not target.is_dir():
            async with _only_one(target.with_suffix(".lock")):
                if not target.is_dir():
                    # Ours is the lock, so whoever began these was killed.
                    for unfinished in target.parent.glob(f"{target.name}.*.part"):
                        shutil.rmtree(unfinished)
                    self.progress("preparing databases (once; later drills copy them)")
                    with made_whole(target) as part:
                        await self._fill(part)
        os.utime(target)
        await asyncio.to_thread(_forget_unused, target.parent)
        return target

    def _key(self) -> str:
        digest = hashlib.sha256(f"{FORMAT} {version_of(self.bindir / 'postgres')}".encode())
        for release in sorted(self.releases, key=lambda it: it.service):
            services = release.path / "services"
            inputs = [services / release.service / name for name in OWN_INPUTS]
            inputs += [services / name for name in SHARED_INPUTS]
            digest.update(release.service.encode())
            for path in _files(inputs):
                digest.update(f"{path.relative_to(services)}\0".encode() + path.read_bytes())
        return digest.hexdigest()[:16]

    async def _fill(self, folder: Path) -> None:
        names = [release.service for release in self.releases]
        passwords = {it: random_secrets.token_hex(16) for it in (SUPERUSER, ONCALL, *names)}
        data = await self._initdb(folder, passwords[SUPERUSER])
        log_path = self.log_dir / "postgres-prepare.jsonl"
        server = await postgres.start(
            self.guardian,
            self.bindir,
            data,
            port=postgres.free_port(),
            secrets=Secrets(passwords, statements=False),
            log_path=log_path,
            connections=50,
        )
        try:
            await _create(server, names)
            gate = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._load(server, it, gate) for it in self.releases))
            statements = await _open_to_oncall(server, names)
        finally:
            await server.stop(limits.POSTGRES_START_S)
        _write_secrets(folder, Secrets(passwords, statements))

    async def _initdb(self, folder: Path, password: str) -> Path:
        data, words = folder / "data", folder / "password"
        data.mkdir(mode=0o700)
        words.touch(mode=0o600)
        words.write_text(password, encoding="ascii")
        user = unprivileged_user()
        if user is not None:
            os.chown(data, user.uid, user.gid)
            os.chown(words, user.uid, user.gid)
        argv = (
            *(str(self.bindir / "initdb"), "-D", str(data), "-U", SUPERUSER),
            *(f"--pwfile={words}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--no-locale", "--no-sync", "--wal-segsize=4"),
        )
        log_path = self.log_dir / "postgres-prepare.jsonl"
        command = Command("initdb", argv, folder, log_path, user=user)
        child = await self.guardian.spawn(command)
        if await child.wait(limits.POSTGRES_PREPARE_S) != 0:
            raise StackFailed(f"initdb failed:\n{tail(log_path)}")
        words.unlink()
        return data

    async def _load(self, server: Server, release: BuiltRelease, gate: asyncio.Semaphore) -> None:
        """Migrate and seed one service's database with its release's own code."""
        service = release.service
        url = server.url(service, service)
        own = release.path / "services" / service
        steps: list[tuple[str, tuple[str, ...]]] = []
        if (own / "migrations").is_dir():
            steps.append(("services.chassis.migrate:upgrade", (service, url)))
        if (own / "seed.py").is_file():
            steps.append((f"services.{service}.seed:seed", (url,)))
        async with gate:
            for target, args in steps:
                log_path = self.log_dir / f"{service}.jsonl"
                work = Work(release, target, CLEAN_ENV, log_path, args)
                try:
                    zygote = await self.zygote()
                    await zygote.call(work, limits.POSTGRES_PREPARE_S)
                except ReleaseFailed as error:
                    raise StackFailed(f"the database of {service} failed: {error}") from error
            self.progress(f"prepared the database of {service}")


def read_secrets(folder: Path) -> Secrets:
    """The secrets of a prepared folder."""
    content = json.loads((folder / "secrets.json").read_text(encoding="ascii"))
    return Secrets(content["passwords"], content["statements"])


def copy_data(folder: Path, target: Path) -> None:
    """Copy a prepared folder's data for one drill, sharing blocks where the disk can. Blocking."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    argv = ["cp", "-a", "--reflink=auto", str(folder / "data"), str(target)]
    done = subprocess.run(argv, capture_output=True, check=False)
    if done.returncode != 0:
        raise StackFailed(f"the databases could not be copied: {done.stderr.decode().strip()}")


async def _create(server: Server, names: list[str]) -> None:
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


async def _open_to_oncall(server: Server, names: list[str]) -> bool:
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


def _write_secrets(folder: Path, secrets: Secrets) -> None:
    path = folder / "secrets.json"
    path.touch(mode=0o600)
    content = {"passwords": dict(secrets.passwords), "statements": secrets.statements}
    path.write_text(json.dumps(content), encoding="ascii")


def _files(inputs: list[Path]) -> Iterator[Path]:
    for path in inputs:
        found = [path] if path.is_file() else path.rglob("*")
        yield from sorted(it for it in found if it.is_file() and "__pycache__" not in it.parts)


@asynccontextmanager
async def _only_one(lock: Path) -> AsyncIterator[None]:
    """Hold a lock file; a process that dies lets go of it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:

        async def locked() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        await wait_until(locked, timeout_s=limits.PREPARE_LOCK_S, what=f"{lock} to be released")
        yield


def _forget_unused(folder: Path) -> None:
    """Remove what no drill used for a day, and what a killed one left half made."""
    now = time.time()
    for path in folder.iterdir():
        bound_s = UNFINISHED_S if path.suffix == ".part" else UNUSED_S
        if path.is_dir() and now - path.stat().st_mtime > bound_s:
            shutil.rmtree(path, ignore_errors=True)
