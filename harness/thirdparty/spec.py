"""How the runtime is asked to run the third parties, and what the shop is told of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness import ports
from harness.model import ProcessSpec
from harness.paths import REPO
from harness.thirdparty.profiles import profile_named

TITLE = "third-parties"
CA_FILE_NAME = "provider-ca.pem"
CONTROL_SOCKET_NAME = "third-parties.sock"
BASES = (
    ports.PROVIDER,
    ports.PROVIDER_STATUS,
    ports.LOGISTICS,
    ports.MODEL,
    ports.MODEL_STATUS,
)


@dataclass(frozen=True)
class ThirdPartiesPlan:
    """One process, what every service's environment gains by it, and its private side."""

    process: ProcessSpec
    service_env: Mapping[str, str]
    control_socket: Path


def plan_third_parties(
    run_dir: Path, *, port_offset: int, profile: str, seed: int
) -> ThirdPartiesPlan:
    """Plan the third parties of the drill in `run_dir`; its `secrets/` must exist when they start.

    Raises UnknownName for a profile that does not exist.
    """
    provider, status, logistics, model, model_status = (base + port_offset for base in BASES)
    control_socket = run_dir / "secrets" / CONTROL_SOCKET_NAME
    arguments = {
        "--provider-port": provider,
        "--status-port": status,
        "--logistics-port": logistics,
        "--model-port": model,
        "--model-status-port": model_status,
        "--control-socket": control_socket,
        "--ca-dir": run_dir,
        "--profile": profile_named(profile).name,
        "--seed": seed,
    }
    status_url = f"http://127.0.0.1:{status}"
    return ThirdPartiesPlan(
        process=ProcessSpec(
            name=TITLE,
            argv=(
                sys.executable,
                "-m",
                "harness.thirdparty.providers",
                *(str(word) for pair in arguments.items() for word in pair),
            ),
            # Not empty: a process without an environment cannot replace its title.
            env={"PYTHONUNBUFFERED": "1"},
            cwd=REPO,
            # Not *.jsonl: the recorder shows those to participants as the shop's own logs.
            log_path=run_dir / "logs" / f"{TITLE}.log",
            ready_url=f"{status_url}/api/v2/status.json",
        ),
        service_env={
            "PAYMENT_PROVIDER_URL": f"https://127.0.0.1:{provider}",
            "PAYMENT_PROVIDER_STATUS_URL": status_url,
            "PAYMENT_PROVIDER_CA_FILE": str(run_dir / CA_FILE_NAME),
            "MODEL_PROVIDER_URL": f"http://127.0.0.1:{model}",
            "MODEL_PROVIDER_STATUS_URL": f"http://127.0.0.1:{model_status}",
            "WAREHOUSE_URL": f"http://127.0.0.1:{logistics}",
            "CARRIER_URL": f"http://127.0.0.1:{logistics}",
            "PARTNERS_URL": f"http://127.0.0.1:{logistics}",
        },
        control_socket=control_socket,
    )
