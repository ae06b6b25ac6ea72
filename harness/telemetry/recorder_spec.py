"""The recorder's process, as the runtime is asked to run it."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from harness.model import ProcessSpec
from harness.paths import REPO


def recorder_spec(
    run_dir: Path, *, port: int, token_file: Path, services: Collection[str] = ()
) -> ProcessSpec:
    """Describe the recorder; `token_file` must exist when it starts.

    Only `logs/<service>.jsonl` of `services` are shown to those who ask it; of all, where none
    is named.
    """
    logs_dir = run_dir / "logs"
    return ProcessSpec(
        name="recorder",
        argv=(
            sys.executable,
            "-m",
            "harness.telemetry.recorder",
            f"--port={port}",
            f"--logs-dir={logs_dir}",
            f"--token-file={token_file}",
            f"--services={','.join(services)}",
        ),
        # Two arenas instead of eight for each core: what is dropped goes back to the machine.
        env={"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"},
        cwd=REPO,
        # Not *.jsonl: those are the logs of the shop.
        log_path=logs_dir / "recorder.log",
        ready_url=f"http://127.0.0.1:{port}/healthz",
    )
