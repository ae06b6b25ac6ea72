"""Do links to evidence lead somewhere? Asked of the shop's own telemetry and history.

Where the system cannot tell (a log line too far back to be looked up), a link is accepted.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from harness.drill.session import Session
from harness.errors import UsageError
from harness.exercise.evidence import Evidence, check_evidence, parse_evidence
from harness.record.events import AlertFired
from harness.workspace.git import GitFailed

RANGE_POINTS = 100
LOG_LINES_LOOKED_AT = 2000
LINK = re.compile(r"^\s*(promql|trace|log|commit|alert):")


async def resolved(session: Session, links: Iterable[str]) -> tuple[str, ...]:
    """The links, checked and trimmed. Raises UsageError for the first that leads nowhere."""
    began = session.story().entries
    kept = check_evidence(links, not_before=began[0].wall_time if began else None)
    for link in kept:
        if problem := await _problem(session, parse_evidence(link)):
            raise UsageError(f"'{_short(link)}' is not valid evidence: {problem}")
    return kept


async def resolved_or_said(session: Session, items: Iterable[str]) -> tuple[str, ...]:
    """For one person alone: what looks like a link must lead somewhere, the rest are words."""
    given = list(items)
    await resolved(session, [one for one in given if LINK.match(one)])
    return tuple(one.strip() for one in given)


async def _problem(session: Session, one: Evidence) -> str:
    """Why a link leads nowhere; empty where it does not."""
    return await _CHECKS[one.kind](session, one)


async def _query(session: Session, one: Evidence) -> str:
    assert one.begin is not None and one.end is not None  # noqa: S101,PT018  a query has both
    step_s = max(1.0, (one.end - one.begin).total_seconds() / RANGE_POINTS)
    series = await session.services.prometheus.query_range(one.target, one.begin, one.end, step_s)
    return "" if series else "the query has no data in that time"


async def _trace(session: Session, one: Evidence) -> str:
    found = await session.services.recorder.trace(one.target)
    return "" if found else "no such trace is kept"


async def _log(session: Session, one: Evidence) -> str:
    number = int(one.target)
    lines = await session.services.recorder.logs(after=str(number - 1), limit=LOG_LINES_LOOKED_AT)
    if any(line.get("seq") == number for line in lines):
        return ""
    is_out_of_reach = len(lines) >= LOG_LINES_LOOKED_AT
    return "" if is_out_of_reach else "there is no log line with that number"


async def _commit(session: Session, one: Evidence) -> str:
    if any(_alike(entry.commit, one.target) for entry in session.deploys().entries):
        return ""
    revision = f"{one.target}^{{commit}}"
    try:
        await asyncio.to_thread(
            session.services.workspace.git.text, "rev-parse", "--verify", "--quiet", revision
        )
    except GitFailed:
        return "the shop's history has no such commit"
    return ""


async def _alert(session: Session, one: Evidence) -> str:
    fired = {alert.event.name for alert in session.story().of(AlertFired)}
    return "" if one.target in fired else "no such alert has fired"


def _alike(commit: str, given: str) -> bool:
    """Whether one of two hashes is the other's beginning."""
    return bool(commit) and (commit.startswith(given) or given.startswith(commit))


def _short(link: str) -> str:
    return link if len(link) <= 80 else f"{link[:77]}…"


_CHECKS: dict[str, Callable[[Session, Evidence], Coroutine[Any, Any, str]]] = {
    "promql": _query,
    "trace": _trace,
    "log": _log,
    "commit": _commit,
    "alert": _alert,
}
