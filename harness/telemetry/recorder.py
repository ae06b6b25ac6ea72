"""The flight recorder: a process of its own that keeps the shop's traces and logs in memory.

    python -m harness.telemetry.recorder --port 18318 --logs-dir DIR --token-file FILE

Bounded: 64 MiB of spans and 32 MiB of log lines by its own count (what Python really uses is at
most 1.4 times that, as the tests measure); the oldest go first. Bodies beyond 8 MiB are refused.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import setproctitle
import uvicorn
import uvloop
from starlette.applications import Starlette

from harness.bounded_http import protocol_of_server
from harness.model import ProcessSpec
from harness.paths import REPO
from harness.telemetry.journal import Journal
from harness.telemetry.journal_window import JournalWindow
from harness.telemetry.log_records import parse_line
from harness.telemetry.log_tail import LogTail
from harness.telemetry.recorder_app import Memory, create_app, create_review_app

POLL_INTERVAL_S = 0.2


@dataclass(frozen=True)
class RecorderSettings:
    """Where the recorder listens and what it reads."""

    run_dir: Path
    port: int
    token_file: Path
    """Must exist when the recorder starts."""
    services: tuple[str, ...]
    """Only `logs/<service>.jsonl` of these are shown."""
    journal_dir: Path | None = None
    """Where all of it is written down for a review; nowhere without."""


def recorder_spec(settings: RecorderSettings) -> ProcessSpec:
    """The recorder's process, as the runtime is asked to run it."""
    logs_dir = settings.run_dir / "logs"
    return ProcessSpec(
        name="recorder",
        argv=(
            sys.executable,
            "-m",
            "harness.telemetry.recorder",
            f"--port={settings.port}",
            f"--logs-dir={logs_dir}",
            f"--token-file={settings.token_file}",
            f"--services={','.join(settings.services)}",
            *((f"--journal-dir={settings.journal_dir}",) if settings.journal_dir else ()),
        ),
        # Two arenas instead of eight for each core: what is dropped goes back to the machine.
        env={"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"},
        cwd=REPO,
        # Not *.jsonl: those are the logs of the shop.
        log_path=logs_dir / "recorder.log",
        ready_url=f"http://127.0.0.1:{settings.port}/healthz",
    )


def review_recorder_spec(
    journal_dir: Path, *, port: int, token_file: Path, log_path: Path
) -> ProcessSpec:
    """The same over what was kept of a drill."""
    return ProcessSpec(
        name="recorder",
        argv=(
            sys.executable,
            "-m",
            "harness.telemetry.recorder",
            f"--port={port}",
            f"--review-dir={journal_dir}",
            f"--token-file={token_file}",
        ),
        env={"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"},
        cwd=REPO,
        log_path=log_path,
        ready_url=f"http://127.0.0.1:{port}/healthz",
    )


def drain(tail: LogTail, memory: Memory) -> int:
    """Move what is new in the log files into memory; returns how many lines it was."""
    now_ms = int(time.time() * 1000)
    count = 0
    for service, line in tail.poll():
        record = parse_line(memory.logs.last_seq + 1, service, line, now_ms)
        if record is not None:
            memory.logs.next_seq()
            memory.add_log(record)
            count += 1
    if memory.journal is not None:
        memory.journal.flush()
    return count


async def follow(tail: LogTail, memory: Memory) -> None:
    """Follow the log files until cancelled."""
    while True:
        drain(tail, memory)
        await asyncio.sleep(POLL_INTERVAL_S)


class _Server(uvicorn.Server):
    """A uvicorn server that ends when it is asked to. Its own way is to be killed by the signal in
    the end, and what was taken last would not be written down."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for kind in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(kind, self._end)
        yield

    def _end(self) -> None:
        self.should_exit = True


async def serve(arguments: argparse.Namespace) -> None:
    """Serve and follow until a signal ends the server."""
    # Read once, at the start, before anything is served.
    token = _read_token(arguments.token_file)
    if arguments.review_dir:
        window = JournalWindow(arguments.review_dir)
        await window.around(None)
        await _server(create_review_app(window, token), arguments).serve()
        return
    journal = Journal(arguments.journal_dir) if arguments.journal_dir else None
    memory = Memory(journal=journal)
    server = _server(create_app(memory, token, tuple(arguments.allowed_host)), arguments)
    services = tuple(name for name in arguments.services.split(",") if name)
    following = asyncio.create_task(follow(LogTail(arguments.logs_dir, services), memory))
    try:
        await server.serve()
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        if journal is not None:
            journal.close()


def _server(app: Starlette, arguments: argparse.Namespace) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=arguments.host,
        port=arguments.port,
        http=protocol_of_server(asks_for_token=False),
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    return _Server(config)


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="recorder", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--logs-dir", type=Path, help="the services' output")
    parser.add_argument("--review-dir", type=Path, help="serve what was written down here instead")
    parser.add_argument("--token-file", type=Path, required=True)
    parser.add_argument("--journal-dir", type=Path, help="write all of it down here, too")
    parser.add_argument("--services", default="", help="comma-separated; default: all")
    parser.add_argument("--allowed-host", action="append", default=[], help="may be repeated")
    return parser.parse_args(argv)


def main() -> None:
    """Run until stopped."""
    arguments = parse_arguments()
    setproctitle.setproctitle("recorder")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(arguments))


def _read_token(path: Path) -> str:
    token = path.read_text(encoding="utf-8").strip()
    if not token:
        raise SystemExit(f"{path}: no token in it")
    return token


if __name__ == "__main__":
    main()
