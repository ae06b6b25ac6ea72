"""What was measured of the shop: the damage so far, and tests of whether it is healthy."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events.event import Description, Event


@dataclass(frozen=True)
class VerifyStarted(Event, type="verify.started"):
    by: str

    def describe(self) -> Description:
        return Description(
            "verification", "the shop is tested under stress", tone="quiet", by=self.by
        )


@dataclass(frozen=True)
class VerifyResult:
    """One measure of a verification run, beside what it was; None where there was no data."""

    measure: str
    value: float | None
    at_page: float | None
    healthy: float | None
    bound: str
    """The objective in words, such as "at most 0.02"."""
    holds: bool


@dataclass(frozen=True)
class VerifyFinished(Event, type="verify.finished"):
    passed: bool
    results: tuple[VerifyResult, ...]
    settling: tuple[str, ...] = ()
    """What the shop was still busy with from before the last change when it was tested."""

    def describe(self) -> Description:
        if self.passed:
            return Description("verified", "all objectives hold", tone="good")
        failing = [one for one in self.results if not one.holds]
        missed = ", ".join(one.measure for one in failing if one.value is not None)
        silent = ", ".join(one.measure for one in failing if one.value is None)
        said = [f"not recovered yet: {missed}"] if missed else []
        said += [f"no data: {silent}"] if silent else []
        return Description("not verified", "; ".join(said) or "not recovered yet", tone="warn")


@dataclass(frozen=True)
class ImpactSampled(Event, type="impact.sampled"):
    """Totals since the healthy baseline, and the share of successful journeys just now (0 to 1)."""

    users_affected: int
    revenue_lost: float
    success_ratio: float


@dataclass(frozen=True)
class EngagementSampled(Event, type="engagement.sampled"):
    """What visitors have done since the load began, by what their home feed showed them."""

    views: dict[str, int]
    """Content (`personalised`, `cached`, `default`, `failing`) → home feeds of that kind."""
    continued: dict[str, int]
    """Visitors who went on from there; the others left."""
    returning: dict[str, int]
    """Of those who left, who come back another day."""
