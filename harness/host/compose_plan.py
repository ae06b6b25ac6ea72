"""The stack of a drill in containers, its third parties, and its load."""

from __future__ import annotations

from collections.abc import Mapping

from harness import ports
from harness.drill.spec import DrillSpec
from harness.host import compose_telemetry
from harness.host.container_files import ANYWHERE, as_arguments, python_command, writable_folder
from harness.host.load_process import CATALOGUE_NAME, CONTROL_NAME, control_folder
from harness.host.local_plan import load_of, plan_of, service_env
from harness.model import BuiltRelease, ContainerSpec, Mount, ProcessSpec, StackPlan
from harness.runtime.compose.project import address
from harness.thirdparty.profiles import profile_named
from harness.thirdparty.spec import CA_FILE_NAME, CONTROL_SOCKET_NAME, TITLE, ThirdPartiesPlan
from harness.tokens import TokenBook

PROVIDER_HOST, LOGISTICS_HOST, MODEL_HOST = "psp", "logistics", "models"
GATEWAY = "gateway"


def container_plan(
    has_grafana: bool,
    spec: DrillSpec,
    releases: Mapping[str, BuiltRelease],
    parties: ThirdPartiesPlan,
    tokens: TokenBook,
) -> StackPlan:
    """The stack of a drill; with Grafana where its image is there."""
    return plan_of(
        spec,
        releases,
        service_env=service_env(spec, f"http://recorder:{ports.RECORDER}", parties),
        sidecars=(
            compose_telemetry.prometheus(spec),
            compose_telemetry.alertmanager(spec, tokens),
            compose_telemetry.recorder(spec),
            parties.process,
            *((compose_telemetry.grafana(spec),) if has_grafana else ()),
        ),
    )


def container_parties(spec: DrillSpec) -> ThirdPartiesPlan:
    """The third parties. Raises UnknownName for a profile that does not exist."""
    run_dir, profile = spec.run_dir, profile_named(spec.scenario.third_party_profile)
    shared = writable_folder(run_dir, "provider")
    private = writable_folder(run_dir, "third-parties")
    status_url = spec.ports.url(ports.PROVIDER_STATUS)
    logistics = f"http://{LOGISTICS_HOST}:{ports.LOGISTICS}"
    options = {
        "--host": ANYWHERE,
        "--name": PROVIDER_HOST,
        "--provider-port": ports.PROVIDER,
        "--status-port": ports.PROVIDER_STATUS,
        "--logistics-port": ports.LOGISTICS,
        "--model-port": ports.MODEL,
        "--model-status-port": ports.MODEL_STATUS,
        "--control-socket": f"/run/private/{CONTROL_SOCKET_NAME}",
        "--ca-dir": "/run/provider",
        "--profile": profile.name,
        "--seed": spec.seed_of("third parties"),
    }
    return ThirdPartiesPlan(
        process=ContainerSpec(
            name=TITLE,
            argv=python_command("harness.thirdparty.providers", *as_arguments(options)),
            env={"PYTHONUNBUFFERED": "1"},
            cwd=run_dir,
            log_path=run_dir / "logs" / f"{TITLE}.log",
            ready_url=f"{status_url}/api/v2/status.json",
            mounts=(
                Mount(shared, "/run/provider", writable=True),
                Mount(private, "/run/private", writable=True),
            ),
        ),
        service_env={
            "PAYMENT_PROVIDER_URL": f"https://{PROVIDER_HOST}:{ports.PROVIDER}",
            "PAYMENT_PROVIDER_STATUS_URL": f"http://{PROVIDER_HOST}:{ports.PROVIDER_STATUS}",
            "PAYMENT_PROVIDER_CA_FILE": f"/run/provider/{CA_FILE_NAME}",
            "MODEL_PROVIDER_URL": f"http://{MODEL_HOST}:{ports.MODEL}",
            "MODEL_PROVIDER_STATUS_URL": f"http://{MODEL_HOST}:{ports.MODEL_STATUS}",
            "WAREHOUSE_URL": logistics,
            "CARRIER_URL": logistics,
            "PARTNERS_URL": logistics,
        },
        control_socket=private / CONTROL_SOCKET_NAME,
    )


def container_load(spec: DrillSpec) -> ProcessSpec:
    """The load, as the local one but for where it finds things."""
    plain = load_of(spec)
    control = control_folder(spec.run_dir)
    control.mkdir(parents=True, exist_ok=True)
    gateway = next(entry.port for entry in spec.topology if entry.name == GATEWAY)
    catalogue = f"/run/load/{CATALOGUE_NAME}"
    return ContainerSpec(
        name=plain.name,
        argv=python_command("loadgen.main"),
        env={
            **plain.env,
            "GATEWAY_URL": f"http://{address(GATEWAY)}:{gateway}",
            "CATALOGUE_FILE": catalogue,
            "CONTROL_FILE": f"/run/control/{CONTROL_NAME}",
            "LOAD_PROFILE": spec.scenario.load_profile,
            "METRICS_HOST": ANYWHERE,
            "METRICS_PORT": str(ports.LOAD_METRICS),
        },
        cwd=plain.cwd,
        log_path=plain.log_path,
        ready_url=plain.ready_url,
        mounts=(
            Mount(spec.run_dir / CATALOGUE_NAME, catalogue),
            Mount(control, "/run/control"),
        ),
    )
