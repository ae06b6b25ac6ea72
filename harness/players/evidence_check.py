"""Looking for a declared piece of evidence in what participants can see.

| kind | `find` |
| --- | --- |
| metric | a PromQL expression that gives at least one value above 0 |
| log | `service: regular expression`, in a recent line |
| trace | `path a > b > c > a`: a trace whose calls pass these services in order; or
          `repeat 50 regex`: a span with at least 50 children whose operation matches |
| commit | a regular expression that an added line of the release's diff matches |
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.drill.session import Session
from harness.errors import BadFile
from harness.model import EvidenceClue, Fault

TRACES_LOOKED_AT = 200
LOG_LINES_LOOKED_AT = 1000


async def find_evidence(session: Session, fault: Fault, clue: EvidenceClue) -> bool:
    """True where the clue can be found now. Raises BadFile for a clue that cannot be read."""
    if clue.kind == "metric":
        return any(sample.value > 0 for sample in await session.prometheus.query(clue.find))
    if clue.kind == "log":
        return await _in_logs(session, clue.find)
    if clue.kind == "trace":
        return await _in_traces(session, fault, clue)
    if clue.kind == "commit":
        return await _in_diff(session, fault, clue.find)
    raise BadFile(fault.folder / "fault.toml", None, f"evidence of unknown kind '{clue.kind}'")


async def _in_logs(session: Session, find: str) -> bool:
    service, _, pattern = find.partition(":")
    lines = await session.recorder.logs(service=service.strip(), limit=LOG_LINES_LOOKED_AT)
    wanted = re.compile(pattern.strip())
    return any(wanted.search(str(line.get("event", ""))) for line in lines)


async def _in_diff(session: Session, fault: Fault, pattern: str) -> bool:
    release = fault.release
    if release is None:
        raise BadFile(fault.folder / "fault.toml", None, "a commit is evidence only of a release")
    text = await asyncio.to_thread(
        session.workspace.diff, release.service, release.version_from, release.version_to
    )
    added = (line for line in text.splitlines() if line.startswith("+"))
    return any(re.search(pattern, line) for line in added)


async def _in_traces(session: Session, fault: Fault, clue: EvidenceClue) -> bool:
    kind, _, wanted = clue.find.partition(" ")
    service = wanted.split(">")[0].strip() if kind == "path" else fault.service
    traces = await session.recorder.traces(service=service, limit=TRACES_LOOKED_AT)
    if kind == "path":
        path = [name.strip() for name in wanted.split(">")]
        return any(_passes(trace, path) for trace in traces)
    count, _, pattern = wanted.partition(" ")
    return any(_repeats(trace, int(count), re.compile(pattern)) for trace in traces)


def _passes(trace: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Does some chain of calls in this Jaeger trace pass the services of `path` in order?"""
    service_of = {
        span["spanID"]: trace["processes"][span["processID"]]["serviceName"]
        for span in trace["spans"]
    }
    parent_of = {span["spanID"]: _parent(span) for span in trace["spans"]}
    return any(_chain(span, service_of, parent_of, len(path)) == list(path) for span in service_of)


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
