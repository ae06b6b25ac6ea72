"""What a drill's stack is made of: processes, environment, addresses."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from harness import ports
from harness.drill.session import Places, Session
from harness.host.load_process import load_spec
from harness.model import ProcessSpec, StackPlan
from harness.ports import StackPorts
from harness.settings import HostSettings
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_spec
from harness.telemetry.recorder import RecorderSettings, recorder_spec
from harness.thirdparty.spec import ThirdPartiesPlan
from harness.tokens import Caller


def stack_plan(
    prometheus: Path,
    settings: HostSettings,
    session: Session,
    stack: StackPorts,
    parties: ThirdPartiesPlan,
) -> StackPlan:
    """The stack of a drill as processes of this machine."""
    return plan_of(
        settings,
        session,
        service_env=service_env(settings, stack.url(ports.RECORDER), parties),
        sidecars=_sidecars(session.run_dir, stack, prometheus, parties),
    )


def plan_of(
    settings: HostSettings,
    session: Session,
    *,
    service_env: Mapping[str, str],
    sidecars: tuple[ProcessSpec, ...],
) -> StackPlan:
    """The stack of a drill, with what differs between runtimes."""
    return StackPlan(
        drill_id=session.drill_id,
        run_dir=session.run_dir,
        port_offset=settings.port_offset,
        capacity_units=settings.scale,
        topology=session.topology,
        releases=session.workspace.shop.initial,
        service_env=service_env,
        sidecars=sidecars,
    )


def load_of(settings: HostSettings, session: Session) -> ProcessSpec:
    """The load as a process of this machine."""
    return load_spec(
        session.run_dir,
        port_offset=settings.port_offset,
        profile=session.scenario.load_profile,
        scale=float(settings.scale),
        seed=session.seed,
        sampled_share=settings.trace_ratio,
        workers=settings.load_workers,
    )


def service_env(
    settings: HostSettings, recorder_url: str, parties: ThirdPartiesPlan
) -> Mapping[str, str]:
    """What every service is told beyond its own addresses."""
    return {
        **parties.service_env,
        "OTEL_EXPORTER_OTLP_ENDPOINT": recorder_url,
        "OTEL_TRACES_SAMPLER_ARG": str(settings.trace_ratio),
        "OPERATIONS_TOKEN": secrets.token_urlsafe(24),
        "LOG_LEVEL": "INFO",
    }


def _sidecars(
    run_dir: Path, stack: StackPorts, prometheus: Path, parties: ThirdPartiesPlan
) -> tuple[ProcessSpec, ...]:
    """Prometheus first: its first sample takes five seconds whatever one does."""
    token_file = run_dir / "secrets" / f"{Caller.TELEMETRY}.token"
    return (
        prometheus_spec(
            PrometheusSettings(
                binary=prometheus,
                run_dir=run_dir,
                port=ports.PROMETHEUS + stack.offset,
                services=stack.services,
                load_port=ports.LOAD_METRICS + stack.offset,
                recorder_port=ports.RECORDER + stack.offset,
                pager_port=ports.API + stack.offset,
                pager_token_file=token_file,
            )
        ),
        recorder_spec(
            RecorderSettings(
                run_dir=run_dir,
                port=ports.RECORDER + stack.offset,
                token_file=token_file,
                services=tuple(stack.services),
            )
        ),
        parties.process,
    )


def places_of(stack: StackPorts) -> Places:
    services = {name: f"http://127.0.0.1:{port}" for name, port in stack.services.items()}
    return Places(
        api_url=stack.url(ports.API),
        gateway_url=services["gateway"],
        prometheus_url=stack.url(ports.PROMETHEUS),
        recorder_url=stack.url(ports.RECORDER),
        provider_status_url=stack.url(ports.PROVIDER_STATUS),
        model_status_url=stack.url(ports.MODEL_STATUS),
        services=services,
        ai_gate_url=stack.url(ports.AI_GATE),
    )
