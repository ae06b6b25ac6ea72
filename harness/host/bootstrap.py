"""The composition root: the only place that picks concrete classes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from harness import ports
from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import Drawn, begin_record, draw, pace
from harness.drill.queries.past_drills import scenarios_had
from harness.drill.session import DeployEntry, Session
from harness.errors import UnknownName
from harness.host.load_process import LoadControl, expected_requests_per_s
from harness.host.local_plan import load_of, places_of, stack_plan
from harness.model import RUNTIMES, ProcessSpec, StackPlan
from harness.ports import StackPorts
from harness.runtime.base import COMPOSE_MARK, Runtime
from harness.runtime.local.runtime import LocalRuntime
from harness.runtime.port_check import require_free
from harness.runtime.programs.external import ensure
from harness.settings import HostSettings
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.recorder_client import RecorderClient
from harness.thirdparty.control_client import ThirdPartyControl
from harness.thirdparty.spec import ThirdPartiesPlan, plan_third_parties
from harness.tokens import Caller, TokenBook
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle
from harness.workspace.shop import BuiltShop
from harness.workspace.workspace import Workspace

Say = Callable[[str], None]


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
    parties: Callable[..., ThirdPartiesPlan]
    plan: Callable[[HostSettings, Session, StackPorts, ThirdPartiesPlan], StackPlan]
    load: Callable[[HostSettings, Session], ProcessSpec]


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
    return _Kind(LocalRuntime(), plan_third_parties, partial(stack_plan, prometheus), load_of)


async def prepare(settings: HostSettings, stop: asyncio.Event, say: Say) -> Prepared:
    """Choose, build and describe everything; nothing is started yet.

    What the machine lacks, or holds already, is told before there is anything to clean up; then the
    intent is in the record before anything else is made. Raises what the catalog, the workspace or
    the machine object to.
    """
    had = await asyncio.to_thread(scenarios_had, settings.home / "runs")
    drawn = draw(Catalog(settings.repo), settings, had)
    stack = StackPorts.of(drawn.topology, settings.port_offset)
    require_free(stack.all)
    kind = await _kind(settings, say)
    (run_dir := settings.home / "runs" / drawn.drill_id).mkdir(parents=True)
    tokens = TokenBook.create(run_dir / "secrets")
    record = begin_record(
        run_dir / "record.db", drawn, runtime=settings.runtime, mode=kind.runtime.mode
    )
    say(f"the answer is sealed: {drawn.seal.commitment}")
    say(f"drill {drawn.drill_id}: building the shop's repository")
    workspace = await _workspace(settings, drawn, run_dir)
    parties = kind.parties(
        run_dir,
        port_offset=stack.offset,
        profile=drawn.scenario.third_party_profile,
        seed=drawn.seed,
    )
    session = Session(
        drill_id=drawn.drill_id,
        run_dir=run_dir,
        seed=drawn.seed,
        capacity_units=settings.scale,
        scenario=drawn.scenario,
        faults=drawn.faults,
        topology=drawn.topology,
        agenda=drawn.agenda,
        speed=settings.speed,
        seal=drawn.seal,
        places=places_of(stack),
        pace=pace(settings, drawn.seed),
        record=record,
        runtime=kind.runtime,
        workspace=workspace,
        prometheus=PrometheusClient(stack.url(ports.PROMETHEUS)),
        recorder=RecorderClient(stack.url(ports.RECORDER), tokens.token(Caller.TELEMETRY)),
        make_oracle=partial(_oracle, parties, drawn.seed),
        third_parties=ThirdPartyControl(parties.control_socket),
        customers=LoadControl(run_dir),
        over=stop,
        deploy_log=_past_deploys(workspace.shop),
    )
    plan = kind.plan(settings, session, stack, parties)
    session.operations_token = plan.service_env["OPERATIONS_TOKEN"]
    return Prepared(
        session=session,
        plan=plan,
        load=partial(kind.load, settings, session),
        tokens=tokens,
        api_port=ports.API + stack.offset,
        expected_per_s=expected_requests_per_s(drawn.scenario.load_profile) * settings.scale,
    )


async def _workspace(settings: HostSettings, drawn: Drawn, run_dir: Path) -> Workspace:
    """The shop's repository with this drill's history.

    What gives way without a release is the clean tree, which no decoy may change.
    """
    overtaxed = {fault.service for fault in drawn.faults if fault.release is None}
    return await asyncio.to_thread(
        Workspace.build,
        run_dir,
        settings.repo,
        drawn.topology,
        [fault.release for fault in drawn.faults if fault.release is not None],
        [decoy for decoy in drawn.decoys if decoy.release.service not in overtaxed],
        seed=drawn.seed,
        now=datetime.now(UTC),
    )


def _oracle(parties: ThirdPartiesPlan, seed: int, access: ShopAccess) -> Oracle:
    return Oracle(access, ThirdPartyControl(parties.control_socket), seed)


def _past_deploys(shop: BuiltShop) -> list[DeployEntry]:
    """The deploy log from before the drill."""
    return [
        DeployEntry(
            at=past.deployed_at,
            deploy_id=f"dep-{secrets.token_hex(3)}",
            service=past.service,
            version_from=past.version_from or "",
            version_to=past.version_to,
            commit=past.commit[:12],
            kind="release",
            by=past.by,
            summary=past.summary,
            outcome="succeeded",
        )
        for past in shop.log
    ]
