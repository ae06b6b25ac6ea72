"""A drill of two minutes, kept as a real one is: by the real Prometheus, the recorder's journal and
git. Its traffic is a count that grows by one a second."""

from __future__ import annotations

import asyncio
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.seal import sealed
from harness.drill.spec import JOURNAL_DIR, DrillSpec, Pace, Places
from harness.exercise.agenda_files import load_agenda
from harness.paths import REPO
from harness.record import events
from harness.record.store import Clock, Record
from harness.review.keeping import keep
from harness.runtime.programs.external import ensure
from harness.telemetry.journal import Journal
from harness.telemetry.log_records import LogRecord
from harness.workspace.workspace import Workspace
from tests.unit.telemetry.spans import START_NS, request, span, trace_id

BEGIN = datetime(2026, 3, 1, 3, tzinfo=UTC)
LENGTH_S = 120
TRACE = trace_id(51)
"""Of a request in second 50."""
SECRET_TOKEN = "operations-token-that-nobody-may-find"


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


class Watch:
    """The record's clock, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.clock = Clock(
            wall=lambda: at(self.seconds), monotonic_ms=lambda: int(self.seconds * 1000)
        )


def kept_drill(home: Path, drill_id: str = "d-kept", *, is_kept: bool = True) -> Path:
    """Its folder under `home`."""
    run_dir = home / "runs" / drill_id
    run_dir.mkdir(parents=True)
    catalog = Catalog(REPO)
    scenario, faults = catalog.scenario("bad-timeouts"), (catalog.fault("bad-timeouts"),)
    topology = catalog.topology()
    release = faults[0].release
    assert release is not None
    workspace = Workspace.build(run_dir, REPO, topology, [release], [], seed=1, now=BEGIN)
    spec = DrillSpec(
        drill_id=drill_id,
        run_dir=run_dir,
        seed=1,
        scenario=scenario,
        faults=faults,
        topology=topology,
        agenda=load_agenda("solo"),
        pace=Pace(0, 0, 0),
        places=Places("", "", "", "", "", {}),
        seal=sealed(scenario, 1, faults),
        operations_token=SECRET_TOKEN,
        channel_url="https://hooks.example/secret-channel",
        is_kept=is_kept,
    )
    _write_record(run_dir, spec, workspace)
    if is_kept:
        _write_journal(spec.kept_dir / JOURNAL_DIR)
        _write_metrics(run_dir)
        session: Any = SimpleNamespace(
            spec=spec,
            services=SimpleNamespace(workspace=workspace, runtime=SimpleNamespace(mode="honour")),
        )
        problems: list[str] = []
        assert asyncio.run(keep(session, home, problems.append)), problems
    return run_dir


def _write_record(run_dir: Path, spec: DrillSpec, workspace: Workspace) -> None:
    watch = Watch()
    release = spec.faults[0].release
    assert release is not None
    assert spec.seal is not None
    built = workspace.release(release.service, release.version_to)
    told: list[tuple[float, events.Event]] = [
        (0, events.DrillCreated("bad-timeouts", 1, "local", "honour", "solo", {})),
        (0, events.AnswerSealed(spec.seal.commitment)),
        (1, events.DrillStarting()),
        (10, events.BaselineConfirmed({})),
        (
            30,
            events.DeploySucceeded(
                deploy_id="dep-1",
                service=release.service,
                version_from=release.version_from,
                version_to=release.version_to,
                commit=built.commit[:12],
                kind="release",
                by="a colleague",
                summary="faster",
            ),
        ),
        (30, events.DrillTriggered(release.service, release.version_to)),
        (40, events.AlertFired("f1", "PaymentsFailing", "critical", "66% fail", "payments")),
        (41, events.PageSent("p1", "PaymentsFailing", "critical", "66% fail")),
        (60, events.NoteAdded("it is the provider", "Ada")),
        (100, events.SealOpened(spec.seal.salt, spec.seal.answer)),
        (LENGTH_S, events.DrillFinished("finished by Ada")),
    ]
    with Record(run_dir / "record.db", spec.drill_id, clock=watch.clock) as record:
        for seconds, event in told:
            watch.seconds = seconds
            record.append(event, actor="harness")


def _write_journal(folder: Path) -> None:
    now = 0.0
    journal = Journal(folder, now_ms=lambda: int(at(now).timestamp() * 1000))
    for second in range(0, LENGTH_S, 10):
        now = float(second)
        at_ms = int(at(second).timestamp() * 1000)
        trace = trace_id(second + 1)
        begun = span(second + 1, 1, start_ms=at_ms - START_NS // 10**6, duration_ms=500)
        journal.spans(request(begun, service="payments"), is_json=False)
        content = f'{{"event":"second {second}"}}'
        journal.log(LogRecord(second + 1, at_ms, "payments", "INFO", trace, content, is_json=True))
    journal.close()


def _write_metrics(run_dir: Path) -> None:
    lines = ["# TYPE orders counter"]
    lines += [
        f'orders_total{{service="payments"}} {second} {int(at(second).timestamp())}'
        for second in range(LENGTH_S + 60)
    ]
    source = run_dir / "metrics.txt"
    source.write_text("\n".join([*lines, "# EOF", ""]))
    data = run_dir / "prometheus" / "data"
    data.mkdir(parents=True)
    subprocess.run(
        [ensure("promtool"), "tsdb", "create-blocks-from", "openmetrics", source, data],
        check=True,
        capture_output=True,
    )
