"""Does evidence lie on the causal path of a fault? Looked up while its telemetry is there.

The path begins at the service at fault and passes the services that the fault's own clues name. On
it are: a query that asks the service at fault for more than whether it runs, or for a metric of the
clues at a service of the path; a trace as a clue asks for it, or in which a call of the service at
fault failed or was slow; a log line of a clue, or a warning of that service; and the commit of the
release at fault. An alert is where everybody begins: it grounds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.catalog.clues import LogClue, PathClue, log_clue, metrics_in, trace_clue
from harness.drill.session import Session
from harness.errors import DrillError, UsageError
from harness.exercise.evidence import Evidence, parse_evidence
from harness.model import Answer, ClueKind, Fault
from harness.players.evidence_check import is_a_line_of, is_as_shown
from harness.record.events import DeployStarted
from harness.record.story import Story
from harness.scoring.grades import OnPath, cited

SLOW_US = 1_000_000
WARNINGS = frozenset({"warning", "warn", "error", "critical", "exception"})
LOG_LINES_LOOKED_AT = 2000
TELLS_NOTHING = frozenset({"up", "build_info"})
_SERVICE = re.compile(r"service\s*(?:=~|=)\s*[\"'`]([^\"'`]*)[\"'`]")


@dataclass(frozen=True)
class CausalPath:
    """What a fault's own clues say of the way from its cause to what is seen of it."""

    guilty: str
    services: frozenset[str]
    metrics: frozenset[str]


def path_of(fault: Fault) -> CausalPath:
    """The path that the clues of `fault` describe."""
    services, metrics = {fault.service}, set[str]()
    for clue in fault.evidence:
        match clue.kind:
            case ClueKind.METRIC:
                metrics |= metrics_in(clue.find)
                services |= services_in(clue.find)
            case ClueKind.LOG:
                services.add(log_clue(clue.find).service)
            case ClueKind.TRACE:
                shape = trace_clue(clue.find)
                services |= set(shape.services) if isinstance(shape, PathClue) else set()
            case ClueKind.COMMIT:
                pass
    return CausalPath(fault.service, frozenset(services), frozenset(metrics))


def services_in(query: str) -> frozenset[str]:
    """The services that a query selects by name."""
    return frozenset(name for found in _SERVICE.findall(query) for name in found.split("|"))


def query_is_on(path: CausalPath, query: str) -> bool:
    """Whether a query looks at the path."""
    selected, metrics = services_in(query), metrics_in(query)
    if metrics & path.metrics and (not selected or selected & path.services):
        return True
    return path.guilty in selected and bool(metrics - TELLS_NOTHING)


async def grounding(session: Session) -> Mapping[tuple[str, ...], frozenset[str]]:
    """Of each cause (by the services that name it), the links given for it that lie on its path."""
    return {
        tuple(fault.accepts.services): frozenset(
            [
                link
                for link in cited(session.story(), fault.accepts)
                if await _is_on_path(session, fault, link)
            ]
        )
        for fault in session.spec.faults
    }


def looked_up(found: Mapping[tuple[str, ...], frozenset[str]], cause: Answer, link: str) -> bool:
    """Whether a link was found to lie on a cause's path."""
    return link in found.get(tuple(cause.services), ())


def by_record(story: Story, faults: Iterable[Fault]) -> OnPath:
    """What a record alone can tell of links, once telemetry is gone: queries and commits.

    A trace or a log line cannot be looked up any more, and is not counted.
    """
    known = list(faults)

    def is_on(cause: Answer, link: str) -> bool:
        try:
            one = parse_evidence(link)
        except UsageError:
            return False
        own = [fault for fault in known if fault.service in cause.services]
        if one.kind == "promql":
            return any(query_is_on(path_of(fault), one.target) for fault in own)
        return one.kind == "commit" and any(
            _alike(event.commit, one.target) for fault in own for event in _shipped(story, fault)
        )

    return is_on


def _shipped(story: Story, fault: Fault) -> Iterable[DeployStarted]:
    """How the release at fault went out in the drill; one that was out before has no event."""
    for one in story.of(DeployStarted):
        release = fault.release
        if release and (one.event.service, one.event.version_to) == (
            release.service,
            release.version_to,
        ):
            yield one.event


def _alike(commit: str, given: str) -> bool:
    """Whether one of two hashes is the other's beginning."""
    return bool(commit) and (commit.startswith(given) or given.startswith(commit))


async def _is_on_path(session: Session, fault: Fault, link: str) -> bool:
    try:
        one = parse_evidence(link)
        match one.kind:
            case "promql":
                return query_is_on(path_of(fault), one.target)
            case "trace":
                return await _trace_is_on(session, fault, one)
            case "log":
                return await _log_is_on(session, fault, one)
            case "commit":
                return _is_its_release(session, fault, one)
    except (UsageError, DrillError):
        pass
    return False


async def _trace_is_on(session: Session, fault: Fault, one: Evidence) -> bool:
    found = await session.services.recorder.trace(one.target)
    if not found:
        return False
    shapes = [trace_clue(clue.find) for clue in fault.evidence if clue.kind is ClueKind.TRACE]
    return any(is_as_shown(found, shape) for shape in shapes) or failed_or_slow(
        found, fault.service
    )


def failed_or_slow(trace: Mapping[str, Any], service: str) -> bool:
    """Whether a call of `service` failed or was slow in this Jaeger trace."""
    return any(
        trace["processes"][span["processID"]]["serviceName"] == service
        and (
            span.get("duration", 0) >= SLOW_US
            or any(tag["key"] == "error" and tag["value"] is True for tag in span.get("tags", ()))
        )
        for span in trace["spans"]
    )


async def _log_is_on(session: Session, fault: Fault, one: Evidence) -> bool:
    number = int(one.target)
    lines = await session.services.recorder.logs(after=str(number - 1), limit=LOG_LINES_LOOKED_AT)
    line = next((line for line in lines if line.get("seq") == number), None)
    return line is not None and line_is_on(line, fault)


def line_is_on(line: Mapping[str, Any], fault: Fault) -> bool:
    """Whether a log line is one of a clue, or a warning of the service at fault."""
    clues: list[LogClue] = [
        log_clue(clue.find) for clue in fault.evidence if clue.kind is ClueKind.LOG
    ]
    if any(line.get("service") == clue.service and is_a_line_of(line, clue) for clue in clues):
        return True
    level = str(line.get("level", line.get("severity", ""))).casefold()
    return line.get("service") == fault.service and level in WARNINGS


def _is_its_release(session: Session, fault: Fault, one: Evidence) -> bool:
    if fault.release is None:
        return False
    release = fault.release
    commit = session.services.workspace.release(release.service, release.version_to).commit
    return _alike(commit, one.target)
