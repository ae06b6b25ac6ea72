"""The composition root: the only place that picks concrete classes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.drill.actions.guardrail_checks import bound_guards
from harness.drill.lifecycle.draw import begin_record, draw
from harness.drill.lifecycle.resume import LeftOff
from harness.drill.queries.past_drills import scenarios_had
from harness.drill.run_state import RunState
from harness.drill.services import Services
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import UnknownName
from harness.host.load_process import LoadControl, expected_requests_per_s
from harness.host.local_plan import load_of, local_parties, stack_plan
from harness.model import RUNTIMES, BuiltRelease, ProcessSpec, StackPlan
from harness.runtime.base import COMPOSE_MARK, Runtime
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.port_check import require_free
from harness.runtime.programs.external import ensure
from harness.settings import HostSettings
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.recorder_client import RecorderClient
from harness.thirdparty.control_client import ThirdPartyControl
from harness.thirdparty.spec import ThirdPartiesPlan
from harness.tokens import Caller, TokenBook
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle
from harness.workspace.workspace import Workspace

Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """A drill that is ready to be brought up."""

    session: Session
    plan: StackPlan
    load: Callable[[], ProcessSpec]
    tokens: TokenBook
    expected_per_s: float


def reap(home: Path) -> list[str]:
    """End what dead hosts left running under `home`."""
    ended = list(LocalRuntime.reap(home))
    if (home / COMPOSE_MARK).exists():
        from harness.runtime.compose.runtime import ComposeRuntime

        ended += ComposeRuntime.reap(home)
    return ended


async def left_of(home: Path) -> list[str]:
    """What the Docker engine still has of a home from which containers were started."""
    if not (home / COMPOSE_MARK).exists():
        return []
    from harness.runtime.compose.leftovers import everything_of

    return await everything_of(home)


@dataclass(frozen=True)
class _Kind:
    """What depends on the runtime that was chosen."""

    runtime: Runtime
    parties: Callable[[DrillSpec], ThirdPartiesPlan]
    plan: Callable[[DrillSpec, Mapping[str, BuiltRelease], ThirdPartiesPlan], StackPlan]
    load: Callable[[DrillSpec], ProcessSpec]


async def _kind(settings: HostSettings, say: Say) -> _Kind:
    """Raises UnknownName, and EnvironmentMissing for what the runtime needs."""
    if settings.runtime == "compose":
        # What speaks with the engine takes a while to import, which local drills need not pay.
        from harness.host.compose_plan import container_load, container_parties, container_plan
        from harness.runtime.compose.images import GRAFANA
        from harness.runtime.compose.needs import preflight
        from harness.runtime.compose.runtime import ComposeRuntime

        has_grafana = GRAFANA in (await preflight(say)).images
        if not has_grafana:
            say("Grafana disabled: image not available; use the console or `drill metrics`")
        plan = partial(container_plan, has_grafana)
        return _Kind(ComposeRuntime(), container_parties, plan, container_load)
    if settings.runtime != "local":
        raise UnknownName("runtime", settings.runtime, RUNTIMES)
    prometheus = await asyncio.to_thread(ensure, "prometheus", say)
    return _Kind(LocalRuntime(), local_parties, partial(stack_plan, prometheus), load_of)


async def prepare(
    settings: HostSettings,
    stop: asyncio.Event,
    say: Say,
    *,
    left_off: LeftOff | None = None,
    ai_vendors: frozenset[str] = frozenset(),
) -> Prepared:
    """Choose, build and describe everything; nothing is started yet.

    What the machine lacks, or holds already, is told before there is anything to clean up; then the
    intent is in the record before anything else is made. Raises what the catalog, the workspace or
    the machine object to.
    """
    runs = settings.home / "runs"
    spec = draw(
        Catalog(settings.repo),
        settings,
        await asyncio.to_thread(scenarios_had, runs),
        guards=await asyncio.to_thread(bound_guards, runs),
        left_off=left_off,
        ai_vendors=ai_vendors,
    )
    require_free(spec.ports.all)
    kind = await _kind(settings, say)
    spec.run_dir.mkdir(parents=True)
    tokens = TokenBook.create(spec.run_dir / "secrets")
    record = begin_record(spec.run_dir / "record.db", spec, mode=kind.runtime.mode)
    if spec.seal is not None:
        say(f"the answer is sealed: {spec.seal.commitment}")
    say(f"drill {spec.drill_id}: building the shop's repository")
    workspace = await _workspace(settings.repo, spec)
    parties = kind.parties(spec)
    services = Services(
        record=record,
        runtime=kind.runtime,
        workspace=workspace,
        prometheus=PrometheusClient(spec.places.prometheus_url),
        recorder=RecorderClient(spec.places.recorder_url, tokens.token(Caller.TELEMETRY)),
        make_oracle=partial(_oracle, parties, spec.seed),
        third_parties=ThirdPartyControl(parties.control_socket),
        customers=LoadControl(spec.run_dir),
    )
    run = RunState(over=stop)
    per_s = expected_requests_per_s(spec.scenario.load_profile) * spec.capacity_units
    return Prepared(
        session=Session(spec, services, run),
        plan=kind.plan(spec, workspace.shop.initial, parties),
        load=partial(kind.load, spec),
        tokens=tokens,
        expected_per_s=per_s,
    )


async def _workspace(repo: Path, spec: DrillSpec) -> Workspace:
    """The shop's repository with this drill's history.

    What gives way without a release is the clean tree, which no decoy may change.
    """
    overtaxed = {fault.service for fault in spec.faults if fault.release is None}
    return await asyncio.to_thread(
        Workspace.build,
        spec.run_dir,
        repo,
        spec.topology,
        [fault.release for fault in spec.faults if fault.release is not None],
        [decoy for decoy in spec.decoys if decoy.release.service not in overtaxed],
        seed=spec.seed,
        now=datetime.now(UTC),
    )


def _oracle(parties: ThirdPartiesPlan, seed: int, access: ShopAccess) -> Oracle:
    return Oracle(access, ThirdPartyControl(parties.control_socket), seed)
