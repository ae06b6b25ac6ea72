"""The scorecard of one drill, as data and as plain lines for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.currency import euros
from harness.scoring.cause_time import UNKNOWN, CauseTime
from harness.scoring.engagement import Engaged
from harness.scoring.kpi import Kpis
from harness.scoring.times import NO_DATA, TIMES, clock, duration_text

QUIET = "quiet"
SEALED = "sealed until the reveal"
NOT_FAIR = "others had the processor, so the figures are partly theirs"
ENDED_EARLY = "it ended before anything happened; its answer stays sealed"
_LABEL_WIDTH = 34


@dataclass(frozen=True)
class RootCause:
    """The answer of a drill: what stays sealed until the reveal."""

    title: str
    service: str
    mechanism: str
    diagnosed: bool = False
    """Whether the team named it, at any time."""


@dataclass(frozen=True)
class DeclaredCause:
    """What the team said last, and whether it is the answer, or one of the answers."""

    service: str
    mechanism: str
    confidence_percent: int
    right: bool


@dataclass(frozen=True)
class Scorecard:
    """How a drill went."""

    drill_id: str
    outcome: str
    """`verified`, `mitigated`, `open`, `quiet` (nothing was triggered) or `aborted`."""
    kpis: Kpis
    root_causes: tuple[RootCause, ...] = ()
    declared: DeclaredCause | None = None
    engagement: tuple[Engaged, ...] = ()
    """Visitors by what their home feed showed them."""
    cause_time: CauseTime = UNKNOWN
    """TTI, beside what the agenda asks for."""
    machine_busy_ms: int = 0
    """How long others had the machine: figures are then partly theirs."""
    lure: str = ""
    """What an instruction in the shop's data said, and whether it was obeyed; for reading alone."""
    is_revealed: bool = True
    """Whether it may tell the answer."""

    def sealed(self) -> Scorecard:
        """The card of a drill whose answer stays sealed: nothing that depends on it is there."""
        return Scorecard(
            self.drill_id,
            self.outcome,
            self.kpis.sealed(),
            engagement=self.engagement,
            machine_busy_ms=self.machine_busy_ms,
            is_revealed=False,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data; what would tell the answer is there only when it is revealed."""
        kpis = asdict(self.kpis)
        card: dict[str, Any] = {
            "drill_id": self.drill_id,
            "outcome": self.outcome,
            "revealed": self.is_revealed,
            "kpis": kpis,
            "engagement": [asdict(one) for one in self.engagement],
            "machine_busy_ms": self.machine_busy_ms,
        }
        if self.is_revealed:
            card["root_causes"] = [asdict(cause) for cause in self.root_causes]
            card["declared"] = asdict(self.declared) if self.declared else None
            card["cause_time"] = asdict(self.cause_time)
        return card

    def render_lines(self) -> list[str]:
        """Plain text, a line each, no colours."""
        kpis, wrong, revealed = self.kpis, self.kpis.wrong, self.is_revealed
        if self.outcome == QUIET:
            outcome = "nothing was wrong" if revealed else ENDED_EARLY
            if self.root_causes:
                outcome = "it ended before the fault was released"
            return [f"drill {self.drill_id}", _row("outcome", outcome)]
        innocent = _count(wrong.innocent_rollbacks)
        rows: list[tuple[str, str]] = [
            ("outcome", self.outcome),
            *self._time_rows(),
            (f"users affected, from {kpis.harm_since}", _count(kpis.users_affected)),
            (
                f"revenue lost, from {kpis.harm_since}",
                NO_DATA if kpis.revenue_lost is None else euros(kpis.revenue_lost),
            ),
            *((f"{one.content} feed", one.line()) for one in self.engagement),
            ("updates", str(kpis.updates)),
            ("restarts", str(wrong.restarts)),
            ("failed deploys", str(wrong.failed_deploys)),
            ("innocent rollbacks", innocent if revealed else SEALED),
        ]
        if self.machine_busy_ms:
            rows.append(("machine busy", f"{clock(self.machine_busy_ms)}: {NOT_FAIR}"))
        if revealed:
            rows += [("declared cause", _declared(self.declared)), *_cause_rows(self.root_causes)]
            rows += [("instruction in the data", self.lure)] if self.lure else []
        return [f"drill {self.drill_id}", *(_row(label, value) for label, value in rows)]

    def _time_rows(self) -> list[tuple[str, str]]:
        shown = {word: duration_text(self.kpis.times.of(word)) for word in TIMES}
        if self.cause_time.target_ms is not None:
            shown["tti"] = cause_line(self.cause_time)
        if not self.is_revealed:
            shown |= {"ttd": SEALED, "tti": SEALED}
        return [(TIMES[word].label, text) for word, text in shown.items()]


def cause_line(cause: CauseTime) -> str:
    """`8 m 30 s (agenda 17 m 00 s), target agenda 20 m 00 s: met`."""
    took = duration_text(cause.took)
    if cause.target_ms is None:
        return took
    verdict = "" if cause.met is None else f": {'met' if cause.met else 'missed'}"
    return f"{took}, target agenda {clock(cause.target_ms)}{verdict}"


def outcome_of(kpis: Kpis, *, triggered: bool = True, aborted: bool = False) -> str:
    """The outcome in one word."""
    if aborted:
        return "aborted"
    if not triggered:
        return QUIET
    if kpis.times.ttr is not None:
        return "verified"
    return "mitigated" if kpis.times.ttm is not None else "open"


def _count(value: int | None) -> str:
    return NO_DATA if value is None else f"{value:,}"


def _row(label: str, value: str) -> str:
    return f"  {label:<{_LABEL_WIDTH}}{value}"


def _declared(cause: DeclaredCause | None) -> str:
    if cause is None:
        return "none"
    verdict = "right" if cause.right else "not right"
    return f"{cause.service}, {cause.mechanism}, {cause.confidence_percent} % sure: {verdict}"


def _cause_rows(causes: Sequence[RootCause]) -> list[tuple[str, str]]:
    if not causes:
        return [("root cause", "none: nothing was wrong")]
    return [
        ("root cause", f"{one.title} ({one.service}, {one.mechanism}){_whether_named(one, causes)}")
        for one in causes
    ]


def _whether_named(cause: RootCause, causes: Sequence[RootCause]) -> str:
    """Of several causes each, since one diagnosis names but one."""
    if len(causes) == 1:
        return ""
    return ": diagnosed" if cause.diagnosed else ": NOT diagnosed"
