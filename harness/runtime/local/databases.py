"""Prepared databases: migrated and seeded once for each content, then copied for every drill.

Migrations and seeds run in forks of the zygote.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from harness import limits
from harness.child_env import CLEAN_ENV
from harness.errors import StackFailed
from harness.model import BuiltRelease
from harness.runtime import postgres
from harness.runtime.base import Progress
from harness.runtime.local import server_data
from harness.runtime.local.postgres_server import Server, start_postgres
from harness.runtime.local.process import Command
from harness.runtime.local.supervise import Guardian
from harness.runtime.local.zygote_client import Zygote
from harness.runtime.logs import tail
from harness.runtime.postgres import SUPERUSER, Secrets
from harness.runtime.programs.cache import (
    PART,
    cache_dir,
    if_nobody_else,
    made_whole,
    make_folder,
    only_one,
    take_away,
    unprivileged_user,
)
from harness.runtime.programs.external import version_of
from harness.runtime.release_process import ReleaseFailed, Work
from harness.runtime.seed_digest import (
    content_key,
    create,
    new_passwords,
    open_to_oncall,
    steps_of,
    write_secrets,
)

AT_ONCE = 2
COPY = ("cp", "-a", "--reflink=auto")
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
        target = (
            cache_dir()
            / "postgres"
            / content_key(self.releases, version_of(self.bindir / "postgres"))
        )
        async with only_one(_lock_of(target)):
            if not target.is_dir():
                # Ours is the lock, so whoever began these was killed.
                for part in target.parent.glob(f"{target.name}.*.part"):
                    server_data.discard_unfinished(part)
                self.progress("preparing databases (once; later drills copy them)")
                with made_whole(target) as part:
                    await self._fill_or_discard(part)
            os.utime(target)  # while nobody can be forgetting it
        await asyncio.to_thread(_forget_unused, target.parent)
        return target

    async def _fill_or_discard(self, folder: Path) -> None:
        try:
            await self._fill(folder)
        except BaseException:
            # With the folder alone would go what tells the segment of a server that was killed.
            await asyncio.to_thread(server_data.discard_unfinished, folder)
            raise

    async def _fill(self, folder: Path) -> None:
        names = [release.service for release in self.releases]
        passwords = new_passwords(names)
        data = await self._initdb(folder, passwords[SUPERUSER])
        log_path = self.log_dir / "postgres-prepare.jsonl"
        server = await start_postgres(
            self.guardian,
            self.bindir,
            data,
            port=postgres.free_port(),
            secrets=Secrets(passwords, statements=False),
            log_path=log_path,
            connections=50,
        )
        try:
            await create(server, names)
            gate = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._load(server, it, gate) for it in self.releases))
            statements = await open_to_oncall(server, names)
        finally:
            await server.stop(limits.POSTGRES_START_S)
        write_secrets(folder, Secrets(passwords, statements))

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
        async with gate:
            for target, args in steps_of(release, url):
                log_path = self.log_dir / f"{service}.jsonl"
                work = Work(release, target, CLEAN_ENV, log_path, args)
                try:
                    zygote = await self.zygote()
                    await zygote.call(work, limits.POSTGRES_PREPARE_S)
                except ReleaseFailed as error:
                    raise StackFailed(f"the database of {service} failed: {error}") from error
            self.progress(f"prepared the database of {service}")


async def copy_data(guardian: Guardian, folder: Path, target: Path, log_path: Path) -> None:
    """Copy a prepared folder's data for one drill, sharing blocks where the disk can.

    The guardian runs it: a copy that outlived a killed host would go on filling what the next start
    has just swept.
    """
    await asyncio.to_thread(shutil.rmtree, target, ignore_errors=True)
    make_folder(target.parent)
    argv = (*COPY, str(folder / "data"), str(target))
    child = await guardian.spawn(Command(COPY[0], argv, target.parent, log_path))
    if await child.wait(limits.POSTGRES_PREPARE_S) != 0:
        raise StackFailed(f"the databases could not be copied: {tail(log_path)}")


def _lock_of(target: Path) -> Path:
    """Whoever fills a prepared folder, is about to use it, or forgets it, has this."""
    return target.with_suffix(".lock")


def _forget_unused(folder: Path) -> None:
    """Remove what no drill used for a day, and what a killed one left half made."""
    for path in folder.iterdir():
        if path.suffix == PART:
            if _is_older(path, UNFINISHED_S):
                shutil.rmtree(path, ignore_errors=True)
        elif path.is_dir() and _is_older(path, UNUSED_S):
            with if_nobody_else(_lock_of(path)) as is_free:
                if is_free and _is_older(path, UNUSED_S):
                    take_away(path)


def _is_older(path: Path, bound_s: float) -> bool:
    """Whether it is there, and nobody has touched it for so long."""
    try:
        return time.time() - path.stat().st_mtime > bound_s
    except FileNotFoundError:
        return False
