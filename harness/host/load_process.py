"""How the runtime is asked to run the load."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from harness import ports
from harness.errors import UnknownName
from harness.model import ProcessSpec
from harness.paths import REPO

PROFILES = REPO / "loadgen" / "profiles"
GATEWAY_PORT = 8000
CATALOGUE_NAME = "catalogue.json"
CONTROL_NAME = "profile"


class LoadControl:
    """The load's private side: by which profile it goes on. Participants do not read the folder."""

    def __init__(self, run_dir: Path) -> None:
        self._file = control_folder(run_dir) / CONTROL_NAME

    def set_profile(self, name: str) -> None:
        """Let customers come by the profile called `name`; the load looks once a second.

        Raises UnknownName.
        """
        _file_of(name)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        whole = self._file.with_suffix(".new")
        whole.write_text(name, encoding="utf-8")
        whole.replace(self._file)


def control_folder(run_dir: Path) -> Path:
    """Where the load of the drill in `run_dir` is told what to do."""
    return run_dir / "secrets" / "load"


def expected_requests_per_s(profile: str) -> float:
    """Arrivals a second of all journeys together at scale 1, while no stage multiplies them.

    Raises UnknownName.
    """
    rates = tomllib.loads(_file_of(profile).read_text(encoding="utf-8"))["rates_per_s"]
    return float(sum(rates.values()))


def load_spec(
    run_dir: Path,
    *,
    port_offset: int,
    profile: str,
    scale: float,
    seed: int,
    sampled_share: float = 1.0,
    client_timeout_ms: int = 12_000,
    workers: int = 1,
    remark: str = "",
) -> ProcessSpec:
    """The load on the gateway of the drill in `run_dir`, whose `catalogue.json` must exist by then.

    `profile` names a file in `loadgen/profiles/`. `scale` multiplies all rates; `sampled_share`, 0
    to 1, is the share of requests whose trace is kept; `workers` processes send it; `remark` is
    what some clients write into their requests' ids. Raises UnknownName.
    """
    metrics_port = ports.LOAD_METRICS + port_offset
    return ProcessSpec(
        name="load",
        argv=(sys.executable, "-m", "loadgen.main"),
        env={
            "PYTHONUNBUFFERED": "1",
            "GATEWAY_URL": f"http://127.0.0.1:{GATEWAY_PORT + port_offset}",
            "CATALOGUE_FILE": str(run_dir / CATALOGUE_NAME),
            "LOAD_PROFILE": str(_file_of(profile)),
            "CONTROL_FILE": str(control_folder(run_dir) / CONTROL_NAME),
            "SCALE": str(scale),
            "METRICS_PORT": str(metrics_port),
            "LOAD_SEED": str(seed),
            "SAMPLED_SHARE": str(sampled_share),
            "CLIENT_TIMEOUT_MS": str(client_timeout_ms),
            "LOAD_WORKERS": str(workers),
            "CLIENT_REMARK": remark,
        },
        cwd=REPO,
        # Not *.jsonl: the recorder shows those to participants as the shop's own logs.
        log_path=run_dir / "logs" / "load.log",
        ready_url=f"http://127.0.0.1:{metrics_port}/healthz",
    )


def _file_of(profile: str) -> Path:
    files = {path.stem: path for path in PROFILES.glob("*.toml")}
    if profile not in files:
        raise UnknownName("load profile", profile, files)
    return files[profile]
