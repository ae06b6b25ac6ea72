"""The composition root: the only place that picks concrete classes."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from harness import ports
from harness.catalog import Catalog
from harness.console.auth import Caller, TokenBook
from harness.diagnosis.access import ShopAccess
from harness.diagnosis.oracle import Oracle
from harness.drill.session import DeployEntry, Pace, Places, Session
from harness.loading import expected_requests_per_s, load_spec
from harness.model import ProcessSpec, Scenario, StackPlan
from harness.ports import StackPorts
from harness.record import events
from harness.record.store import Record
from harness.runtime.external import ensure
from harness.runtime.local import LocalRuntime
from harness.settings import HostSettings
from harness.telemetry.client import RecorderClient
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.prometheus_server import PrometheusSettings, prometheus_spec
from harness.telemetry.recorder_spec import recorder_spec
from harness.thirdparty.client import ThirdPartyControl
from harness.thirdparty.spec import ThirdPartiesPlan, plan_third_parties
from harness.workspace.build import BuiltShop, Workshop

Say = Callable[[str], None]

HIDDEN_SCENARIOS = frozenset({"healthy", "decoys-only"})
"""What `random` does not pick: a drill in which nothing happens."""


@dataclass(frozen=True)
class Prepared:
    """A drill that is ready to be brought up."""

    session: Session
    plan: StackPlan
    load: Callable[[], ProcessSpec]
    tokens: TokenBook
    api_port: int
    expected_per_s: float


def reap(home: Path) -> list[str]:
    """End what dead hosts left running under `home`."""
    return list(LocalRuntime.reap(home))


async def prepare(settings: HostSettings, stop: asyncio.Event, say: Say) -> Prepared:
    """Choose, build and describe everything; nothing is started yet.

    The intent is in the record before anything else is made. Raises what the catalog, the
    workspace or the machine object to.
    """
    catalog = Catalog(settings.repo)
    seed = settings.seed if settings.seed is not None else secrets.randbelow(100_000)
    scenario = _choose(catalog, settings.scenario, seed)
    faults = tuple(catalog.fault(name) for name in scenario.faults)
    topology = catalog.topology()
    prometheus = await asyncio.to_thread(ensure, "prometheus", say)
    runtime = LocalRuntime()

    drill_id = f"d-{secrets.token_hex(2)}"
    run_dir = settings.home / "runs" / drill_id
    run_dir.mkdir(parents=True)
    tokens = TokenBook.create(run_dir / "secrets")
    record = Record(run_dir / "record.db", drill_id)
    record.append(
        events.DrillCreated(
            scenario=scenario.id,
            seed=seed,
            runtime=settings.runtime,
            mode=runtime.mode,
            agenda=scenario.agenda,
            versions={entry.name: entry.version for entry in topology},
        ),
        actor="harness",
    )
    say(f"drill {drill_id}: building the shop's repository")
    workshop = Workshop(settings.repo, run_dir, topology)
    decoys = tuple(catalog.decoy(name) for name in scenario.decoys)
    shop = await asyncio.to_thread(workshop.build, seed=seed, faults=faults, decoys=decoys)

    stack = StackPorts.of(topology, settings.port_offset)
    parties = plan_third_parties(
        run_dir, port_offset=settings.port_offset, profile=scenario.third_party_profile, seed=seed
    )
    plan = StackPlan(
        drill_id=drill_id,
        run_dir=run_dir,
        port_offset=settings.port_offset,
        capacity_units=settings.scale,
        topology=topology,
        releases=shop.initial,
        service_env=_service_env(settings, stack, parties),
        sidecars=_sidecars(run_dir, stack, prometheus, parties),
    )
    session = Session(
        drill_id=drill_id,
        run_dir=run_dir,
        seed=seed,
        capacity_units=settings.scale,
        scenario=scenario,
        faults=faults,
        topology=topology,
        places=_places(stack),
        pace=_pace(settings, seed),
        record=record,
        runtime=runtime,
        workshop=workshop,
        shop=shop,
        prometheus=PrometheusClient(stack.url(ports.PROMETHEUS)),
        recorder=RecorderClient(
            stack.url(ports.RECORDER), run_dir / "secrets" / f"{Caller.TELEMETRY}.token"
        ),
        make_oracle=partial(_oracle, parties, seed),
        over=stop,
        deploy_log=_past_deploys(shop),
    )
    return Prepared(
        session=session,
        plan=plan,
        load=partial(
            load_spec,
            run_dir,
            port_offset=settings.port_offset,
            profile=scenario.load_profile,
            scale=float(settings.scale),
            seed=seed,
            sampled_share=settings.trace_ratio,
        ),
        tokens=tokens,
        api_port=ports.API + settings.port_offset,
        expected_per_s=expected_requests_per_s(scenario.load_profile) * settings.scale,
    )


def _choose(catalog: Catalog, name: str, seed: int) -> Scenario:
    if name != "random":
        return catalog.scenario(name)
    names = sorted(set(catalog.scenario_ids()) - HIDDEN_SCENARIOS)
    return catalog.scenario(random.Random(seed).choice(names))  # noqa: S311  a draw, not a secret


def _oracle(parties: ThirdPartiesPlan, seed: int, access: ShopAccess) -> Oracle:
    return Oracle(access, ThirdPartyControl(parties.control_socket), seed)


def _service_env(
    settings: HostSettings, stack: StackPorts, parties: ThirdPartiesPlan
) -> Mapping[str, str]:
    return {
        **parties.service_env,
        "OTEL_EXPORTER_OTLP_ENDPOINT": stack.url(ports.RECORDER),
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
        recorder_spec(run_dir, port=ports.RECORDER + stack.offset, token_file=token_file),
        parties.process,
    )


def _places(stack: StackPorts) -> Places:
    services = {name: f"http://127.0.0.1:{port}" for name, port in stack.services.items()}
    return Places(
        api_url=stack.url(ports.API),
        gateway_url=services["gateway"],
        prometheus_url=stack.url(ports.PROMETHEUS),
        recorder_url=stack.url(ports.RECORDER),
        provider_status_url=stack.url(ports.PROVIDER_STATUS),
        services=services,
    )


def _pace(settings: HostSettings, seed: int) -> Pace:
    draw = random.Random(f"pace {seed}")  # noqa: S311  a draw, not a secret
    return Pace(
        trigger_delay_s=draw.uniform(settings.trigger_delay_min_s, settings.trigger_delay_max_s),
        deploy_s=settings.deploy_pace_s,
        decoy_gap_s=min(4.0, settings.trigger_delay_max_s),
    )


def _past_deploys(shop: BuiltShop) -> list[DeployEntry]:
    """The deploy log from before the drill."""
    return [
        DeployEntry(
            at=past.at,
            deploy_id=f"dep-{secrets.token_hex(3)}",
            service=past.service,
            version_from=past.version_from,
            version_to=past.version_to,
            commit=past.commit[:12],
            kind="release",
            by=past.by,
            summary=past.summary,
            outcome="succeeded",
        )
        for past in shop.log
    ]
