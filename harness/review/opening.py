"""Opening a drill that is over: its parts started over what was kept, and a session of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import agenda_named
from harness.drill.lifecycle.forms import in_drawn_form
from harness.drill.lifecycle.seal import sealed
from harness.drill.queries.past_drills import read_events
from harness.drill.spec import JOURNAL_DIR, KEPT_DIR, DrillSpec, Pace, Places
from harness.errors import BadFile, DrillError, RecordFailed
from harness.exercise.agenda_files import load_agenda
from harness.model import Scenario
from harness.paths import REPO
from harness.record.events import DrillCreated
from harness.record.store import Record
from harness.record.story import Story, fold
from harness.review import kept_drill
from harness.review.kept_drill import FORMAT, KeptDrill
from harness.review.metrics_store import METRICS, prometheus_over, unpack_blocks
from harness.review.processes import guarded
from harness.review.review_session import Kept, ReviewSession, times_of
from harness.runtime.local.sidecars import Sidecars
from harness.runtime.programs.external import ensure
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.recorder import review_recorder_spec
from harness.telemetry.recorder_client import RecorderClient
from harness.tokens import Caller, TokenBook
from harness.workspace import objects
from harness.workspace.workspace import Workspace

RECORD = "record.db"


@dataclass(frozen=True)
class ReviewPorts:
    """Where the parts of a review answer, all on 127.0.0.1."""

    api: int
    prometheus: int
    recorder: int


@asynccontextmanager
async def opened(
    run_dir: Path,
    work: Path,
    tokens: TokenBook,
    ports: ReviewPorts,
    *,
    people_known: bool = False,
) -> AsyncIterator[ReviewSession]:
    """The drill in `run_dir` as a session, its telemetry served while the block runs. With
    `people_known` a hub says who asks, and is believed.

    Nothing in the kept folder is changed. Raises RecordFailed, BadFile, UsageError, StackFailed.
    """
    story = fold(read_events(run_dir / RECORD))
    drill = described(run_dir / KEPT_DIR, story)
    spec = replace(_spec(drill, story.drill_id, run_dir, ports), people_known=people_known)
    async with AsyncExitStack() as stack:
        record = stack.enter_context(Record(run_dir / RECORD, stands=True))
        sidecars = await stack.enter_async_context(guarded(work))
        metrics, telemetry, workspace = await asyncio.gather(
            _metrics(sidecars, run_dir / KEPT_DIR / METRICS, work, ports),
            _telemetry(sidecars, run_dir / KEPT_DIR / JOURNAL_DIR, work, tokens, ports),
            asyncio.to_thread(_workspace, drill, run_dir, work),
        )
        for client in (metrics, telemetry):
            if client is not None:
                stack.push_async_callback(client.close)
        kept = Kept(record, workspace, "honour", metrics, telemetry)
        yield ReviewSession(spec, kept, times_of(story))


async def _metrics(
    sidecars: Sidecars, blocks: Path, work: Path, ports: ReviewPorts
) -> PrometheusClient | None:
    if not blocks.is_dir():
        return None
    binary = await asyncio.to_thread(ensure, "prometheus", lambda _: None)
    folder = work / "prometheus"
    await asyncio.to_thread(unpack_blocks, blocks, folder / "data")
    await sidecars.start(prometheus_over(binary, folder / "data", folder, port=ports.prometheus))
    return PrometheusClient(f"http://127.0.0.1:{ports.prometheus}")


async def _telemetry(
    sidecars: Sidecars, journal: Path, work: Path, tokens: TokenBook, ports: ReviewPorts
) -> RecorderClient | None:
    if not journal.is_dir():
        return None
    await sidecars.start(
        review_recorder_spec(
            journal.resolve(),
            port=ports.recorder,
            token_file=tokens.file("prometheus").resolve(),
            log_path=work / "logs" / "recorder.log",
        )
    )
    return RecorderClient(f"http://127.0.0.1:{ports.recorder}", tokens.token(Caller.TELEMETRY))


def _workspace(drill: KeptDrill, run_dir: Path, work: Path) -> Workspace:
    """The shop's history in a repository of our own making. Raises BadFile."""
    bundle = run_dir / KEPT_DIR / kept_drill.SHOP
    git = objects.create_bare(work / "shop.git")
    if bundle.is_file():
        try:
            git.run("config", "fetch.fsckObjects", "true")
            source = str(bundle.resolve())
            git.run("fetch", "--quiet", "--no-write-fetch-head", source, "+refs/*:refs/*")
        except DrillError as error:
            raise BadFile(bundle, None, f"no history of the shop: {error.message}") from error
    return Workspace(drill.shop(git.git_dir, run_dir / "workspace"), drill.topology)


def described(kept: Path, story: Story) -> KeptDrill:
    """What the drill was: as it was kept, or as this version's catalogue has it."""
    if (kept / kept_drill.FILE).exists():
        return kept_drill.read(kept)
    created = story.first(DrillCreated)
    if created is None:
        raise RecordFailed(f"the record of {story.drill_id} has no beginning")
    catalog, begun = Catalog(REPO), created.event
    try:
        scenario = catalog.scenario(begun.scenario)
    except DrillError:
        scenario = Scenario(begun.scenario, begun.scenario, (), (), "", "", begun.agenda)
    try:
        agenda = agenda_named(begun.agenda)
    except DrillError:
        agenda = load_agenda("solo")
    known = tuple(catalog.fault(name) for name in scenario.faults)
    scenario, faults = in_drawn_form(scenario, known, begun.seed)
    return KeptDrill(
        format=FORMAT,
        seed=begun.seed,
        scenario=scenario,
        faults=faults,
        decoys=(),
        topology=catalog.topology(),
        agenda=agenda,
        guards=(),
        runtime=begun.runtime,
        mode=begun.mode,
        speed=story.clock.speed,
        capacity_units=1,
        releases=(),
        initial=(),
        deploys=(),
    )


def _spec(drill: KeptDrill, drill_id: str, run_dir: Path, ports: ReviewPorts) -> DrillSpec:
    return DrillSpec(
        drill_id=drill_id,
        run_dir=run_dir,
        seed=drill.seed,
        scenario=drill.scenario,
        faults=drill.faults,
        decoys=drill.decoys,
        topology=drill.topology,
        agenda=drill.agenda,
        # Of another salt than the one that was promised: it says what is right, and proves nothing.
        seal=sealed(drill.scenario, drill.seed, drill.faults),
        pace=Pace(0.0, 0.0, 0.0),
        places=_places({entry.name: "" for entry in drill.topology}, ports),
        runtime=drill.runtime,
        capacity_units=drill.capacity_units,
        speed=drill.speed,
        guards=drill.guards,
    )


def _places(services: Mapping[str, str], ports: ReviewPorts) -> Places:
    return Places(
        api_url=f"http://127.0.0.1:{ports.api}",
        gateway_url="",
        prometheus_url=f"http://127.0.0.1:{ports.prometheus}",
        recorder_url=f"http://127.0.0.1:{ports.recorder}",
        provider_status_url="",
        services=services,
    )
