"""The composition root: the only place that picks concrete classes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from harness import ports
from harness.catalog.reader import Catalog
from harness.drill.actions.guardrail_checks import bound_guards
from harness.drill.lifecycle.draw import begin_record, draw
from harness.drill.lifecycle.fair_signals import WINDOW_S
from harness.drill.lifecycle.resume import LeftOff
from harness.drill.queries.past_drills import scenarios_had
from harness.drill.run_state import RunState
from harness.drill.services import Services
from harness.drill.session import Session
from harness.drill.spec import DrillSpec
from harness.errors import EnvironmentMissing
from harness.host.load_process import LoadControl, expected_requests_per_s
from harness.host.runtimes import runtime_named
from harness.model import Pager, ProcessSpec, StackPlan
from harness.paths import PRIVATE_MODE
from harness.runtime.base import Runtime
from harness.runtime.machine_load import MachineWatch, read_counters
from harness.runtime.port_check import require_free, risk_of_collision
from harness.runtime.programs.external import ensure
from harness.settings import HostSettings
from harness.telemetry.alertmanager import write_client_config
from harness.telemetry.alertmanager_client import AlertmanagerClient
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.recorder_client import RecorderClient
from harness.thirdparty.control_client import ThirdPartyControl
from harness.thirdparty.spec import ThirdPartiesPlan
from harness.tokens import Caller, TokenBook
from harness.turns import Turns
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle
from harness.workspace.workspace import Workspace

EARLIEST_YEAR = 2025
"""When this was written; no machine's clock that is right says less."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """A drill that is ready to be brought up."""

    session: Session
    plan: StackPlan
    load: Callable[[], ProcessSpec]
    tokens: TokenBook
    expected_per_s: float


async def prepare(
    settings: HostSettings,
    stop: asyncio.Event,
    say: Say,
    *,
    left_off: LeftOff | None = None,
    ai_vendors: frozenset[str] = frozenset(),
    attended: bool = True,
) -> Prepared:
    """Choose, build and describe everything; nothing is started yet.

    What the machine lacks or holds is told before there is anything to clean up; then the intent is
    recorded. Raises what the catalog, the workspace or the machine object to. `attended`: people
    take part, so that the AI gate is served, and nothing that they see tells what was drawn.
    """
    require_clock(datetime.now(UTC))
    runs = settings.home / "runs"
    spec = draw(
        Catalog(settings.repo),
        settings,
        await asyncio.to_thread(scenarios_had, runs),
        guards=await asyncio.to_thread(bound_guards, runs),
        left_off=left_off,
        ai_vendors=ai_vendors,
        attended=attended,
    )
    kind = runtime_named(settings.runtime)
    needed = spec.ports.without(kind.absent if attended else {*kind.absent, ports.AI_GATE})
    require_free(needed)
    if warning := risk_of_collision(needed, settings.port_offset):
        say(warning)
    ready = await kind.preflight(say, settings.people_known)
    await asyncio.to_thread(ensure, "git", say)
    tokens = _folder_with_tokens(spec.run_dir)
    record = begin_record(spec.run_dir / "record.db", spec, mode=ready.runtime.mode)
    if spec.seal is not None:
        say(f"the answer is sealed: {spec.seal.commitment}")
    say(f"drill {spec.drill_id}: building the shop's repository")
    workspace = await _workspace(settings.repo, spec)
    parties = ready.third_parties(spec)
    services = Services(
        record=record,
        runtime=ready.runtime,
        workspace=workspace,
        prometheus=PrometheusClient(spec.places.prometheus_url),
        recorder=RecorderClient(spec.places.recorder_url, tokens.token(Caller.TELEMETRY)),
        make_oracle=partial(_oracle, parties, spec.seed_of("oracle")),
        third_parties=ThirdPartyControl(parties.control_socket),
        customers=LoadControl(spec.run_dir),
        silencers=_silencers(spec, ready.pager, tokens),
        machine=_machine_watch(ready.runtime, settings.campaign_pid),
        turns=Turns(settings.turns),
    )
    return Prepared(
        session=Session(spec, services, RunState(over=stop, pager=ready.pager)),
        plan=ready.plan(spec, workspace.shop.initial, parties, tokens),
        load=partial(ready.load, spec),
        tokens=tokens,
        expected_per_s=expected_requests_per_s(spec.scenario.load_profile) * spec.capacity_units,
    )


def require_clock(now: datetime) -> None:
    """Raise EnvironmentMissing where the machine's clock was never set: the shop's history lies
    weeks before now, certificates begin now, and neither may be in 1969."""
    if now.year < EARLIEST_YEAR:
        raise EnvironmentMissing(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC", "set it, then start again"
        )


def _folder_with_tokens(run_dir: Path) -> TokenBook:
    """Make the drill's folder, tokens for every caller, and what amtool is told of the
    participants'."""
    run_dir.mkdir(mode=PRIVATE_MODE, parents=True)
    tokens = TokenBook.create(run_dir / "secrets")
    write_client_config(run_dir, tokens)
    return tokens


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


def _silencers(spec: DrillSpec, pager: Pager, tokens: TokenBook) -> AlertmanagerClient | None:
    """The Alertmanager of the stack, if one is part of it."""
    if not pager.command:
        return None
    return AlertmanagerClient(spec.ports.url(ports.ALERTMANAGER), login=tokens.login("prometheus"))


def _machine_watch(runtime: Runtime, campaign_pid: int | None) -> MachineWatch:
    return MachineWatch(
        partial(_own_roots, runtime),
        window_s=WINDOW_S,
        read=partial(read_counters, neighbour_root=campaign_pid),
    )


def _own_roots(runtime: Runtime) -> set[int]:
    """This host and what it runs, wherever that is: containers are no children of ours."""
    return {os.getpid(), *(one.pid for one in runtime.processes() if one.pid)}


def _oracle(parties: ThirdPartiesPlan, seed: int, access: ShopAccess) -> Oracle:
    return Oracle(access, ThirdPartyControl(parties.control_socket), seed)
