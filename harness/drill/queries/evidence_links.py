"""Do links to evidence lead somewhere? Asked of the shop's own telemetry and history.

What a team writes is taken whatever it holds; this says which links in it can be followed. Where
the system cannot tell (a log line too far back to be looked up, telemetry that does not answer), a
link is believed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from harness.drill.session import Session
from harness.errors import DrillError, UsageError
from harness.exercise.evidence import Evidence, evidence_texts, links_in, parse_evidence
from harness.record.events import AlertFired
from harness.workspace.git import GitFailed

RANGE_POINTS = 100
LOG_LINES_LOOKED_AT = 2000


@dataclass(frozen=True)
class FollowedEvidence:
    """What was given: the texts to be recorded, the links in them that lead somewhere, and for
    each other one why it does not."""

    texts: tuple[str, ...]
    links: tuple[str, ...]
    problems: tuple[str, ...]


async def follow_links(session: Session, given: Iterable[str]) -> FollowedEvidence:
    """Look up every link in the texts. Raises UsageError for too many or too long texts only."""
    now = newest_moment(session)
    texts = evidence_texts(given, now=now)
    links: list[str] = []
    problems: list[str] = []
    for link in dict.fromkeys(link for text in texts for link in links_in(text)):
        if problem := await _problem(session, link, now):
            problems.append(f"'{_short(link)}' {problem}")
        else:
            links.append(link)
    return FollowedEvidence(texts, tuple(links), tuple(problems))


def newest_moment(session: Session) -> datetime:
    """When the record was last written to; times of day are those around it."""
    return session.story().entries[-1].wall_time if session.story().entries else datetime.now(UTC)


async def _problem(session: Session, link: str, now: datetime) -> str:
    """Why a link leads nowhere; empty where it does not."""
    try:
        one = parse_evidence(link, now=now)
        began = session.story().entries[:1]
        if one.end is not None and began and one.end < began[0].wall_time:
            return f"looks at a time before the drill, which began at {began[0].wall_time:%H:%M:%S}"
        return await _CHECKS[one.kind](session, one)
    except UsageError as error:
        return f"cannot be followed: {error.message}"
    except DrillError:
        return ""


async def _query(session: Session, one: Evidence) -> str:
    assert one.begin is not None and one.end is not None  # noqa: S101,PT018  a query has both
    step_s = max(1.0, (one.end - one.begin).total_seconds() / RANGE_POINTS)
    series = await session.services.prometheus.query_range(one.target, one.begin, one.end, step_s)
    return "" if series else "leads nowhere: the query has no data in that time"


async def _trace(session: Session, one: Evidence) -> str:
    found = await session.services.recorder.trace(one.target)
    return "" if found else "leads nowhere: no such trace is kept"


async def _log(session: Session, one: Evidence) -> str:
    number = int(one.target)
    lines = await session.services.recorder.logs(after=str(number - 1), limit=LOG_LINES_LOOKED_AT)
    if any(line.get("seq") == number for line in lines):
        return ""
    is_out_of_reach = len(lines) >= LOG_LINES_LOOKED_AT
    return "" if is_out_of_reach else "leads nowhere: there is no log line with that number"


async def _commit(session: Session, one: Evidence) -> str:
    if any(_alike(entry.commit, one.target) for entry in session.deploys().entries):
        return ""
    revision = f"{one.target}^{{commit}}"
    try:
        await asyncio.to_thread(
            session.services.workspace.git.text, "rev-parse", "--verify", "--quiet", revision
        )
    except GitFailed:
        return "leads nowhere: the shop's history has no such commit"
    return ""


async def _alert(session: Session, one: Evidence) -> str:
    fired = {alert.event.name for alert in session.story().of(AlertFired)}
    return "" if one.target in fired else "leads nowhere: no such alert has fired"


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
