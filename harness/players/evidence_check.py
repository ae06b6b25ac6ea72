"""Looking for a declared piece of evidence in what participants can see.

`harness.catalog.clues` says how its text is read.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from harness.catalog.clues import (
    LogClue,
    PathClue,
    RepeatClue,
    expression,
    log_clue,
    matches_added_line,
    trace_clue,
)
from harness.drill.session import Session
from harness.model import ClueKind, EvidenceClue, Fault

TRACES_LOOKED_AT = 200
LOG_LINES_LOOKED_AT = 1000
US_PER_MS = 1000


async def find_evidence(session: Session, fault: Fault, clue: EvidenceClue) -> bool:
    """True where the clue can be found now. Raises ValueError for one that the catalog refuses."""
    match clue.kind:
        case ClueKind.METRIC:
            return any(
                sample.value > 0 for sample in await session.services.prometheus.query(clue.find)
            )
        case ClueKind.LOG:
            return await _in_logs(session, clue.find)
        case ClueKind.TRACE:
            return await _in_traces(session, fault, clue.find)
        case ClueKind.COMMIT:
            return await _in_diff(session, fault, clue.find)


async def idle_evidence(session: Session, fault: Fault) -> list[str]:
    """What a shop shows before the trouble as well, and is therefore evidence of nothing.

    Where the bad release runs in it already, a clue may show what that does on every day, as its
    commit does; what shows none of the harm is too little.
    """
    clues = [clue for clue in fault.evidence if clue.kind is not ClueKind.COMMIT]
    found = [clue for clue in clues if await find_evidence(session, fault, clue)]
    if fault.is_latent:
        return ["no clue waits for what sets it off"] if found == clues else []
    return [f"found in the healthy shop, too: {clue.kind} {clue.find}" for clue in found]


async def _in_logs(session: Session, find: str) -> bool:
    clue = log_clue(find)
    lines = await session.services.recorder.logs(service=clue.service, limit=LOG_LINES_LOOKED_AT)
    return any(is_a_line_of(line, clue) for line in lines)


def is_a_line_of(line: Mapping[str, Any], clue: LogClue) -> bool:
    """Whether a line, of the clue's service, says what the clue asks for."""
    return clue.pattern.search(str(line.get("event", ""))) is not None and all(
        str(line.get(name)) == value for name, value in clue.fields.items()
    )


async def _in_diff(session: Session, fault: Fault, find: str) -> bool:
    release = fault.release
    if release is None:
        raise ValueError("a commit is evidence only of a release")
    text = await asyncio.to_thread(
        session.services.workspace.diff, release.service, release.version_from, release.version_to
    )
    return matches_added_line(expression(find), text.splitlines())


async def _in_traces(session: Session, fault: Fault, find: str) -> bool:
    clue = trace_clue(find)
    service = clue.services[0] if isinstance(clue, PathClue) else fault.service
    traces = await session.services.recorder.traces(service=service, limit=TRACES_LOOKED_AT)
    return any(is_as_shown(trace, clue) for trace in traces)


def is_as_shown(trace: Mapping[str, Any], clue: PathClue | RepeatClue) -> bool:
    """Whether a Jaeger trace has the shape that a clue asks for."""
    if isinstance(clue, PathClue):
        return _passes(trace, clue)
    return _repeats(trace, clue.count, clue.pattern)


def _passes(trace: Mapping[str, Any], clue: PathClue) -> bool:
    """Does some chain of calls in this Jaeger trace pass the services of `clue` in order, down to a
    span as it is asked for?"""
    service_of = {
        span["spanID"]: trace["processes"][span["processID"]]["serviceName"]
        for span in trace["spans"]
    }
    parent_of = {span["spanID"]: _parent(span) for span in trace["spans"]}
    path = list(clue.services)
    return any(
        _is_asked_for(span, clue)
        and _chain(span["spanID"], service_of, parent_of, len(path)) == path
        for span in trace["spans"]
    )


def _is_asked_for(span: Mapping[str, Any], clue: PathClue) -> bool:
    if span.get("duration", 0) < clue.over_ms * US_PER_MS:
        return False
    return not clue.has_failed or any(
        tag["key"] == "error" and tag["value"] is True for tag in span.get("tags", ())
    )


def _chain(
    span: str, service_of: Mapping[str, str], parent_of: Mapping[str, str | None], length: int
) -> list[str]:
    """The last `length` services on the way down to `span`, repetitions in a row as one."""
    chain: list[str] = []
    at: str | None = span
    while at is not None and at in service_of:
        if not chain or chain[-1] != service_of[at]:
            chain.append(service_of[at])
        at = parent_of[at]
    return chain[:length][::-1]


def _repeats(trace: Mapping[str, Any], count: int, pattern: re.Pattern[str]) -> bool:
    children = Counter(
        _parent(span) for span in trace["spans"] if pattern.search(span["operationName"])
    )
    return any(n >= count for parent, n in children.items() if parent is not None)


def _parent(span: Mapping[str, Any]) -> str | None:
    for reference in span.get("references", ()):
        if reference.get("refType") == "CHILD_OF":
            return str(reference["spanID"])
    return None
