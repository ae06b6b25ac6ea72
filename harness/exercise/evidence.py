"""Evidence: links into telemetry and history.

`promql:EXPRESSION @FROM..TO`   times as RFC 3339 or seconds since 1970
`trace:<32 hex digits>`
`log:<number of the line>`
`commit:<7 to 40 hex digits>`
`alert:<name>`
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from harness.errors import UsageError

EvidenceKind = Literal["promql", "trace", "log", "commit", "alert"]
EVIDENCE_MAX = 20
LENGTH_MAX = 2000
EXPECTED = (
    "evidence is 'promql:QUERY @FROM..TO', 'trace:<32 hex>', 'log:<seq>', "
    "'commit:<hash>' or 'alert:<name>'"
)

_QUERY = re.compile(r"^(?P<query>.*\S)\s+@(?P<begin>\S+?)\.\.(?P<end>\S+)$", re.DOTALL)
_TARGETS: dict[str, re.Pattern[str]] = {
    "trace": re.compile(r"^[0-9a-f]{32}$"),
    "log": re.compile(r"^[1-9][0-9]{0,17}$"),
    "commit": re.compile(r"^[0-9a-f]{7,40}$"),
    "alert": re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$"),
}


@dataclass(frozen=True)
class Evidence:
    """One link, taken apart. `begin` and `end` (UTC) belong to a query only."""

    kind: EvidenceKind
    target: str
    begin: datetime | None = None
    end: datetime | None = None


def parse_evidence(link: str) -> Evidence:
    """The parts of one link. Raises UsageError that says which forms there are."""
    text = link.strip()
    kind, colon, target = text.partition(":")
    if len(text) > LENGTH_MAX:
        raise UsageError(f"a link of more than {LENGTH_MAX} characters is no evidence", EXPECTED)
    if kind == "promql" and colon:
        return _query(target)
    pattern = _TARGETS.get(kind)
    if not colon or pattern is None:
        raise UsageError(f"'{_short(text)}' is not a link to evidence", EXPECTED)
    if not pattern.match(target):
        raise UsageError(f"'{_short(target)}' is not what a {kind} link points to", EXPECTED)
    return Evidence(kind, target)  # type: ignore[arg-type]


def check_evidence(links: Iterable[str], *, not_before: datetime | None = None) -> tuple[str, ...]:
    """The links, trimmed, without repetitions.

    Raises UsageError for the first that is none, or whose times end before `not_before`.
    """
    kept = tuple(dict.fromkeys(link.strip() for link in links))
    if len(kept) > EVIDENCE_MAX:
        raise UsageError(f"evidence is at most {EVIDENCE_MAX} links, not {len(kept)}")
    for link in kept:
        found = parse_evidence(link)
        if not_before is not None and found.end is not None and found.end < not_before:
            raise UsageError(
                f"'{_short(link)}' looks at a time before the drill",
                f"it began at {not_before.isoformat(timespec='seconds')}",
            )
    return kept


def _query(text: str) -> Evidence:
    found = _QUERY.match(text.strip())
    if found is None:
        raise UsageError("a query needs its time range: 'promql:QUERY @FROM..TO'", EXPECTED)
    begin, end = _moment(found["begin"]), _moment(found["end"])
    if end <= begin:
        raise UsageError("the time range of a query ends after it begins", EXPECTED)
    return Evidence("promql", found["query"], begin, end)


def _moment(text: str) -> datetime:
    try:
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"'{_short(text)}' is not a time", "write 2026-03-01T03:00:00Z, or seconds since 1970"
        ) from error


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
