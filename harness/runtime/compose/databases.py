"""Postgres in a container, with databases from an image that is prepared once for each content.

Preparing runs an empty server, fills it by the releases' own migrations and seeds (each in a
container of its release) and keeps the server's files as an image. A run's volume starts as a copy
of them, which the engine makes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from harness import limits
from harness.errors import StackFailed
from harness.model import BuiltRelease, StackPlan
from harness.runtime import postgres
from harness.runtime.base import Progress
from harness.runtime.compose.command import Compose
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.image_build import PREFIX
from harness.runtime.compose.launcher import Containers
from harness.runtime.compose.project import CHECKOUT, DATA, PATH, postgres_file, published
from harness.runtime.postgres import Access, Secrets
from harness.runtime.programs.cache import cache_dir, made_whole, only_one, take_away
from harness.runtime.release_process import ReleaseFailed, Work
from harness.runtime.seed_digest import (
    content_key,
    create,
    new_passwords,
    open_to_oncall,
    read_secrets,
    steps_of,
    write_secrets,
)

PREPARER = "databases"
"""The service of compose.yaml that fills an empty server."""
AT_ONCE = 2
STOP_S = 20
INITDB = (
    'initdb -D "$1" -U postgres --pwfile=/run/password --auth=scram-sha-256 --encoding=UTF8'
    " --no-locale --no-sync --wal-segsize=4 >&2"
    ' && echo "host all all all scram-sha-256" >> "$1/pg_hba.conf"'
    ' && shift && exec "$@"'
)


@dataclass(frozen=True)
class Databases:
    """All that it takes to prepare and to start a run's server."""

    plan: StackPlan
    engine: Engine
    compose: Compose
    containers: Containers
    image: str
    """Of Postgres itself."""
    progress: Progress

    async def prepare(self) -> tuple[str, Secrets]:
        """The image that holds the databases, and its secrets. Raises StackFailed."""
        found = await self.engine.call("GET", f"/images/{self.image}/json")
        cache = cache_dir() / "compose"
        # The passwords of an image are in one cache: what others of this engine prepare is theirs.
        key = content_key(self._releases(), f"{found['Id']} {DATA} {cache}")
        image, folder = f"{PREFIX}/databases:{key}", cache / key
        if not (folder.is_dir() and await self.engine.has_image(image)):
            async with only_one(folder.with_suffix(".lock")):
                if not (folder.is_dir() and await self.engine.has_image(image)):
                    self.progress("preparing databases (once; later drills copy them)")
                    # The passwords of an image that is gone open no other.
                    if folder.is_dir():
                        take_away(folder)
                    secrets = await self._fill(image)
                    with made_whole(folder) as part:
                        write_secrets(part, secrets)
        return image, read_secrets(folder)

    async def start(self, image: str, secrets: Secrets) -> Access:
        """Start the run's server; returns when it takes connections. Raises StackFailed."""
        connections = postgres.connections_for(len(self._releases()), self.plan.capacity_units)
        command = ("postgres", "-D", DATA, *_flags(secrets, connections))
        file = self.compose.add("postgres", postgres_file(self.plan, command))
        values = {"DATABASES_IMAGE": image}
        await self.compose.up(postgres.NAME, files=[file], values=values)
        return await self._answering(postgres.NAME, secrets)

    def _releases(self) -> list[BuiltRelease]:
        return [self.plan.releases[it.name] for it in self.plan.topology if it.database]

    async def _fill(self, image: str) -> Secrets:
        names = [release.service for release in self._releases()]
        secrets = Secrets(new_passwords(names), statements=False)
        words = self.compose.folder / "password"
        words.write_text(secrets.passwords[postgres.SUPERUSER], encoding="utf-8")
        # The server's own user reads it; the folder above keeps everybody else out.
        words.chmod(0o444)
        server = ("postgres", "-D", DATA, *_flags(secrets, connections=50))
        command = ("sh", "-c", INITDB, "sh", DATA, *server)
        content = postgres_file(self.plan, command)
        services = content["services"]
        assert isinstance(services, dict)  # noqa: S101  made just above
        given = services.pop(postgres.NAME)
        services[PREPARER] = {**given, "volumes": [f"{words}:/run/password:ro"]}
        file = self.compose.add(PREPARER, content)
        await self.compose.up(PREPARER, files=[file])
        access = await self._answering(PREPARER, secrets)
        container = await self.compose.container(self.engine, PREPARER)
        try:
            await create(access, names)
            gate = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._load(it, secrets, gate) for it in self._releases()))
            statements = await open_to_oncall(access, names)
            await self.engine.call("POST", f"/containers/{container}/stop", t=STOP_S)
            repository, _, tag = image.rpartition(":")
            await self.engine.call(
                "POST",
                "/commit",
                bound_s=limits.POSTGRES_PREPARE_S,
                container=container,
                repo=repository,
                tag=tag,
            )
        finally:
            await self.engine.remove("containers", container)
            words.unlink()
        return Secrets(secrets.passwords, statements)

    async def _load(self, release: BuiltRelease, secrets: Secrets, gate: asyncio.Semaphore) -> None:
        service = release.service
        place = f"{postgres.NAME}:{postgres.PORT}/{service}"
        url = f"postgresql://{service}:{secrets.passwords[service]}@{place}"
        env = {"PATH": PATH, "LANG": "C.UTF-8", "PYTHONPATH": CHECKOUT}
        log_path = self.plan.run_dir.resolve() / "logs" / f"{service}.jsonl"
        async with gate:
            for target, args in steps_of(release, url):
                try:
                    work = Work(release, target, env, log_path, args)
                    await self.containers.call(work, limits.POSTGRES_PREPARE_S)
                except ReleaseFailed as error:
                    raise StackFailed(f"the database of {service} failed: {error}") from error
        self.progress(f"prepared the database of {service}")

    async def _answering(self, service: str, secrets: Secrets) -> Access:
        port = int(published(self.plan, postgres.PORT).split(":")[1])
        access = Access(port, secrets)
        container = await self.compose.container(self.engine, service)
        ending = asyncio.ensure_future(self.engine.exit_code(container))
        try:
            await postgres.answering(access, alive=lambda: not ending.done(), last_words=lambda: "")
        except StackFailed as error:
            await self.engine.kill(container)
            last_words = await self.engine.last_words(container)
            raise StackFailed(f"{error.message}{last_words}") from error
        finally:
            ending.cancel()
            await asyncio.gather(ending, return_exceptions=True)
        return access


def _flags(secrets: Secrets, connections: int) -> tuple[str, ...]:
    given = {"listen_addresses": "*", "max_connections": str(connections)}
    return postgres.flags(secrets, given)
