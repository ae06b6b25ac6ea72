"""Prometheus over a store that is finished: making blocks of what a drill left, and serving them.

A stopped Prometheus leaves its newest two hours, which is a whole drill, as a log that each start
would replay. One that is started over it once more, for our own password alone, writes that as a
block: a fraction of the size, and opened at once. The files of the blocks are kept packed, a third
of that again. What Prometheus is started over is a copy, with which it may do what it likes.
"""

from __future__ import annotations

import asyncio
import json
import lzma
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

import httpx

from harness.errors import StackFailed
from harness.model import ProcessSpec
from harness.plain_http import local_client
from harness.review.processes import free_port
from harness.runtime.local.sidecars import Sidecars
from harness.telemetry.journal_files import PACKED, unpacked
from harness.telemetry.prometheus_server import ENVIRONMENT, LOCAL
from harness.tokens import bcrypt

METRICS = "metrics"
"""In a kept folder: the blocks."""
STORE_BYTES_MAX = 2 * 1024**3
"""Of all blocks, unpacked."""
SNAPSHOT_S = 60.0
FOREVER = "100y"
OURS = "keeper"


def prometheus_over(
    binary: Path, data: Path, work: Path, *, port: int, web: str = "", options: tuple[str, ...] = ()
) -> ProcessSpec:
    """A Prometheus over the store in `data` that scrapes nothing, has no rules, drops nothing."""
    work.mkdir(parents=True, exist_ok=True)
    config = work / "prometheus.yml"
    config.write_text("{}\n", encoding="utf-8")
    return ProcessSpec(
        name="prometheus",
        argv=(
            str(binary),
            f"--config.file={config}",
            f"--storage.tsdb.path={data}",
            f"--storage.tsdb.retention.time={FOREVER}",
            f"--web.listen-address={LOCAL}:{port}",
            *((f"--web.config.file={web}",) if web else ()),
            *options,
            "--enable-feature=exemplar-storage",
            "--query.timeout=10s",
            "--query.max-concurrency=8",
            "--log.level=warn",
            "--log.format=json",
        ),
        env=ENVIRONMENT,
        cwd=work,
        log_path=work / "logs" / "prometheus.log",
        ready_url=f"http://{LOCAL}:{port}/-/ready",
    )


async def keep_blocks(sidecars: Sidecars, binary: Path, data: Path, kept: Path, work: Path) -> None:
    """Write all that the stopped store in `data` holds as blocks into `kept`.

    Raises StackFailed.
    """
    password = secrets.token_urlsafe(24)
    web = work / "web.yml"
    web.parent.mkdir(parents=True, exist_ok=True)
    # Who may ask it may also delete from it, and others of this machine can reach its port.
    web.write_text(json.dumps({"basic_auth_users": {OURS: bcrypt(password)}}), encoding="utf-8")
    port = free_port()
    (data / "lock").unlink(missing_ok=True)
    spec = prometheus_over(
        binary, data, work, port=port, web=str(web), options=("--web.enable-admin-api",)
    )
    await sidecars.start(replace(spec, ready_login=(OURS, password)))
    try:
        name = await _snapshot(port, password)
    finally:
        await sidecars.stop(spec.name)
    await asyncio.to_thread(_pack_all, data / "snapshots" / name, kept)


async def _snapshot(port: int, password: str) -> str:
    async with local_client(f"http://{LOCAL}:{port}", timeout_s=SNAPSHOT_S) as http:
        try:
            answer = await http.post("/api/v1/admin/tsdb/snapshot", auth=(OURS, password))
            name: str = answer.raise_for_status().json()["data"]["name"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise StackFailed(f"the metrics could not be kept: {error}") from error
    return Path(name).name


def _pack_all(blocks: Path, kept: Path) -> None:
    """Pack every file of the blocks into the same place below `kept`, whole or not at all."""
    draft = kept.with_name(f"{kept.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    for path in sorted(path for path in blocks.rglob("*") if path.is_file()):
        target = draft / path.relative_to(blocks)
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as source, lzma.open(f"{target}{PACKED}", "wb", preset=1) as packed:
            shutil.copyfileobj(source, packed)
    shutil.rmtree(kept, ignore_errors=True)
    draft.rename(kept)


def unpack_blocks(kept: Path, data: Path) -> None:
    """Make a store in `data` of the packed blocks in `kept`, which stay as they are.

    Raises BadFile for what is damaged or larger than a drill's metrics are, and OSError.
    """
    left = STORE_BYTES_MAX
    for path in sorted(kept.glob(f"*/**/*{PACKED}")):
        target = data / path.relative_to(kept).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for piece in unpacked(path, left):
                left -= len(piece)
                file.write(piece)
