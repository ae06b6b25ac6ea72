"""What a drill's stack is made of: processes, environment, addresses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness import ports
from harness.drill.spec import JOURNAL_DIR, DrillSpec
from harness.host.load_process import load_spec
from harness.model import BuiltRelease, Pager, ProcessSpec, StackPlan
from harness.telemetry.alertmanager import alertmanager_spec
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_spec
from harness.telemetry.recorder import RecorderSettings, recorder_spec
from harness.thirdparty.spec import ThirdPartiesPlan, plan_third_parties
from harness.tokens import TokenBook


def stack_plan(
    prometheus: Path,
    pager: Pager,
    spec: DrillSpec,
    releases: Mapping[str, BuiltRelease],
    parties: ThirdPartiesPlan,
    tokens: TokenBook,
) -> StackPlan:
    """The stack of a drill as processes of this machine."""
    return plan_of(
        spec,
        releases,
        service_env=service_env(spec, spec.ports.url(ports.RECORDER), parties),
        sidecars=(
            *_sidecars(spec, prometheus, parties, tokens),
            *((_alertmanager(spec, pager, tokens),) if pager.command else ()),
        ),
    )


def plan_of(
    spec: DrillSpec,
    releases: Mapping[str, BuiltRelease],
    *,
    service_env: Mapping[str, str],
    sidecars: tuple[ProcessSpec, ...],
) -> StackPlan:
    """The stack of a drill, with what differs between runtimes."""
    return StackPlan(
        drill_id=spec.drill_id,
        run_dir=spec.run_dir,
        port_offset=spec.port_offset,
        capacity_units=spec.capacity_units,
        topology=spec.topology,
        releases=releases,
        service_env=service_env,
        sidecars=sidecars,
    )


def load_of(spec: DrillSpec) -> ProcessSpec:
    """The load as a process of this machine."""
    return load_spec(
        spec.run_dir,
        port_offset=spec.port_offset,
        profile=spec.scenario.load_profile,
        scale=float(spec.capacity_units),
        seed=spec.seed_of("load"),
        sampled_share=spec.trace_ratio,
        workers=spec.load_workers,
        remark=spec.lure.text if spec.lure else "",
    )


def service_env(spec: DrillSpec, recorder_url: str, parties: ThirdPartiesPlan) -> Mapping[str, str]:
    """What every service is told beyond its own addresses."""
    return {
        **parties.service_env,
        "OTEL_EXPORTER_OTLP_ENDPOINT": recorder_url,
        "OTEL_TRACES_SAMPLER_ARG": str(spec.trace_ratio),
        "OPERATIONS_TOKEN": spec.operations_token,
        "LOG_LEVEL": "INFO",
    }


def local_parties(spec: DrillSpec) -> ThirdPartiesPlan:
    """The third parties as a process of this machine.

    Raises UnknownName for a profile that does not exist.
    """
    return plan_third_parties(
        spec.run_dir,
        port_offset=spec.port_offset,
        profile=spec.scenario.third_party_profile,
        seed=spec.seed_of("third parties"),
    )


def _alertmanager(spec: DrillSpec, pager: Pager, tokens: TokenBook) -> ProcessSpec:
    return alertmanager_spec(
        pager,
        spec.run_dir,
        port=ports.ALERTMANAGER + spec.port_offset,
        pager_url=f"{spec.ports.url(ports.API)}/webhook/alertmanager",
        tokens=tokens,
    )


def _sidecars(
    spec: DrillSpec, prometheus: Path, parties: ThirdPartiesPlan, tokens: TokenBook
) -> tuple[ProcessSpec, ...]:
    """Prometheus first: its first sample takes five seconds whatever one does."""
    run_dir, stack = spec.run_dir, spec.ports
    token_file = tokens.file("prometheus")
    return (
        prometheus_spec(
            PrometheusSettings(
                binary=prometheus,
                run_dir=run_dir,
                port=ports.PROMETHEUS + stack.offset,
                services=stack.services,
                load_port=ports.LOAD_METRICS + stack.offset,
                recorder_port=ports.RECORDER + stack.offset,
                pager_port=ports.ALERTMANAGER + stack.offset,
                pager_password_file=token_file.resolve(),
            )
        ),
        recorder_spec(
            RecorderSettings(
                run_dir=run_dir,
                port=ports.RECORDER + stack.offset,
                token_file=token_file,
                services=tuple(stack.services),
                journal_dir=spec.kept_dir / JOURNAL_DIR if spec.is_kept else None,
            )
        ),
        parties.process,
    )
