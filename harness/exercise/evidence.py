"""Evidence: free text, and the links into telemetry and history that stand in it.

`promql:EXPRESSION @FROM..TO`   times as screens show them (07:34, 07:34:05; UTC), as RFC 3339, or
                                in seconds since 1970
`trace:<32 hex digits>`
`log:<number of the line>`
`commit:<7 to 40 hex digits>`
`alert:<name>`
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from harness.errors import UsageError

EvidenceKind = Literal["promql", "trace", "log", "commit", "alert"]
EVIDENCE_MAX = 20
LENGTH_MAX = 2000
FORMS = "'promql:QUERY @07:34..07:37' (UTC), 'trace:ID', 'log:NUMBER', 'commit:HASH', 'alert:NAME'"
EXPECTED = f"links are {FORMS}"

_QUERY = re.compile(r"^(?P<query>.*\S)\s+@(?P<begin>\S+?)\.\.(?P<end>\S+)$", re.DOTALL)
_TARGETS: dict[str, re.Pattern[str]] = {
    "trace": re.compile(r"^[0-9a-f]{32}$"),
    "log": re.compile(r"^[1-9][0-9]{0,17}$"),
    "commit": re.compile(r"^[0-9a-f]{7,40}$"),
    "alert": re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$"),
}
_IN_TEXT = re.compile(
    r"(?<![\w:])(?:promql:(?:(?!promql:).)*?\S\s+@\S+?\.\.[^\s,;)\]]*[^\s,;)\].]|promql:\S+"
    r"|(?:trace|log|commit|alert):\w+)",
    re.DOTALL,
)
_TIME_OF_DAY = re.compile(r"^(?P<hour>[0-9]{1,2}):(?P<rest>[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)Z?$")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Evidence:
    """One link, taken apart. `begin` and `end` (UTC) belong to a query only."""

    kind: EvidenceKind
    target: str
    begin: datetime | None = None
    end: datetime | None = None

    def __str__(self) -> str:
        """The link in full: what it says does not depend on when it is read."""
        if self.begin is None or self.end is None:
            return f"{self.kind}:{self.target}"
        return f"{self.kind}:{self.target} @{_written(self.begin)}..{_written(self.end)}"


def parse_evidence(link: str, *, now: datetime | None = None) -> Evidence:
    """The parts of one link; a time of day is the one nearest to `now` (default: this moment).

    Raises UsageError that says which forms there are.
    """
    text = link.strip()
    kind, colon, target = text.partition(":")
    if len(text) > LENGTH_MAX:
        raise UsageError(f"a link of more than {LENGTH_MAX} characters is no evidence", EXPECTED)
    if kind == "promql" and colon:
        return _query(target, now or datetime.now(UTC))
    pattern = _TARGETS.get(kind)
    if not colon or pattern is None:
        raise UsageError(f"'{_short(text)}' is not a link to evidence", EXPECTED)
    if not pattern.match(target):
        raise UsageError(f"'{_short(target)}' is not what a {kind} link points to", EXPECTED)
    return Evidence(kind, target)  # type: ignore[arg-type]


def links_in(text: str) -> tuple[str, ...]:
    """What looks like a link, as it stands in the text, each once."""
    return tuple(dict.fromkeys(found[0].strip() for found in _IN_TEXT.finditer(text)))


def in_full(text: str, *, now: datetime | None = None) -> str:
    """The text, with a date in each query that gave times of day: it is read later, too."""

    def full(found: re.Match[str]) -> str:
        try:
            return str(parse_evidence(found[0], now=now))
        except UsageError:
            return found[0]

    return _IN_TEXT.sub(full, text)


def evidence_texts(given: Iterable[str], *, now: datetime | None = None) -> tuple[str, ...]:
    """What supports a claim: any words, trimmed, without repetitions, links in full.

    Raises UsageError only for more or longer ones than a record takes.
    """
    kept = [text for one in given if (text := one.strip())]
    if any(len(one) > LENGTH_MAX for one in kept):
        raise UsageError(f"a piece of evidence has at most {LENGTH_MAX} characters")
    pieces = tuple(dict.fromkeys(in_full(one, now=now) for one in kept))
    if len(pieces) > EVIDENCE_MAX:
        raise UsageError(f"evidence is at most {EVIDENCE_MAX} pieces, not {len(pieces)}")
    return pieces


def _query(text: str, now: datetime) -> Evidence:
    found = _QUERY.match(text.strip())
    if found is None:
        raise UsageError("a query needs its time range: 'promql:QUERY @FROM..TO'", EXPECTED)
    begin, end = _moment(found["begin"], now), _moment(found["end"], now)
    if end <= begin:
        raise UsageError("the time range of a query ends after it begins", EXPECTED)
    return Evidence("promql", found["query"], begin, end)


def _moment(text: str, now: datetime) -> datetime:
    try:
        if found := _TIME_OF_DAY.match(text):
            return _nearest(time.fromisoformat(f"{found['hour']:0>2}:{found['rest']}"), now)
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"'{_short(text)}' is not a time",
            "write 07:34, 07:34:05, 2026-03-01T03:00:00Z, or seconds since 1970",
        ) from error


def _nearest(of_day: time, now: datetime) -> datetime:
    """The moment with that time of day (UTC) nearest to `now`: a drill may pass midnight."""
    today = datetime.combine(now.astimezone(UTC).date(), of_day, UTC)
    return min((today - _DAY, today, today + _DAY), key=lambda one: abs(one - now))


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
