"""The events of a drill as a whole: its start and end, its sealed answer, whether it counts."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events.event import Event


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


@dataclass(frozen=True)
class DrillStarting(Event, type="drill.starting"):
    """The stack is coming up."""


@dataclass(frozen=True)
class StackReady(Event, type="stack.ready"):
    component: str
    took_ms: int


@dataclass(frozen=True)
class BaselineConfirmed(Event, type="baseline.confirmed"):
    """The healthy shop was measured and nothing paged."""

    measures: dict[str, float]


@dataclass(frozen=True)
class AnswerSealed(Event, type="answer.sealed"):
    """`commitment` is the SHA-256 of salt and answer, in hex: proof that neither was changed."""

    commitment: str


@dataclass(frozen=True)
class SealOpened(Event, type="answer.unsealed"):
    """What the commitment was made of; `answer` is JSON text."""

    salt: str
    answer: str


@dataclass(frozen=True)
class ProcessExited(Event, type="process.exited"):
    name: str
    exit_code: int | None


@dataclass(frozen=True)
class HarnessProblem(Event, type="harness.problem"):
    """Our own machinery failed: never to be confused with the incident."""

    what: str


@dataclass(frozen=True)
class AccessRefused(Event, type="access.refused", audience="instructor"):
    """Somebody asked the drill's API for what their token does not permit."""

    what: str


@dataclass(frozen=True)
class FiguresExcluded(Event, type="figures.excluded"):
    """This drill does not count in the figures of the team."""

    reason: str
    by: str


@dataclass(frozen=True)
class DrillFinished(Event, type="drill.finished"):
    reason: str


@dataclass(frozen=True)
class DrillAborted(Event, type="drill.aborted"):
    reason: str
