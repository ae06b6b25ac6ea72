"""The events of a drill as a whole: its start and end, its sealed answer, whether it counts."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events.event import Description, Event


@dataclass(frozen=True)
class DrillCreated(Event, type="drill.created", audience="instructor"):
    """The intent, written before anything is started."""

    scenario: str
    seed: int
    runtime: str
    mode: str
    agenda: str
    versions: dict[str, str]
    """The version of each service that the drill begins with."""

    def describe(self) -> Description:
        return Description(
            "drill", f"{self.scenario}, seed {self.seed}, {self.runtime}", tone="quiet"
        )


@dataclass(frozen=True)
class DrillStarting(Event, type="drill.starting"):
    """The stack is coming up."""

    def describe(self) -> Description:
        return Description("drill", "the stack is coming up", tone="quiet")


@dataclass(frozen=True)
class StackReady(Event, type="stack.ready"):
    component: str
    took_ms: int


@dataclass(frozen=True)
class BaselineConfirmed(Event, type="baseline.confirmed"):
    """The healthy shop was measured and nothing paged."""

    measures: dict[str, float]

    def describe(self) -> Description:
        return Description("baseline", "the healthy shop was measured", tone="quiet")


@dataclass(frozen=True)
class BaselineRetaken(Event, type="baseline.retaken", audience="instructor"):
    """The shop was not well when something was about to happen; then it was again, and measured."""

    because: str
    measures: dict[str, float]

    def describe(self) -> Description:
        return Description("baseline", f"taken again: {self.because}", tone="warn")


@dataclass(frozen=True)
class AnswerSealed(Event, type="answer.sealed"):
    """`commitment` is the SHA-256 of salt and answer, in hex: proof that neither was changed."""

    commitment: str

    def describe(self) -> Description:
        return Description("seal", f"the answer is sealed as {self.commitment}", tone="quiet")


@dataclass(frozen=True)
class SealOpened(Event, type="answer.unsealed"):
    """What the commitment was made of; `answer` is JSON text."""

    salt: str
    answer: str

    def describe(self) -> Description:
        return Description("seal", "the answer's seal was opened", tone="quiet")


@dataclass(frozen=True)
class ProcessExited(Event, type="process.exited"):
    name: str
    exit_code: int | None

    def describe(self) -> Description:
        code = "unknown" if self.exit_code is None else self.exit_code
        return Description("process", f"{self.name} exited with code {code}", tone="quiet")


@dataclass(frozen=True)
class HarnessProblem(Event, type="harness.problem"):
    """Our own machinery failed: never to be confused with the incident."""

    what: str

    def describe(self) -> Description:
        return Description("drill problem", self.what, tone="bad")


@dataclass(frozen=True)
class MachineBusy(Event, type="machine.busy"):
    """Others began to take so much of the processor that the shop's signals are no longer fair."""

    why: str
    """How much, and who, in words."""

    def describe(self) -> Description:
        return Description("machine", f"busy: {self.why}", tone="warn")


@dataclass(frozen=True)
class MachineFree(Event, type="machine.free"):
    """The processor is the drill's own again."""

    busy_ms: int
    """How long it was not."""

    def describe(self) -> Description:
        return Description("machine", f"free again after {self.busy_ms / 1000:.0f} s", tone="good")


@dataclass(frozen=True)
class AccessRefused(Event, type="access.refused", audience="instructor"):
    """Somebody asked the drill's API for what their token does not permit."""

    what: str
    count: int = 1
    """How many requests like it this stands for: only the first ones are written down singly."""

    def describe(self) -> Description:
        more = f" ({self.count} like it)" if self.count > 1 else ""
        return Description("refused", f"{self.what}{more}", tone="quiet")


@dataclass(frozen=True)
class FiguresExcluded(Event, type="figures.excluded"):
    """This drill does not count in the figures of the team."""

    reason: str
    by: str

    def describe(self) -> Description:
        return Description("excluded", self.reason, tone="quiet", by=self.by)


@dataclass(frozen=True)
class DrillFinished(Event, type="drill.finished"):
    reason: str

    def describe(self) -> Description:
        return Description("finished", self.reason, tone="quiet")


@dataclass(frozen=True)
class DrillAborted(Event, type="drill.aborted"):
    reason: str

    def describe(self) -> Description:
        return Description("aborted", self.reason, tone="warn")
