"""What a drill has come to, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harness.record.events import (
    AlertFired,
    DiagnosisDeclared,
    DrillCreated,
    DrillTriggered,
    ImpactSampled,
    NoteAdded,
    VerifyFinished,
)


class Phase(StrEnum):
    """How far a drill is. Over the events that all may see, `triggered` never shows."""

    STARTING = "starting"
    HEALTHY = "healthy"
    TRIGGERED = "triggered"
    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"
    DIAGNOSED = "diagnosed"
    MITIGATING = "mitigating"
    VERIFIED = "verified"
    FINISHED = "finished"
    ABORTED = "aborted"


@dataclass(frozen=True)
class Page:
    """A page, and who took it."""

    page_id: str
    alert: str
    severity: str
    summary: str
    sent_ms: int
    acknowledged_by: str | None = None


@dataclass(frozen=True)
class DrillState:
    """Everything that is known of a drill; times are drill time in milliseconds."""

    drill_id: str = ""
    seq: int = 0
    created: DrillCreated | None = None
    triggered: DrillTriggered | None = None
    baseline: Mapping[str, float] = field(default_factory=dict)
    components_ready: Mapping[str, int] = field(default_factory=dict)
    """Component → milliseconds that it took."""
    alerts: Mapping[str, AlertFired] = field(default_factory=dict)
    """Fingerprint → alert that fires now."""
    pages: tuple[Page, ...] = ()
    flags: Mapping[str, bool] = field(default_factory=dict)
    """Feature flags that somebody has switched → whether they are on."""
    notes: tuple[NoteAdded, ...] = ()
    diagnoses: tuple[DiagnosisDeclared, ...] = ()
    verification: VerifyFinished | None = None
    """The newest one."""
    is_reopened: bool = False
    """Whether somebody was paged after the newest verification passed: it proves nothing then."""
    is_verifying: bool = False
    impact: ImpactSampled | None = None
    problems: tuple[str, ...] = ()
    end_reason: str | None = None
    was_aborted: bool = False
    times_ms: Mapping[str, int] = field(default_factory=dict)
    """When each phase was first reached, and `mitigated`: when the newest containing act (a deploy,
    a flag) succeeded that came before the first verification that passed."""

    @property
    def phase(self) -> Phase:
        """The furthest phase that the facts support."""
        if self.end_reason is not None:
            return Phase.ABORTED if self.was_aborted else Phase.FINISHED
        reached = (
            (Phase.VERIFIED, self.is_proven),
            (Phase.MITIGATING, "mitigating" in self.times_ms),
            (Phase.DIAGNOSED, bool(self.diagnoses)),
            (Phase.ACKNOWLEDGED, any(page.acknowledged_by for page in self.pages)),
            (Phase.PAGED, bool(self.pages)),
            (Phase.TRIGGERED, self.triggered is not None),
            (Phase.HEALTHY, "healthy" in self.times_ms),
        )
        return next((phase for phase, is_reached in reached if is_reached), Phase.STARTING)

    @property
    def is_proven(self) -> bool:
        """Whether the newest verification passed, and nobody has been paged since."""
        return self.verification is not None and self.verification.passed and not self.is_reopened

    @property
    def diagnosis(self) -> DiagnosisDeclared | None:
        """The newest declared diagnosis."""
        return self.diagnoses[-1] if self.diagnoses else None
