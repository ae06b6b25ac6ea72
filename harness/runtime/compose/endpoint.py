"""Where the Docker engine of this machine listens."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from harness.child_env import ENGINE, PLACES, program_env
from harness.errors import EnvironmentMissing

DEFAULT_SOCKET = "/var/run/docker.sock"
CONTEXT_TIMEOUT_S = 10


def find_socket() -> Path:
    """Where the engine listens: DOCKER_HOST, the client's context, or the usual place. Blocking.

    Raises EnvironmentMissing for an engine that is not on this machine.
    """
    address = os.environ.get("DOCKER_HOST") or _context() or f"unix://{DEFAULT_SOCKET}"
    if not address.startswith("unix://"):
        raise EnvironmentMissing(
            f"the Docker engine at {address} is not reached by a Unix socket",
            "ports and sockets are shared with the containers: the engine must run on this machine",
        )
    return Path(address.removeprefix("unix://"))


def _context() -> str:
    argv = ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
    try:
        done = subprocess.run(
            argv,
            env=program_env(PLACES, ENGINE),
            capture_output=True,
            check=False,
            timeout=CONTEXT_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode().strip() if done.returncode == 0 else ""
